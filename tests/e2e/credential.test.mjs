// Every route with every kind of credential: the documented answer.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { api, checkKey, clientToken, deliver, newPayment, newUser, rung, serverKey,
  start } from './lib.mjs';
import { assertProblem, checkoutBody, checkoutEvent, rowsOf, show,
  startCheckout } from './more.mjs';

const keys = {};
const user = newUser('owner');
const other = newUser('other');
let session; // pending, of `user`
let otherSession; // pending, of `other`

// A key that was in force and no longer is.
async function revokedKey(kind) {
  const { stdout } = await rung('key', 'create', kind, '--format', 'json');
  const { id, secret } = JSON.parse(stdout);
  assert.equal((await api('GET', '/v1/tiers', { key: secret })).status, 200);
  assert.equal((await rung('key', 'revoke', id)).code, 0);
  return secret;
}

before(async () => {
  const full = await clientToken(user);
  const started = await startCheckout(full);
  const another = await start(other);
  session = started.json.session.id;
  otherSession = another.json.session.id;
  Object.assign(keys, {
    nobody: null,
    wrong: `rung_ct_${'A'.repeat(43)}`,
    'revoked server key': await revokedKey('server'),
    'revoked check key': await revokedKey('check'),
    'server key': serverKey,
    'check key': checkKey,
    'client token': full,
    'client token that may read': await clientToken(user, ['read']),
    'client token that may upgrade': await clientToken(user, ['upgrade']),
    'client token that may claim': await clientToken(user, ['claim']),
    'client token of another': await clientToken(other),
    'session token': started.json.token,
    'session token of another': another.json.token,
  });
});

const all = ['nobody', 'wrong', 'revoked server key', 'revoked check key', 'server key',
  'check key', 'client token', 'client token that may read', 'client token that may upgrade',
  'client token that may claim', 'client token of another', 'session token',
  'session token of another'];

const unknown = [404, 'unknown-session'];
const foreign = [403, 'wrong-user'];

// The answers of a route to who may use it; who is not named gets 401 if
// nobody, and otherwise 403 not-allowed.
const routes = [
  { route: 'GET /v1/tiers', good: 200,
    may: all.slice(4) },
  // Without a sense to the order: a start is refused only after its caller.
  { route: 'POST /v1/upgrades', body: () => checkoutBody('no-such-tier', { user }),
    good: [422, 'unknown-tier'],
    may: ['server key', 'client token', 'client token that may upgrade'],
    but: { 'client token of another': foreign } },
  { route: 'POST /v1/upgrades/preview', body: () => checkoutBody('pro', { user }),
    good: 200, may: ['server key', 'client token', 'client token that may upgrade'],
    but: { 'client token of another': foreign } },
  { route: 'GET /v1/upgrades/{session}', good: 200,
    may: ['server key', 'client token', 'client token that may read', 'session token'],
    but: { 'client token of another': unknown, 'session token of another': unknown } },
  { route: 'GET /v1/watch/upgrades/{session}', good: 200,
    may: ['server key', 'client token', 'client token that may read', 'session token'],
    but: { 'client token of another': unknown, 'session token of another': unknown } },
  { route: 'GET /v1/users/{user}/entitlements', good: 200,
    may: ['server key', 'check key', 'client token', 'client token that may read',
      'session token'],
    but: { 'client token of another': foreign, 'session token of another': foreign } },
  { route: 'GET /v1/users/me/entitlements', good: 200,
    may: ['client token', 'client token that may read', 'client token of another',
      'session token', 'session token of another'],
    but: { 'server key': null, 'check key': null } },
  { route: 'GET /v1/users/{user}/can/export:csv', good: 200,
    may: ['server key', 'check key', 'client token', 'client token that may read'],
    but: { 'client token of another': foreign } },
  { route: 'GET /v1/watch/users/{user}', good: 200,
    may: ['server key', 'client token', 'client token that may read', 'session token'],
    but: { 'client token of another': foreign, 'session token of another': foreign } },
  { route: 'POST /v1/tokens', body: () => ({ user, scopes: ['read'] }), good: 201,
    may: ['server key'] },
  { route: 'GET /metrics', good: 200, may: ['server key', 'check key'] },
  { route: 'GET /v1/users/{user}/overrides', good: 200, may: ['server key'] },
  { route: 'POST /v1/users/{user}/overrides', body: () => ({}),
    good: [422, 'invalid-value'], may: ['server key'] },
  // The last: it ends the session.
  { route: 'POST /v1/upgrades/{session}/cancel', good: 200,
    may: ['server key', 'client token', 'client token that may upgrade'],
    but: { 'client token of another': unknown } },
];

for (const { route, body, good, may, but = {} } of routes) {
  describe(route, () => {
    for (const who of all) {
      if (but[who] === null) continue;
      let expected = but[who] ?? (may.includes(who) ? good : [403, 'not-allowed']);
      if (who === 'nobody') expected = [401, 'no-credential'];
      if (/^(wrong|revoked)/.test(who)) expected = [401, 'bad-credential'];
      it(`to ${who}: ${[expected].flat().join(' ')}`, async () => {
        const [method, path] = route.split(' ');
        const where = path.replace('{session}', session).replace('{user}', user);
        const answer = await api(method, where, { key: keys[who], body: body?.() });
        if (Array.isArray(expected)) assertProblem(answer, ...expected);
        else assert.equal(answer.status, expected, answer.text);
      });
    }
  });
}

describe('a session that is not there and one that is another\'s', () => {
  const absent = `us_${'0'.repeat(32)}`;
  for (const who of ['client token', 'session token']) {
    for (const [method, tail] of [['GET', ''], ['POST', '/cancel']]) {
      if (who === 'session token' && method === 'POST') continue;
      it(`look the same to a ${who}, ${method} ${tail}`, async () => {
        const [one, two] = await Promise.all([absent, otherSession].map((id) =>
          api(method, `/v1/upgrades/${id}${tail}`, { key: keys[who] })));
        assertProblem(one, ...unknown);
        assertProblem(two, ...unknown);
        assert.deepEqual({ ...one.json, instance: '' }, { ...two.json, instance: '' });
      });
    }
  }

  it('look the same to who waits', async () => {
    for (const id of [absent, otherSession]) {
      assertProblem(await api('GET', `/v1/watch/upgrades/${id}?since=1&wait=5`,
        { key: keys['client token'] }), ...unknown);
    }
  });

  it('of no form at all looks like them', async () => {
    for (const id of ['x', 'us_', `us_${'z'.repeat(300)}`, 'us_1%20or%201']) {
      assertProblem(await api('GET', `/v1/upgrades/${id}`, { key: keys['client token'] }),
        ...unknown);
    }
  });
});

describe('a revoked key', () => {
  it('does not end the others', async () => {
    assert.equal((await api('GET', '/v1/tiers', { key: serverKey })).status, 200);
  });

  it('is listed as such, and no key is listed with its secret', async () => {
    const { stdout } = await rung('key', 'list', '--format', 'json');
    assert.ok(JSON.parse(stdout).data.some((key) => key.revoked_at !== null));
    assert.doesNotMatch(stdout, /rung_[sc]k_/);
  });

  it('cannot be revoked twice', async () => {
    assert.equal((await rung('key', 'revoke', 'sk-nobody')).code, 1);
  });
});

describe('a client token', () => {
  it('says what it may and until when', async () => {
    const { json } = await api('POST', '/v1/tokens',
      { body: { user, scopes: ['read', 'claim'], ttl_seconds: 60 } });
    assert.match(json.token, /^rung_ct_[\w-]{43}$/);
    assert.equal(json.user, user);
    assert.deepEqual(json.scopes, ['read', 'claim']);
    assert.ok(Math.abs(Date.parse(json.expires_at) - Date.now() - 60000) < 5000);
  });

  it('may not buy for its user what a server key alone may', async () => {
    const answer = await api('POST', '/v1/upgrades', { key: keys['client token of another'],
      body: { target_tier: 'pro', payment: { provider: 'stripe', reference: newPayment() } } });
    assertProblem(answer, 403, 'not-allowed');
  });
});

describe('editing what a browser stores', () => {
  it('changes no answer: the token alone says who asks', async () => {
    const cheat = newUser();
    const token = await clientToken(cheat);
    const headers = { Cookie: `user=${user}; tier=enterprise`, 'X-User': user,
      'X-Forwarded-User': user, 'X-Rung-Tier': 'enterprise' };
    const { json } = await api('GET', `/v1/users/me/entitlements?user=${user}&tier=enterprise`,
      { key: token, headers });
    assert.equal(json.user, cheat);
    assert.equal(json.tier, 'free');
    assert.equal((await rowsOf(cheat)).version, 0);
  });

  it('does not make a session token good for another session', async () => {
    const buyer = newUser();
    const { json } = await startCheckout(await clientToken(buyer));
    const forged = json.token.replace(/(rung_st_)[0-9a-f]{32}/,
      `$1${otherSession.slice(3)}`);
    assertProblem(await show(otherSession, { key: forged }), 401, 'bad-credential');
  });

  it('does not complete a session', async () => {
    const buyer = newUser();
    const token = await clientToken(buyer);
    const { json } = await startCheckout(token);
    const tries = [['POST', `/v1/upgrades/${json.session.id}`],
      ['POST', `/v1/upgrades/${json.session.id}/complete`],
      ['POST', `/v1/users/${buyer}/entitlements`]];
    for (const [method, where] of tries) {
      const { status } = await api(method, where, { key: token,
        body: { status: 'completed', tier: 'pro' } });
      assert.ok([404, 405].includes(status), `${where}: ${status}`);
    }
    assert.equal((await show(json.session.id)).json.session.status, 'pending');
    await deliver(checkoutEvent({ session: json.session.id, user: buyer }));
    assert.equal((await show(json.session.id)).json.session.status, 'completed');
  });
});
