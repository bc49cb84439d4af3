// AuthZEN 1.0: one decision, several, and where they are asked.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { api, checkKey, deliver, newPayment, newUser, paid, start, url } from './lib.mjs';
import { assertProblem } from './more.mjs';

const capability = (id) => ({ type: 'capability', id });
const action = { name: 'use' };

function ask(where, body, options = {}) {
  return api('POST', `/access/v1/${where}`, { key: checkKey, body, ...options });
}

async function buyer() {
  const user = newUser();
  const reference = newPayment();
  const { json } = await start(user, 'pro', { payment: { provider: 'stripe', reference } });
  await deliver(paid(reference, { user, session: json.session.id }));
  return { type: 'user', id: user };
}

describe('an evaluation', () => {
  it('is yes or no with the reason of can', async () => {
    const subject = await buyer();
    for (const [id, decision, reason] of [['export:csv', true, 'granted-by-tier'],
      ['sso:saml', false, 'not-in-tier'], ['no:such', false, 'unknown-capability']]) {
      const { status, json } = await ask('evaluation',
        { subject, action, resource: capability(id), context: { time: 'now' } });
      assert.equal(status, 200);
      assert.deepEqual(json, { decision, context: { reason } });
    }
  });

  it('takes properties and ignores them', async () => {
    const subject = { type: 'user', id: newUser(), properties: { tier: 'enterprise' } };
    const { json } = await ask('evaluation', { subject,
      action: { ...action, properties: { method: 'GET' } },
      resource: { ...capability('export:csv'), properties: {} } });
    assert.equal(json.decision, false);
  });

  const foreign = [
    ['subject', { type: 'group', id: 'g1' }, 'unknown-subject-type'],
    ['resource', { type: 'document', id: 'd1' }, 'unknown-resource-type'],
    ['action', { name: 'delete' }, 'unknown-action'],
    ['subject', { type: 'user', id: 'a/b' }, 'unknown-subject'],
  ];
  for (const [member, value, reason] of foreign)
    it(`refuses with ${reason} what it knows nothing of`, async () => {
      const { status, json } = await ask('evaluation', { subject: { type: 'user', id: newUser() },
        action, resource: capability('read:public'), [member]: value });
      assert.deepEqual([status, json], [200, { decision: false, context: { reason } }]);
    });

  const good = { subject: { type: 'user', id: 'u1' }, action, resource: capability('a') };
  const bad = [
    ['no subject', { ...good, subject: undefined }],
    ['a subject without a type', { ...good, subject: { id: 'u1' } }],
    ['a subject whose id is a number', { ...good, subject: { type: 'user', id: 1 } }],
    ['no action', { ...good, action: undefined }],
    ['an action without a name', { ...good, action: {} }],
    ['no resource', { ...good, resource: undefined }],
    ['a resource without an id', { ...good, resource: { type: 'capability' } }],
    ['a text', '"u1"'],
  ];
  for (const [what, body] of bad)
    it(`of ${what} is 400`, async () => {
      assertProblem(await ask('evaluation', body), 400, 'invalid-value');
    });

  it('of what is not JSON is 400', async () => {
    assertProblem(await ask('evaluation', '{"subject":'), 400, 'invalid-json');
  });

  it('sends X-Request-ID back, also with an error', async () => {
    for (const body of [good, {}]) {
      const { headers } = await ask('evaluation', body,
        { headers: { 'X-Request-ID': 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716' } });
      assert.equal(headers['x-request-id'], 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716');
    }
    assert.equal((await ask('evaluation', good)).headers['x-request-id'], undefined);
  });
});

describe('evaluations', () => {
  const list = (ids) => ids.map((id) => ({ resource: capability(id) }));
  const decisions = ({ json }) => json.evaluations.map(({ decision }) => decision);

  it('take what stands beside them for what they leave out', async () => {
    const subject = await buyer();
    const other = { type: 'user', id: newUser() };
    const answer = await ask('evaluations', { subject, action, resource: capability('export:csv'),
      evaluations: [{}, { subject: other }, { resource: capability('sso:saml') },
        { action: { name: 'steal' } }] });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json.evaluations, [
      { decision: true, context: { reason: 'granted-by-tier' } },
      { decision: false, context: { reason: 'not-in-tier' } },
      { decision: false, context: { reason: 'not-in-tier' } },
      { decision: false, context: { reason: 'unknown-action' } },
    ]);
  });

  it('about a hundred users are each answered by his own holding', async () => {
    const kinds = [['export:csv', 'sso:saml'], ['export:csv'], ['sso:saml'], []];
    const users = await Promise.all(Array.from({ length: 100 }, async (_, i) => {
      const user = { type: 'user', id: newUser('crowd') };
      const holds = kinds[i % kinds.length];
      for (const name of holds) {
        const answer = await api('POST', `/v1/users/${user.id}/overrides`, { body: {
          kind: 'grant_capability', name, reason: 'a test', operator: 'a test' } });
        assert.equal(answer.status, 201, answer.text);
      }
      return { user, holds };
    }));
    // Once from the database, and then from memory.
    for (const id of ['export:csv', 'sso:saml', 'export:csv', 'sso:saml']) {
      const answer = await ask('evaluations', { action, resource: capability(id),
        evaluations: users.map(({ user }) => ({ subject: user })) });
      assert.deepEqual(decisions(answer), users.map(({ holds }) => holds.includes(id)), id);
    }
  });

  const ids = ['export:csv', 'sso:saml', 'read:public', 'export:all'];
  for (const [semantic, expected] of [[undefined, [true, false, true, false]],
    ['execute_all', [true, false, true, false]],
    ['deny_on_first_deny', [true, false]],
    ['permit_on_first_permit', [true]]])
    it(`under ${semantic ?? 'no semantic'} are ${expected.length}`, async () => {
      const answer = await ask('evaluations', { subject: await buyer(), action,
        evaluations: list(ids), options: { evaluations_semantic: semantic } });
      assert.deepEqual(decisions(answer), expected);
    });

  it('go on to the end where the first to stop at does not come', async () => {
    const body = { subject: await buyer(), action };
    assert.deepEqual(decisions(await ask('evaluations', { ...body,
      evaluations: list(['export:csv', 'read:public']),
      options: { evaluations_semantic: 'deny_on_first_deny' } })), [true, true]);
    assert.deepEqual(decisions(await ask('evaluations', { ...body,
      evaluations: list(['sso:saml', 'no:such', 'export:csv', 'read:public']),
      options: { evaluations_semantic: 'permit_on_first_permit' } })), [false, false, true]);
  });

  it('without entries are one evaluation', async () => {
    for (const evaluations of [undefined, []]) {
      const { json } = await ask('evaluations', { subject: await buyer(), action,
        resource: capability('export:csv'), evaluations });
      assert.deepEqual(json, { decision: true, context: { reason: 'granted-by-tier' } });
    }
  });

  it('refuse an entry that lacks something, and only that one', async () => {
    const { status, json } = await ask('evaluations', { subject: await buyer(), action,
      evaluations: [{}, { resource: capability('export:csv') }] });
    assert.equal(status, 200);
    assert.equal(json.evaluations[0].decision, false);
    assert.equal(json.evaluations[0].context.error.status, 400);
    assert.equal(json.evaluations[1].decision, true);
  });

  it('that are none at all are 400', async () => {
    const body = { subject: { type: 'user', id: 'u1' }, action, resource: capability('a') };
    for (const more of [{ evaluations: {} }, { evaluations: ['a'] },
      { evaluations: Array.from({ length: 101 }, () => ({})) },
      { evaluations: [{}], options: { evaluations_semantic: 'first' } },
      { evaluations: [{}], options: { evaluations_semantic: 1 } }])
      assertProblem(await ask('evaluations', { ...body, ...more }), 400, 'invalid-value');
    assertProblem(await ask('evaluations', {}), 400, 'invalid-value');
  });
});

describe('the well-known document', () => {
  it('says to anybody where to ask', async () => {
    const { status, headers, json } = await api('GET', '/.well-known/authzen-configuration',
      { key: null });
    assert.equal(status, 200);
    assert.match(headers['content-type'], /^application\/json/);
    assert.deepEqual(json, { policy_decision_point: url,
      access_evaluation_endpoint: `${url}/access/v1/evaluation`,
      access_evaluations_endpoint: `${url}/access/v1/evaluations` });
    for (const where of [json.access_evaluation_endpoint, json.access_evaluations_endpoint])
      assertProblem(await api('GET', where.slice(url.length)), 405, 'method-not-allowed');
  });
});
