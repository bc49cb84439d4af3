// Every route that openapi.yaml has, asked with every credential that is no
// good for it: the documented answer, and nothing about what is there.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import Stripe from 'stripe';
import { api, atEnd, checkKey, clientToken, clock, env, newUser, now, rung, serverKey, start } from './lib.mjs';
import { assertProblem, startCheckout } from './more.mjs';
import { violations } from './contract.mjs';
import { absent, request, routes, scopesOf, takes } from './routes.mjs';

const scopes = ['read', 'upgrade', 'claim'];
const held = { owner: newUser('owner'), other: newUser('other') };
const expired = {}; // what was good two hours ago

async function revokedKey() {
  const { id, secret } = JSON.parse((await rung('key', 'create', 'server', '--format', 'json')).stdout);
  assert.equal((await api('GET', '/v1/tiers', { key: secret })).status, 200);
  assert.equal((await rung('key', 'revoke', id)).code, 0);
  return secret;
}

// An upgrade whose session token, ticket and link will be of no use any more.
async function somethingOver() {
  const user = newUser('gone');
  const token = await clientToken(user);
  const { session, token: sessionToken, checkout } = (await startCheckout(token)).json;
  const ticket = (await api('POST', '/v1/events', { key: token })).json.ticket;
  assert.equal((await api('POST', `/v1/upgrades/${session.id}/cancel`, { key: token })).status, 200);
  Object.assign(expired, { token, sessionToken, ticket, session: session.id, link: new URL(checkout.url).search });
}

// What the other has, and the owner does not.
async function thingsOfTheOther() {
  const theirs = `/v1/users/${held.other}`;
  const gift = { kind: 'grant_tier', name: 'pro', reason: 'a test', operator: 'a test' };
  held.override = (await api('POST', `${theirs}/overrides`, { body: gift })).json.id;
  held.asset = (await api('GET', `${theirs}/assets`)).json.data.find(({ slot }) => slot === 'api_key').id;
  held.hold = (await api('POST', `${theirs}/usage`,
    { body: { limit: 'api:requests_per_day', amount: 1, hold: true } })).json.hold.id;
}

before(async () => {
  await somethingOver();
  held.revoked = await revokedKey();
  await clock(7200);
  atEnd(() => clock(0));
  held.token = await clientToken(held.owner);
  held.otherToken = await clientToken(held.other);
  held.scoped = {};
  for (const scope of scopes) held.scoped[scope] = await clientToken(held.owner, [scope]);
  const mine = (await startCheckout(held.token)).json;
  const theirs = (await startCheckout(held.otherToken)).json;
  Object.assign(held, { session: mine.session.id, sessionToken: mine.token,
    otherSession: theirs.session.id, otherSessionToken: theirs.token,
    link: new URL(mine.checkout.url).search, otherLink: new URL(theirs.checkout.url).search });
  await thingsOfTheOther();
});

// Watching without a wait answers at once, and so does all the rest.
async function ask(route, about = {}, options = {}) {
  const { method, path, body } = request(route, about);
  const answer = await api(method, path + (about.query ?? ''), { body, ...options,
    headers: { 'Idempotency-Key': `none-${Math.random()}`, ...options.headers } });
  assert.deepEqual(violations(route.operation, answer), [], 'it is documented');
  return answer;
}

// Dialects of others have their own errors; the code is in them all.
function assertRefused(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.code, code, answer.text);
  if (status === 401) assert.match(answer.headers['www-authenticate'], /^Bearer\b/);
}

// The same to the byte, but for the number of the request.
function assertSame(answers) {
  const [first, ...rest] = answers;
  for (const other of rest) {
    assert.equal(other.status, first.status, other.text);
    assert.deepEqual({ ...other.json, instance: '' }, { ...first.json, instance: '' });
    assert.equal(other.text.length, first.text.length);
  }
}

const unknownKeys = () => ({
  'an unknown server key': `rung_sk_${'A'.repeat(43)}`,
  'an unknown check key': `rung_ck_${'A'.repeat(43)}`,
  'an unknown client token': `rung_ct_${'A'.repeat(43)}`,
  'a forged session token': `rung_st_${held.session.slice(3)}_${'A'.repeat(43)}`,
  'a session token of no session': `rung_st_${'0'.repeat(32)}_${'A'.repeat(43)}`,
  'a broken one': 'rung_ct_x',
  'a password': 'secret',
  'a revoked key': held.revoked,
  'an expired client token': expired.token,
  'an expired session token': expired.sessionToken,
});

const about = () => ({ user: held.owner, session: held.session });

describe('openapi.yaml', () => {
  it('has routes of each kind', () => {
    const count = (kind) => routes.filter(({ wants }) => wants === kind).length;
    assert.ok(count('key') >= 25);
    for (const kind of ['optional', 'link', 'ticket', 'signature', 'nothing']) assert.ok(count(kind) > 0, kind);
  });

  it('has routes that name a user in the path and in the body, and sessions', () => {
    const keyed = routes.filter(({ wants }) => wants === 'key');
    assert.ok(keyed.filter(({ names }) => names === 'user').length >= 18);
    assert.ok(keyed.filter(({ names }) => names === 'session').length >= 3);
  });
});

function noKey(route) {
  it('without a key is 401', async () => {
    assertRefused(await ask(route, about(), { key: null }), 401, 'no-credential');
  });

  it('with a wrong, a revoked and an expired one is one and the same 401', async () => {
    const answers = [];
    for (const [what, key] of Object.entries(unknownKeys())) {
      answers.push(await ask(route, about(), { key }));
      assertRefused(answers.at(-1), 401, 'bad-credential', what);
    }
    assertSame(answers);
  });

  it('with a server key from a page is 403', async () => {
    for (const headers of [{ Origin: 'https://shop.example' }, { Origin: 'null' },
      { 'Sec-Fetch-Site': 'same-origin' }])
      assertRefused(await ask(route, about(), { key: serverKey, headers }), 403, 'server-key-in-browser');
  });

  it('with two credentials is 400', async () => {
    assertRefused(await ask(route, about(), { key: checkKey, headers: { Authorization: `Bearer ${serverKey}` } }),
      400, 'bad-request');
  });
}

function wrongKind(route) {
  for (const [name, key] of [['checkKey', () => checkKey], ['clientToken', () => held.token],
    ['sessionToken', () => held.sessionToken]].filter(([one]) => !takes(route, one)))
    it(`with a ${name} is 403`, async () => {
      assertRefused(await ask(route, about(), { key: key() }), 403, 'not-allowed');
    });

  if (takes(route, 'clientToken'))
    for (const scope of scopes.filter((one) => !scopesOf(route).includes(one)))
      it(`with a token that may only ${scope} is 403`, async () => {
        assertRefused(await ask(route, about(), { key: held.scoped[scope] }), 403, 'not-allowed');
      });
}

// The tokens of somebody else, and what they are told.
function ofAnother(route) {
  const told = { session: [404, 'unknown-session'], user: [403, 'wrong-user'] }[route.names];
  for (const [what, name, key] of [["another user's token", 'clientToken', () => held.otherToken],
    ["another session's token", 'sessionToken', () => held.otherSessionToken]]) {
    const [status, code] = takes(route, name) ? told : [403, 'not-allowed'];
    it(`with ${what} is ${status}, whether it is there or not`, async () => {
      const answers = [await ask(route, about(), { key: key() }),
        await ask(route, { user: newUser('owner'), session: absent.session }, { key: key() })];
      assertRefused(answers[0], status, code);
      assertSame(answers);
    });
  }
}

// Things below a user's own path that are another's.
function thingOfAnother(route) {
  const things = route.places.filter((one) => ['asset', 'override', 'hold'].includes(one));
  for (const thing of things)
    for (const [name, key] of [['serverKey', () => serverKey], ['checkKey', () => checkKey],
      ['clientToken', () => held.token]].filter(([one]) => takes(route, one)))
      it(`of another user's ${thing} is what none is, with a ${name}`, async () => {
        const answers = [];
        for (const id of [held[thing], absent[thing]])
          answers.push(await ask(route, { ...about(), [thing]: id }, { key: key() }));
        assert.ok(answers[0].status >= 400, answers[0].text);
        assertSame(answers);
      });
}

for (const route of routes.filter(({ wants }) => wants === 'key'))
  describe(route.title, () => {
    noKey(route);
    wrongKind(route);
    if (route.names) ofAnother(route);
    thingOfAnother(route);
  });

for (const route of routes.filter(({ wants }) => wants === 'optional'))
  describe(route.title, () => {
    it('tells who has no good key what it tells nobody, or refuses him', async () => {
      const nobody = await ask(route, {}, { key: null });
      const tries = [...Object.values(unknownKeys()).map((key) => [401, 'bad-credential', { key }]),
        [403, 'not-allowed', { key: held.token }], [403, 'not-allowed', { key: held.sessionToken }],
        [403, 'server-key-in-browser', { key: serverKey, headers: { Origin: 'https://shop.example' } }]];
      for (const [status, code, options] of tries) {
        const answer = await ask(route, {}, options);
        if (nobody.status === 200) assert.equal(answer.text, nobody.text);
        else assertRefused(answer, status, code);
      }
      if (nobody.status !== 200) assertRefused(nobody, 401, 'no-credential');
    });
  });

for (const route of routes.filter(({ wants }) => wants === 'link'))
  describe(route.title, () => {
    const links = () => ({ none: '', empty: '?k=', wrong: `?k=${'A'.repeat(43)}`, 'of another': held.otherLink,
      'a session token': `?k=${held.sessionToken}`, 'a server key': `?k=${serverKey}` });

    it('with no link, a wrong one and that of another is 404, whether it is there, over or not', async () => {
      const answers = [];
      for (const query of Object.values(links()))
        for (const session of [held.session, expired.session, absent.session])
          answers.push(await ask(route, { session, query }, { key: null }));
      assertRefused(answers[0], 404, 'unknown-session');
      assertSame(answers);
    });

    it('is opened by no key, nor by what was once a link to something else', async () => {
      for (const key of [serverKey, checkKey, held.token, held.sessionToken])
        assertRefused(await ask(route, { session: held.session }, { key }), 404, 'unknown-session');
      assertRefused(await ask(route, { session: held.session, query: expired.link }, { key: null }), 404,
        'unknown-session');
    });

    it('with the link to what is over is 410', async () => {
      assertRefused(await ask(route, { session: expired.session, query: expired.link }, { key: null }), 410,
        'session-expired');
    });
  });

for (const route of routes.filter(({ wants }) => wants === 'ticket'))
  describe(route.title, () => {
    it('without a ticket is 401, whatever key there is', async () => {
      for (const key of [null, serverKey, checkKey, held.token, held.sessionToken])
        assertRefused(await ask(route, {}, { key }), 401, 'no-credential');
    });

    it('with a wrong and an expired one, or another credential in its place, is one and the same 401', async () => {
      const answers = [];
      for (const ticket of ['x', `rung_tk_${'A'.repeat(43)}`, expired.ticket.slice(0, -1), expired.ticket,
        held.token, held.sessionToken, serverKey])
        answers.push(await ask(route, { query: `?ticket=${ticket}` }, { key: null }));
      assertRefused(answers[0], 401, 'bad-credential');
      assertSame(answers);
    });

    it('with a ticket and a key is 400', async () => {
      assertRefused(await ask(route, { query: `?ticket=${expired.ticket}` }, { key: serverKey }), 400, 'bad-request');
    });
  });

for (const route of routes.filter(({ wants }) => wants === 'signature'))
  describe(route.title, () => {
    const payload = '{}';
    const signed = (secret, timestamp) => ({ 'Stripe-Signature':
      Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp }) });

    for (const provider of ['stripe', 'paddle', 'lemonsqueezy'])
      it(`from ${provider} without a good signature is one and the same 400, whatever key there is`, async () => {
        const answers = [];
        for (const headers of [{}, { 'Stripe-Signature': 'x', 'Paddle-Signature': 'x', 'X-Signature': 'x' },
          signed('whsec_of_another', now()), signed(env.RUNG_STRIPE_SECRET, now() - 3600)])
          for (const key of [null, serverKey, held.token])
            answers.push(await ask(route, { provider }, { key, headers, body: payload }));
        assertProblem(answers[0], 400, 'bad-signature');
        assertSame(answers);
      });
  });

for (const route of routes.filter(({ wants }) => wants === 'nothing'))
  describe(route.title, () => {
    it('is the same to everybody', async () => {
      const nobody = await ask(route, {}, { key: null });
      const keys = [...Object.values(unknownKeys()), held.token, held.sessionToken, checkKey, serverKey];
      for (const key of keys) {
        const { status } = await ask(route, {}, { key });
        assert.equal(status, nobody.status);
      }
      assert.ok(![401, 403].includes(nobody.status) || route.where.startsWith('/sandbox/'), nobody.text);
    });
  });
