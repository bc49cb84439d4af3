// What time does, and what it does not: the server's clock is moved, nothing
// here sleeps.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, describe, it, test } from 'node:test';
import { api, checkKey, clientToken, clock, deliver, entitlements, newPayment, newUser, now,
  paid, rung, sql, start } from './lib.mjs';
import { bounds, assertProblem, checkoutEvent, holding, inboxRows, rowsOf, show, startCheckout,
  subscriptionEvent } from './more.mjs';

const hour = 3600;
const day = 24 * hour;

afterEach(() => clock(0));

async function pending() {
  const user = newUser();
  const token = await clientToken(user);
  const { json, text } = await startCheckout(token);
  assert.ok(json.session, text);
  return { user, token, session: json.session.id, sessionToken: json.token };
}

async function completed() {
  const one = await pending();
  await deliver(checkoutEvent({ session: one.session, user: one.user }));
  return one;
}

async function endOf(session) {
  const { status, reason } = (await show(session)).json.session;
  return { status, reason };
}

test('the same delivery 400 days later changes nothing', async () => {
  const user = newUser();
  const reference = newPayment();
  await start(user, 'pro', { payment: { provider: 'stripe', reference } });
  const event = paid(reference);
  await deliver(event);
  const [rows, doc, deliveries] =
    [await rowsOf(user), await entitlements(user), await inboxRows()];
  await clock(400 * day);
  assert.equal((await deliver(event)).status, 200);
  assert.deepEqual(await rowsOf(user), rows);
  const later = await entitlements(user);
  assert.deepEqual({ ...later, limits: bounds(later.limits) },
    { ...doc, limits: bounds(doc.limits) });
  assert.equal(await inboxRows(), deliveries);
});

describe('a session nobody paid', () => {
  it('is open until its last second', async () => {
    const { user, session } = await pending();
    await clock(hour - 30);
    assert.equal((await endOf(session)).status, 'pending');
    assert.equal((await entitlements(user)).session.id, session);
  });

  const readers = [
    ['its own page', ({ session }) => show(session)],
    ['a reader of the user', ({ user }) => entitlements(user)],
    ['a question about a capability', ({ user }) =>
      api('GET', `/v1/users/${user}/can/export:csv`, { key: checkKey })],
    ['a page that waits', ({ session }) =>
      api('GET', `/v1/watch/upgrades/${session}?since=1&wait=1`)],
  ];
  for (const [who, read] of readers) {
    it(`is ended by ${who}, without cron`, async () => {
      const one = await pending();
      await clock(hour + 5);
      await read(one);
      const [row] = await sql(`select status, reason, open_slot from sessions
        where session_id = '${one.session}'`);
      assert.deepEqual(row, { status: 'expired', reason: 'expired', open_slot: null });
    });
  }

  it('ends with one version, one audit record and a notice', async () => {
    const { user, session } = await pending();
    const before = await rowsOf(user);
    await clock(hour + 5);
    assert.deepEqual(await endOf(session), { status: 'expired', reason: 'expired' });
    const after = await rowsOf(user);
    assert.equal(after.version, before.version + 1);
    assert.equal(after.audit, before.audit + 1);
    assert.ok(after.outbox > before.outbox);
  });

  it('read by 10 at once ends once', async () => {
    const { user } = await pending();
    const before = await rowsOf(user);
    await clock(hour + 5);
    const docs = await Promise.all(Array.from({ length: 10 }, () => entitlements(user)));
    for (const doc of docs) assert.equal(doc.session, null);
    assert.equal((await rowsOf(user)).version, before.version + 1);
  });

  it('makes room for the next start without having been read', async () => {
    const { session, token, user } = await pending();
    await clock(hour + 5);
    const { status, json, text } = await startCheckout(await clientToken(user));
    assert.ok(token);
    assert.equal(status, 201, text);
    assert.notEqual(json.session.id, session);
    assert.equal((await endOf(session)).status, 'expired');
  });

  it('cannot be cancelled any more', async () => {
    const { session } = await pending();
    await clock(hour + 5);
    await show(session);
    assertProblem(await api('POST', `/v1/upgrades/${session}/cancel`), 410,
      'session-expired');
  });

  it('stays expired when its payment comes late, and the money buys', async () => {
    const { user, session } = await pending();
    await clock(hour + 5);
    await deliver(checkoutEvent({ session, user }));
    assert.deepEqual(await endOf(session), { status: 'expired', reason: 'expired' });
    assert.equal((await entitlements(user)).tier, 'pro');
    const records = await sql(`select action, cause from audit
      where user_id = '${user}' order by n`);
    assert.ok(records.some(({ cause }) => cause.startsWith('evt_')),
      'the audit names the event');
  });

  it('does not expire while its money is under way', async () => {
    const { session } = await pending();
    await deliver(checkoutEvent({ session, paid: false }));
    await clock(hour + 5);
    assert.equal((await endOf(session)).status, 'pending');
  });
});

describe('rung sweep', () => {
  it('ends stale sessions once, also twice at once, and is silent', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, pending));
    const before = await Promise.all(all.map(({ user }) => rowsOf(user)));
    await clock(hour + 5);
    for (const { code, stdout, stderr } of await Promise.all([rung('sweep'),
      rung('sweep')])) {
      assert.ok([0, 3].includes(code), `exit ${code}`);
      assert.equal(stdout + stderr, '');
    }
    for (const [i, { user, session }] of all.entries()) {
      const [{ status }] = await sql(`select status from sessions
        where session_id = '${session}'`);
      assert.equal(status, 'expired');
      const after = await rowsOf(user);
      assert.equal(after.version, before[i].version + 1);
      assert.equal(after.audit, before[i].audit + 1);
    }
  });

  it('leaves open sessions alone', async () => {
    const { session } = await pending();
    const { code } = await rung('sweep');
    assert.ok([0, 3].includes(code));
    assert.equal((await endOf(session)).status, 'pending');
  });

  it('ends sessions of users who are being paid for, and both hold', async () => {
    const { user, session } = await pending();
    await clock(hour + 5);
    const [answer] = await Promise.all([deliver(checkoutEvent({ session, user })),
      rung('sweep')]);
    assert.equal(answer.status, 200);
    assert.equal((await endOf(session)).status, 'expired');
    assert.equal((await entitlements(user)).tier, 'pro');
  });
});

describe('a client token', () => {
  it('ends with its time', async () => {
    const user = newUser();
    const { json } = await api('POST', '/v1/tokens',
      { body: { user, scopes: ['read'], ttl_seconds: 60 } });
    const read = () => api('GET', '/v1/users/me/entitlements', { key: json.token });
    assert.equal((await read()).status, 200);
    await clock(62);
    assertProblem(await read(), 401, 'bad-credential');
  });

  it('lives 15 minutes unless it says otherwise', async () => {
    const token = await clientToken(newUser());
    const read = () => api('GET', '/v1/users/me/entitlements', { key: token });
    await clock(14 * 60);
    assert.equal((await read()).status, 200);
    await clock(15 * 60 + 2);
    assertProblem(await read(), 401, 'bad-credential');
  });

  it('that ended opens no route', async () => {
    const user = newUser();
    const { json } = await api('POST', '/v1/tokens', { body: { user,
      scopes: ['read', 'upgrade', 'claim'], ttl_seconds: 60 } });
    const { session } = await pending();
    await clock(62);
    const routes = [['GET', '/v1/tiers'], ['POST', '/v1/upgrades'],
      ['POST', '/v1/upgrades/preview'], ['GET', `/v1/upgrades/${session}`],
      ['POST', `/v1/upgrades/${session}/cancel`], ['POST', '/v1/tokens'],
      ['GET', '/v1/users/me/entitlements'], ['GET', '/v1/users/me/can/export:csv'],
      ['GET', '/v1/watch/users/me'], ['GET', `/v1/watch/upgrades/${session}`],
      ['GET', '/metrics']];
    for (const [method, where] of routes) {
      const body = method === 'POST' ? {} : undefined;
      assertProblem(await api(method, where, { key: json.token, body }), 401,
        'bad-credential');
    }
  });
});

describe('a session token', () => {
  it('outlives its session by an hour', async () => {
    const { session, sessionToken } = await completed();
    await clock(hour - 30);
    assert.equal((await show(session, { key: sessionToken })).status, 200);
    await clock(hour + 30);
    assertProblem(await show(session, { key: sessionToken }), 401, 'bad-credential');
  });

  it('is good as long as its session is open', async () => {
    const { session, sessionToken } = await pending();
    await deliver(checkoutEvent({ session, paid: false }));
    await clock(5 * hour);
    assert.equal((await show(session, { key: sessionToken })).status, 200);
  });
});

test('an answer is repeated for days, byte for byte', async () => {
  const options = { headers: { 'Idempotency-Key': randomUUID() } };
  const user = newUser();
  const payment = { provider: 'stripe', reference: newPayment() };
  const first = await start(user, 'pro', { payment }, options);
  await clock(6 * day);
  const again = await start(user, 'pro', { payment }, options);
  assert.equal(again.text, first.text);
  assert.equal(again.headers['idempotent-replayed'], 'true');
});

describe('a subscription without news', () => {
  async function subscribed(more = {}) {
    const user = newUser();
    await deliver(subscriptionEvent('created', { user, price: 'price_pro_monthly',
      from: now(), until: now() + 30 * day, ...more }));
    assert.equal((await entitlements(user)).tier, 'pro');
    return user;
  }

  it('is in grace after its paid time, then suspended', async () => {
    const user = await subscribed();
    const active = await entitlements(user);
    await clock(30 * day + hour);
    const grace = await entitlements(user);
    assert.deepEqual([grace.status, grace.tier], ['grace', 'pro']);
    assert.deepEqual(grace.capabilities, active.capabilities);
    assert.ok(grace.grace_ends_at);
    await clock(37 * day + hour);
    const suspended = await entitlements(user);
    assert.deepEqual([suspended.status, suspended.tier], ['suspended', 'free']);
    assert.equal(suspended.assets.find(({ slot }) => slot === 'api_key').status,
      'SUSPENDED');
  });

  it('ends to the second where its end is planned', async () => {
    const end = now() + 10 * day;
    const user = await subscribed({ cancel_at: end });
    assert.equal(Date.parse((await entitlements(user)).ends_at), end * 1000);
    await clock(10 * day - 30);
    assert.equal((await entitlements(user)).tier, 'pro');
    await clock(10 * day + 30);
    const doc = await entitlements(user);
    assert.deepEqual([doc.tier, doc.status], ['free', 'default']);
  });

  it('on trial is trialing until the trial ends', async () => {
    const end = now() + 7 * day;
    const user = newUser();
    await deliver(subscriptionEvent('created', { user, price: 'price_pro_monthly',
      status: 'trialing', from: now(), until: end, trial_end: end }));
    const doc = await entitlements(user);
    assert.equal(doc.status, 'trialing');
    assert.equal(Date.parse(doc.trial_ends_at), end * 1000);
  });

  it('is the same asset when it is paid again', async () => {
    const user = newUser();
    const id = `sub_${newPayment()}`;
    const from = now();
    const paidUntil = (until) => deliver(subscriptionEvent('updated', { id, user,
      price: 'price_pro_monthly', from, until }));
    await paidUntil(from + 30 * day);
    const before = await entitlements(user);
    await clock(50 * day);
    assert.equal((await entitlements(user)).status, 'suspended');
    await paidUntil(from + 80 * day);
    const after = await entitlements(user);
    assert.deepEqual(holding(after), holding(before));
    assert.deepEqual(after.assets.map((one) => one.id), before.assets.map((one) => one.id));
  });
});
