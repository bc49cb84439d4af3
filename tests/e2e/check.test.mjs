// Checks in our own words: one capability, many at once, and why.
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { spec } from './contract.mjs';
import { api, applyMatrix, can, checkKey, clientToken, clock, deliver, newPayment, newUser, now,
  paid, sql, start, until } from './lib.mjs';
import { assertPointer, assertProblem, exampleMatrix, refundEvent,
  subscriptionEvent } from './more.mjs';

const day = 24 * 3600;

function check(body, options = {}) {
  return api('POST', '/v1/check', { key: checkKey, body, ...options });
}

function canOf(user, capability, options = {}) {
  return api('GET', `/v1/users/${user}/can/${capability}`, { key: checkKey, ...options });
}

async function buy(user, tier = 'pro', reference = newPayment()) {
  const started = await start(user, tier,
    { payment: { provider: 'stripe', reference } });
  const { id } = started.json.session;
  assert.equal((await deliver(paid(reference, { user, session: id }))).status, 200);
  return reference;
}

async function give(user, kind, name) {
  const answer = await api('POST', `/v1/users/${user}/overrides`,
    { body: { kind, name, reason: 'a test', operator: 'a test' } });
  assert.equal(answer.status, 201, answer.text);
}

// A month that is paid, unless it says more.
async function subscribe(user, more = {}) {
  const answer = await deliver(subscriptionEvent('created', { user,
    price: 'price_pro_monthly', from: now(), until: now() + 30 * day, ...more }));
  assert.equal(answer.status, 200, answer.text);
}

describe('why a capability is there or not', () => {
  afterEach(() => clock(0));

  const cases = [
    ['not-in-tier', 'export:csv', false, async () => {}],
    ['default-tier', 'read:public', true, async () => {}],
    ['unknown-capability', 'no:such', false, async () => {}],
    ['granted-by-tier', 'export:csv', true, (user) => buy(user)],
    ['granted-by-override', 'export:csv', true,
      (user) => give(user, 'grant_capability', 'export:csv')],
    ['revoked', 'export:csv', false, async (user) => {
      await buy(user);
      await give(user, 'revoke_capability', 'export:csv');
    }],
    ['revoked', 'export:csv', false, async (user) => {
      const reference = await buy(user);
      assert.equal((await deliver(refundEvent(reference, 2900))).status, 200);
    }],
    ['granted-in-grace', 'export:csv', true, async (user) => {
      await subscribe(user);
      await clock(31 * day);	// and no word of the next month
    }],
    ['suspended', 'export:csv', false, async (user) => {
      await subscribe(user);
      await clock(38 * day);
    }],
    ['expired', 'export:csv', false, async (user) => {
      await subscribe(user, { cancel_at: now() + 10 * day });
      await clock(11 * day);
    }],
  ];
  for (const [code, capability, allowed, live] of cases) {
    it(`${code}: ${capability} is ${allowed ? '' : 'not '}allowed`, async () => {
      const user = newUser();
      await live(user);
      const { json } = await canOf(user, capability);
      assert.deepEqual([json.code, json.allowed], [code, allowed], JSON.stringify(json));
    });
  }

  // `disabled` takes a matrix of its own: switch.test.mjs shows it.
  it('each code that is documented is shown here', () => {
    const shown = new Set([...cases.map(([code]) => code), 'disabled']);
    const { enum: codes } = spec.components.schemas.VerdictCode;
    assert.deepEqual(codes.filter((code) => !shown.has(code)), []);
  });

  it('names the tiers above that carry it, and none when it is allowed', async () => {
    const user = newUser();
    assert.deepEqual((await canOf(user, 'export:csv')).json.upgrade_to, ['pro']);
    await buy(user);
    assert.deepEqual((await canOf(user, 'export:csv')).json.upgrade_to, []);
    assert.deepEqual((await canOf(user, 'sso:saml')).json.upgrade_to, ['enterprise']);
    assert.deepEqual((await canOf(user, 'no:such')).json.upgrade_to, []);
  });

  it('is the same with the colon raw and encoded', async () => {
    const user = newUser();
    const [raw, encoded] = await Promise.all(['export:csv', 'export%3Acsv']
      .map((name) => canOf(user, name)));
    assert.equal(raw.text, encoded.text);
    assert.equal(raw.json.capability, 'export:csv');
  });
});

describe('the ETag of can', () => {
  it('answers 304 while nothing changed, also as servers rewrite it', async () => {
    const user = newUser();
    await buy(user);
    const { headers } = await canOf(user, 'export:csv');
    const tag = headers.etag.slice(1, -1);
    for (const known of [`"${tag}"`, `W/"${tag}"`, `"${tag}-gzip"`, `"x", "${tag}"`, '*']) {
      const again = await canOf(user, 'export:csv', { headers: { 'If-None-Match': known } });
      assert.deepEqual([again.status, again.text, again.headers.etag],
        [304, '', headers.etag], known);
      assert.equal(again.headers['content-type'], undefined);
    }
  });

  it('changes with the user, and with what is sold', async () => {
    const user = newUser();
    const ask = (etag) => canOf(user, 'sso:saml', { headers: { 'If-None-Match': etag } });
    const first = await canOf(user, 'sso:saml');
    await buy(user);
    const second = await ask(first.headers.etag);
    assert.equal(second.status, 200);
    await applyMatrix(exampleMatrix.replace('  enterprise:\n    rank: 20',
      '  enterprise:\n    rank: 21'));
    try {
      await until(async () => (await ask(second.headers.etag)).status === 200,
        { what: 'the new matrix' });
    } finally {
      await applyMatrix(exampleMatrix);
    }
  });
});

describe('many at once', () => {
  it('are answered in order, each as one alone would be', async () => {
    const user = newUser();
    await buy(user);
    const capabilities = ['export:csv', 'sso:saml', 'no:such', 'read:public', 'export:csv'];
    const { status, json } = await check({ user, capabilities });
    assert.equal(status, 200);
    const alone = await Promise.all(capabilities.map((name) => canOf(user, name)));
    assert.deepEqual(json.results.map((result) => ({ ...result,
      user: json.user, tier: json.tier, version: json.version })),
    alone.map(({ json: { user: whose, tier, version, ...rest } }) =>
      ({ ...rest, user: whose, tier, version })));
  });

  it('take the same number of statements as one', async () => {
    const user = newUser();
    await buy(user);
    const executed = async () => Number((await sql(
      "show global status like 'Com_stmt_execute'"))[0].Value);
    const cost = async (count) => {
      const before = await executed();
      const { json } = await check({ user,
        capabilities: Array.from({ length: count }, (_, i) => `no:such${i}`) });
      assert.equal(json.results.length, count);
      return await executed() - before;
    };
    // The newest matrix is looked up twice a second at most; the least counts.
    const least = async (count) => {
      const costs = [];
      for (let i = 0; i < 15; i += 1) costs.push(await cost(count));
      return Math.min(...costs);
    };
    assert.equal(await least(100), await least(1));
  });

  it('are 1 to 100', async () => {
    const user = newUser();
    const list = (count) => Array.from({ length: count }, () => 'export:csv');
    assert.equal((await check({ user, capabilities: list(100) })).status, 200);
    for (const capabilities of [[], list(101), 'export:csv', null, undefined])
      assertPointer(await check({ user, capabilities }), 422, 'invalid-value',
        '/capabilities');
    assertPointer(await check({ user, capabilities: ['a', 7] }), 422, 'invalid-value',
      '/capabilities/1');
    assertPointer(await check({ user, capabilities: ['x'.repeat(81)] }), 422, 'invalid-value',
      '/capabilities/0');
  });

  it('need a user from a key, and know whose token it is', async () => {
    const user = newUser();
    const capabilities = ['read:public'];
    const key = await clientToken(user, ['read']);
    assertPointer(await check({ capabilities }), 422, 'invalid-value', '/user');
    assertPointer(await check({ user: 'a/b', capabilities }), 422, 'invalid-value', '/user');
    for (const whose of [undefined, null, 'me', user]) {
      const { status, json } = await check({ user: whose, capabilities }, { key });
      assert.deepEqual([status, json.user], [200, user]);
    }
    assertProblem(await check({ user: newUser(), capabilities }, { key }), 403, 'wrong-user');
  });
});

describe('while an upgrade is pending', () => {
  it('nothing of it is given in any dialect', async () => {
    const user = newUser();
    const { json } = await start(user);
    assert.equal(json.session.status, 'pending');
    assert.ok(json.optimistic.capabilities.includes('export:csv'));
    assert.equal(await can(user, 'export:csv'), false);
    const many = await check({ user, capabilities: ['export:csv'] });
    assert.equal(many.json.results[0].allowed, false);
    const flag = await api('POST', '/ofrep/v1/evaluate/flags/export:csv',
      { key: checkKey, body: { context: { targetingKey: user } } });
    assert.equal(flag.json.value, false);
    const key = await api('POST', '/ofrep/v1/evaluate/flags/asset:api_key',
      { key: checkKey, body: { context: { targetingKey: user } } });
    assert.equal(key.json.value.status, null);
    const decision = await api('POST', '/access/v1/evaluation', { key: checkKey,
      body: { subject: { type: 'user', id: user }, action: { name: 'use' },
        resource: { type: 'capability', id: 'export:csv' } } });
    assert.equal(decision.json.decision, false);
  });
});
