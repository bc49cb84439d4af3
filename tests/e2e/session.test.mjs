// The life of an upgrade session: what others see while it is pending, and
// the ways in which it ends.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { api, can, checkKey, clientToken, deliver, entitlements, newPayment, newUser, paid,
  serverKey, start, stripeEvent } from './lib.mjs';
import { assertProblem, checkoutEvent, holding, intent, rowsOf, show,
  startCheckout } from './more.mjs';

// A pending upgrade by checkout, with the token of its buyer.
async function pending(tier = 'pro') {
  const user = newUser();
  const token = await clientToken(user);
  const { json, text } = await startCheckout(token, tier);
  assert.ok(json.session, text);
  return { user, token, session: json.session.id, sessionToken: json.token, started: json };
}

async function endOf(session) {
  const { status, payment_status: payment, reason } = (await show(session)).json.session;
  return { status, payment, reason };
}

function cancel(session, key = serverKey) {
  return api('POST', `/v1/upgrades/${session}/cancel`, { key });
}

describe('while a session is pending', () => {
  let user;
  let token;
  let sessionToken;
  let session;
  let earlier;

  before(async () => {
    user = newUser();
    earlier = await entitlements(user);
    token = await clientToken(user);
    const { json } = await startCheckout(token, 'enterprise');
    session = json.session.id;
    sessionToken = json.token;
  });

  it('nothing it would give is allowed', async () => {
    for (const capability of ['sso:saml', 'export:all', 'write:unlimited']) {
      assert.equal(await can(user, capability), false, capability);
    }
  });

  it('what the user had is allowed as before', async () => {
    assert.equal(await can(user, 'write:limited'), true);
  });

  for (const who of ['server key', 'check key', 'client token', 'session token']) {
    it(`a reader with a ${who} sees what was there before, and the session`, async () => {
      const key = { 'server key': serverKey, 'check key': checkKey, 'client token': token,
        'session token': sessionToken }[who];
      const { json } = await api('GET', `/v1/users/${user}/entitlements`, { key });
      assert.deepEqual(holding(json), holding(earlier));
      assert.equal(json.session.id, session);
      assert.equal('optimistic' in json, false);
    });
  }

  it('the imagined state stands in no other answer than the session\'s', async () => {
    const places = [`/v1/users/${user}/entitlements`, `/v1/users/${user}/can/sso:saml`,
      `/v1/watch/users/${user}`, '/v1/tiers'];
    for (const place of places) {
      const { text } = await api('GET', place, { key: token });
      assert.doesNotMatch(text, /optimistic/, place);
    }
    assert.equal((await show(session)).json.optimistic.tier, 'enterprise');
    assert.equal((await api('GET', `/v1/watch/upgrades/${session}`)).json.optimistic.tier,
      'enterprise');
  });

  it('a second start is refused and shows the open one', async () => {
    const answer = await startCheckout(token, 'pro');
    assertProblem(answer, 409, 'upgrade-in-progress');
    assert.equal(answer.json.session.id, session);
  });

  it('no row grants anything', async () => {
    assert.equal((await rowsOf(user)).grants, 0);
  });
});

describe('a cancelled session', () => {
  it('names the user if the buyer\'s page cancelled', async () => {
    const { session, token } = await pending();
    const answer = await cancel(session, token);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.session.reason, 'cancelled_by_user');
    assert.equal(answer.json.optimistic, null);
    assert.deepEqual(await endOf(session),
      { status: 'cancelled', payment: 'unpaid', reason: 'cancelled_by_user' });
  });

  it('names the seller if the seller cancelled', async () => {
    const { session } = await pending();
    await cancel(session);
    assert.equal((await endOf(session)).reason, 'cancelled_by_seller');
  });

  it('may be cancelled again, which changes nothing', async () => {
    const { user, session, token } = await pending();
    await cancel(session, token);
    const rows = await rowsOf(user);
    const answer = await cancel(session);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.session.reason, 'cancelled_by_user');
    assert.deepEqual(await rowsOf(user), rows);
  });

  it('makes room for the next', async () => {
    const { session, token } = await pending();
    await cancel(session, token);
    assert.equal((await startCheckout(token, 'enterprise')).status, 201);
  });

  it('leaves the user as before, one version on', async () => {
    const { user, session, token, started } = await pending();
    await cancel(session, token);
    const doc = await entitlements(user);
    assert.deepEqual(holding(doc), holding(started.entitlements));
    assert.equal(doc.session, null);
    assert.equal(doc.version, started.entitlements.version + 1);
  });

  it('stays cancelled when it is paid after all, and the money buys', async () => {
    const { user, session, token } = await pending();
    await cancel(session, token);
    await deliver(checkoutEvent({ session, user }));
    assert.equal((await entitlements(user)).tier, 'pro');
    assert.equal((await endOf(session)).status, 'cancelled');
  });

  it('cannot be made of a completed one', async () => {
    const { user, session, token } = await pending();
    await deliver(checkoutEvent({ session, user }));
    assertProblem(await cancel(session, token), 422, 'invalid-transition');
    assert.equal((await endOf(session)).status, 'completed');
  });

  it('or a paid one it is, never both, when the two come at once', async () => {
    for (let i = 0; i < 8; i++) {
      const { user, session, token } = await pending();
      const [cancelled, delivered] = await Promise.all([cancel(session, token),
        deliver(checkoutEvent({ session, user }))]);
      assert.equal(delivered.status, 200);
      assert.ok([200, 422].includes(cancelled.status), cancelled.text);
      const { status } = await endOf(session);
      assert.equal(status, cancelled.status === 200 ? cancelled.json.session.status
        : 'completed');
      assert.equal((await entitlements(user)).tier, 'pro', 'money was taken');
    }
  });
});

describe('what the provider says of an attempt', () => {
  const steps = [
    ['needs the buyer', 'requires_action', 'pending', 'requires_action', null],
    ['is under way', 'processing', 'pending', 'processing', null],
    ['failed, so another may follow', 'payment_failed', 'pending', 'failed', null],
    ['is over', 'canceled', 'failed', undefined, undefined],
  ];
  for (const [what, type, status, payment, reason] of steps) {
    it(`that it ${what}: the session is ${status}`, async () => {
      const { user, session } = await pending();
      const before = holding(await entitlements(user));
      await deliver(intent(type, newPayment(), { session,
        status: type === 'payment_failed' ? 'requires_payment_method' : type }));
      const end = await endOf(session);
      assert.equal(end.status, status);
      if (payment !== undefined) assert.equal(end.payment, payment);
      if (reason !== undefined) assert.equal(end.reason, reason);
      else assert.ok(['declined', 'abandoned'].includes(end.reason), end.reason);
      assert.deepEqual(holding(await entitlements(user)), before);
    });
  }

  it('that it failed, and then that it did not: the session completes', async () => {
    const { user, session } = await pending();
    const payment = newPayment();
    await deliver(intent('payment_failed', payment,
      { session, status: 'requires_payment_method' }));
    await deliver(paid(payment, { session }));
    assert.deepEqual(await endOf(session),
      { status: 'completed', payment: 'paid', reason: null });
    assert.equal((await entitlements(user)).tier, 'pro');
  });

  it('that the checkout expired: the session is expired', async () => {
    const { session } = await pending();
    await deliver(checkoutEvent({ type: 'expired', session, payment: null, paid: false,
      status: 'expired' }));
    assert.deepEqual(await endOf(session),
      { status: 'expired', payment: 'unpaid', reason: 'expired' });
  });

  it('that a slow payment bounced: the session failed', async () => {
    const { user, session } = await pending();
    const id = `cs_test_${newPayment()}`;
    const payment = newPayment();
    await deliver(checkoutEvent({ id, session, payment, paid: false }));
    await deliver(checkoutEvent({ id, session, payment, paid: false,
      type: 'async_payment_failed' }));
    assert.deepEqual(await endOf(session),
      { status: 'failed', payment: 'failed', reason: 'declined' });
    assert.equal((await entitlements(user)).tier, 'free');
  });

  it('that a slow payment arrived: the session completes', async () => {
    const { user, session } = await pending();
    const id = `cs_test_${newPayment()}`;
    const payment = newPayment();
    await deliver(checkoutEvent({ id, session, payment, paid: false }));
    await deliver(checkoutEvent({ id, session, payment, type: 'async_payment_succeeded' }));
    assert.equal((await endOf(session)).status, 'completed');
    assert.equal((await entitlements(user)).tier, 'pro');
  });

  it('that a subscription was never paid: the session failed', async () => {
    const { session } = await pending();
    await deliver(stripeEvent('customer.subscription.updated', {
      id: `sub_${newPayment()}`, object: 'subscription', status: 'incomplete_expired',
      metadata: { rung_session: session }, customer: null, canceled_at: null,
      items: { object: 'list', has_more: false, data: [{ quantity: 1,
        price: { id: 'price_pro_monthly' } }] } }));
    assert.equal((await endOf(session)).status, 'failed');
  });
});

describe('a seller who names a payment', () => {
  it('may cancel, and the payment grants all the same when it comes', async () => {
    const user = newUser();
    const reference = newPayment();
    const { json } = await start(user, 'pro',
      { payment: { provider: 'stripe', reference } });
    await cancel(json.session.id);
    await deliver(paid(reference));
    assert.equal((await entitlements(user)).tier, 'pro');
    assert.equal((await endOf(json.session.id)).status, 'cancelled');
  });
});
