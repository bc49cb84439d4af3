// What a payment buys: what was paid decides what is granted, and what the
// provider signed decides for whom.
import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { api, can, checkKey, clientToken, deliver, entitlements, newPayment, newUser, now,
  paid, serverKey, sqlValue, start, stripeEvent, url } from './lib.mjs';
import { assertPointer, assertProblem, checkoutBody, checkoutEvent, holding, inboxState,
  refundEvent, rowsOf, show, startCheckout, subscriptionEvent } from './more.mjs';

const day = 86400;

// A session that a buyer's page started by checkout.
async function checkoutOf(user, tier = 'pro', more = {}) {
  const { json, text } = await startCheckout(await clientToken(user), tier, more);
  assert.ok(json.session, text);
  return json.session.id;
}

async function statusOf(session) {
  return (await show(session)).json.session.status;
}

// The delivery is there for an operator, and the user has nothing of it.
async function assertKept(event, user, state = 'quarantined') {
  const answer = await deliver(event);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(await inboxState(event), state);
  assert.equal((await entitlements(user)).tier, 'free');
  assert.equal((await rowsOf(user)).grants, 0);
}

describe('a checkout we never made', () => {
  it('that names a pending enterprise session in its URL grants nothing', async () => {
    const user = newUser();
    const session = await checkoutOf(user, 'enterprise');
    await assertKept(checkoutEvent({ reference: session, amount: 100 }), user);
    assert.equal(await can(user, 'sso:saml'), false);
    assert.equal(await statusOf(session), 'pending');
  });

  it('grants nothing either when its payment intent comes first', async () => {
    const user = newUser();
    const session = await checkoutOf(user, 'enterprise');
    const payment = newPayment();
    await deliver(paid(payment, { amount: 100 }));
    await deliver(checkoutEvent({ reference: session, payment, amount: 100 }));
    assert.equal((await entitlements(user)).tier, 'free');
    assert.equal(await statusOf(session), 'pending');
  });

  it('that names only a user grants nothing', async () => {
    const user = newUser();
    await assertKept(paid(newPayment(), { user, amount: 100 }), user);
  });

  it('that names a session of nobody grants nothing', async () => {
    const user = newUser();
    await assertKept(paid(newPayment(), { user, session: `us_${'0'.repeat(32)}` }), user);
  });
});

describe('a checkout of ours', () => {
  it('grants what its session asked for when metadata names it', async () => {
    const user = newUser();
    const session = await checkoutOf(user, 'enterprise');
    await deliver(checkoutEvent({ session, user }));
    assert.equal((await entitlements(user)).tier, 'enterprise');
    assert.equal(await statusOf(session), 'completed');
  });

  it('grants whatever tax or coupon made of the amount', async () => {
    const user = newUser();
    const session = await checkoutOf(user);
    await deliver(checkoutEvent({ session, amount: 3451, currency: 'usd' }));
    assert.equal((await entitlements(user)).tier, 'pro');
  });

  it('that is finished but not paid grants nothing yet', async () => {
    const user = newUser();
    const session = await checkoutOf(user);
    await deliver(checkoutEvent({ session, user, paid: false }));
    assert.equal((await entitlements(user)).tier, 'free');
    const { json } = await show(session);
    assert.equal(json.session.status, 'pending');
    assert.equal(json.session.payment_status, 'processing');
  });

  const orders = [['payment intent first', [0, 1]], ['checkout session first', [1, 0]]];
  for (const [what, order] of orders) {
    it(`is one purchase of one grant, ${what}`, async () => {
      const user = newUser();
      const session = await checkoutOf(user, 'pro', { quantity: 3 });
      const payment = newPayment();
      const events = [paid(payment, { user, session }),
        checkoutEvent({ session, user, payment })];
      for (const i of order) await deliver(events[i]);
      const doc = await entitlements(user);
      assert.equal(doc.tier, 'pro');
      assert.equal(doc.quantity, 3);
      assert.equal((await rowsOf(user)).tiers_granted, 1);
      assert.equal((await entitlements(user)).assets.length, 2);
    });
  }

  it('ends in the same state in both orders', async () => {
    const ends = [];
    for (const [, order] of orders) {
      const user = newUser();
      const session = await checkoutOf(user);
      const payment = newPayment();
      const events = [paid(payment, { session }), checkoutEvent({ session, payment })];
      for (const i of order) await deliver(events[i]);
      ends.push(holding(await entitlements(user)));
    }
    assert.deepEqual(ends[0], ends[1]);
  });

  it('is refunded once, whichever of the two names tell of it', async () => {
    const user = newUser();
    const session = await checkoutOf(user);
    const payment = newPayment();
    await deliver(checkoutEvent({ session, user, payment }));
    await deliver(paid(payment, { session, user }));
    await deliver(refundEvent(payment, 2900));
    assert.equal((await entitlements(user)).tier, 'free');
    assert.equal(await statusOf(session), 'completed', 'a refund leaves the session');
  });
});

describe('a payment that the seller names', () => {
  async function named(amount, currency, tier = 'pro') {
    const user = newUser();
    const reference = newPayment();
    const payment = { provider: 'stripe', reference, amount, currency };
    const { json, text } = await start(user, tier, { payment });
    assert.ok(json.session, text);
    return { user, reference, session: json.session.id };
  }

  it('of another amount grants nothing and is kept', async () => {
    const { user, reference, session } = await named(2900, 'eur');
    await assertKept(paid(reference, { amount: 100 }), user);
    assert.equal(await statusOf(session), 'pending');
  });

  it('of another currency grants nothing and is kept', async () => {
    const { user, reference, session } = await named(2900, 'eur');
    await assertKept(paid(reference, { currency: 'huf' }), user);
    assert.equal(await statusOf(session), 'pending');
  });

  it('without an amount grants what was asked for', async () => {
    const { user, reference } = await named();
    await deliver(paid(reference, { amount: 5, currency: 'huf' }));
    assert.equal((await entitlements(user)).tier, 'pro');
  });

  it('may name its currency in capitals', async () => {
    const { user, reference } = await named(2900, 'EUR');
    await deliver(paid(reference));
    assert.equal((await entitlements(user)).tier, 'pro');
  });

  it('is used once: another user is refused', async () => {
    const { reference } = await named();
    await deliver(paid(reference));
    const other = newUser();
    const answer = await start(other, 'pro', { payment: { provider: 'stripe', reference } });
    assertProblem(answer, 409, 'payment-already-used');
    assert.equal((await rowsOf(other)).sessions, 0);
  });

  it('is used once: its own user may not buy more with it', async () => {
    const { user, reference } = await named();
    await deliver(paid(reference));
    const answer = await start(user, 'enterprise',
      { payment: { provider: 'stripe', reference } });
    assertProblem(answer, 409, 'payment-already-used');
    assert.equal((await entitlements(user)).tier, 'pro');
  });

  it('claimed for two users and signed for none is kept', async () => {
    const { user, reference } = await named();
    const other = newUser();
    const second = await start(other, 'pro', { payment: { provider: 'stripe', reference } });
    assert.equal(second.status, 201, second.text);
    await assertKept(paid(reference), user);
    assert.equal((await entitlements(other)).tier, 'free');
  });

  it('claimed for two users goes to the one it is signed for', async () => {
    const { user, reference, session } = await named();
    const other = newUser();
    const second = await start(other, 'pro', { payment: { provider: 'stripe', reference } });
    await deliver(paid(reference, { user: other, session: second.json.session.id }));
    assert.equal((await entitlements(other)).tier, 'pro');
    assert.equal((await entitlements(user)).tier, 'free');
    assert.notEqual(await statusOf(session), 'completed');
  });

  it('signed for another user than the start named is the other\'s', async () => {
    const { user, reference, session } = await named();
    const other = newUser();
    assert.equal((await deliver(paid(reference, { user: other }))).status, 200);
    assert.equal((await entitlements(user)).tier, 'free');
    const { json } = await show(session);
    assert.equal(json.session.status, 'failed');
    assert.equal(json.session.reason, 'payment_of_other_user');
  });

  it('refunded in full gives back what it gave, and no more', async () => {
    const { user, reference } = await named();
    await deliver(paid(reference));
    const more = await named();
    await deliver(paid(more.reference));
    await deliver(refundEvent(reference, 2900));
    assert.equal((await entitlements(user)).tier, 'free');
    assert.equal((await entitlements(more.user)).tier, 'pro');
  });

  it('refunded in part keeps what it gave', async () => {
    const { user, reference } = await named();
    await deliver(paid(reference));
    await deliver(refundEvent(reference, 1000));
    assert.equal((await entitlements(user)).tier, 'pro');
  });

  it('refunded before it was heard of grants nothing', async () => {
    const { user, reference } = await named();
    await deliver(refundEvent(reference, 2900));
    await deliver(paid(reference));
    assert.equal((await entitlements(user)).tier, 'free');
  });
});

describe('a bill that is heard of before its subscription', () => {
  const about = (user) => {
    const id = `sub_${newPayment()}`;
    return { bill: stripeEvent('invoice.paid', { id: `in_${newPayment()}`, object: 'invoice',
      status: 'paid', amount_paid: 2900, amount_due: 2900, total: 2900, currency: 'eur',
      livemode: false, customer: null, billing_reason: 'subscription_create', metadata: {},
      lines: { data: [] }, parent: { type: 'subscription_details', subscription_details: {
        subscription: id, metadata: { rung_user: user } } } }),
    subscription: (price) => subscriptionEvent('created', { id, user, price, from: now(),
      until: now() + 30 * day }) };
  };

  it('is kept for an operator until then, and no longer', async () => {
    const user = newUser();
    const { bill, subscription } = about(user);
    await assertKept(bill, user);
    await deliver(subscription('price_pro_monthly'));
    assert.equal((await entitlements(user)).tier, 'pro');
    assert.equal(await inboxState(bill), 'applied');
  });

  it('is kept on when that is to a price nobody sells', async () => {
    const user = newUser();
    const { bill, subscription } = about(user);
    await assertKept(bill, user);
    await assertKept(subscription('price_of_a_stranger'), user);
    assert.equal(await inboxState(bill), 'quarantined');
  });
});

describe('a price that is paid', () => {
  it('for a user without a session grants its tier and quantity', async () => {
    const user = newUser();
    await deliver(subscriptionEvent('created', { user, price: 'price_ent', quantity: 4,
      from: now(), until: now() + 30 * day }));
    const { tier, quantity, status, renews_at: renews } = await entitlements(user);
    assert.deepEqual({ tier, quantity, status },
      { tier: 'enterprise', quantity: 4, status: 'active' });
    assert.match(renews, /Z$/);
  });

  it('and is not the session\'s is granted, and the session fails', async () => {
    const user = newUser();
    const session = await checkoutOf(user, 'pro');
    await deliver(subscriptionEvent('created', { user, session, price: 'price_ent',
      from: now(), until: now() + 30 * day }));
    assert.equal((await entitlements(user)).tier, 'enterprise');
    const { json } = await show(session);
    assert.equal(json.session.status, 'failed');
    assert.equal(json.session.reason, 'other_price_paid');
  });

  it('for another quantity than the session\'s is granted, and the session fails',
    async () => {
      const user = newUser();
      const session = await checkoutOf(user, 'pro', { quantity: 5 });
      await deliver(subscriptionEvent('created', { user, session,
        price: 'price_pro_monthly', quantity: 1, from: now(), until: now() + 30 * day }));
      assert.equal((await entitlements(user)).quantity, 1);
      assert.equal((await show(session)).json.session.reason, 'other_price_paid');
    });
});

describe('a start is refused', () => {
  const payment = () => ({ provider: 'stripe', reference: newPayment() });

  for (const quantity of [0, -1, 1.5, 2 ** 31, 1000001, '5', true, null].slice(0, 7)) {
    it(`with the quantity ${JSON.stringify(quantity)}`, async () => {
      const user = newUser();
      assertPointer(await start(user, 'pro', { quantity }), 422, 'invalid-value',
        '/quantity');
      assert.equal((await rowsOf(user)).sessions, 0);
    });
  }

  it('but not with the quantity 1000000', async () => {
    assert.equal((await start(newUser(), 'pro', { quantity: 1000000 })).status, 201);
  });

  it('with a payment and a client token', async () => {
    const user = newUser();
    const answer = await api('POST', '/v1/upgrades', { key: await clientToken(user),
      body: { target_tier: 'pro', payment: payment() } });
    assertProblem(answer, 403, 'not-allowed');
  });

  it('for another user than the token\'s', async () => {
    const other = newUser();
    const answer = await startCheckout(await clientToken(newUser()), 'pro', { user: other });
    assertProblem(answer, 403, 'wrong-user');
    assert.equal((await rowsOf(other)).sessions, 0);
  });

  it('but not for the token\'s own user or me', async () => {
    for (const name of ['me', null]) {
      const user = newUser();
      const answer = await startCheckout(await clientToken(user), 'pro',
        { user: name ?? user });
      assert.equal(answer.json.session?.user, user, answer.text);
    }
  });

  const browsers = [['an Origin', { Origin: url }],
    ['a Sec-Fetch-Site', { 'Sec-Fetch-Site': 'same-origin' }],
    ['an Origin of null', { Origin: 'null' }]];
  for (const [what, headers] of browsers) {
    it(`with a server key and ${what}`, async () => {
      const user = newUser();
      const answer = await start(user, 'pro', {}, { headers });
      assertProblem(answer, 403, 'server-key-in-browser');
      assert.equal((await rowsOf(user)).sessions, 0);
    });

    it(`and so is a read with a server key and ${what}`, async () => {
      const answer = await api('GET', `/v1/users/${newUser()}/entitlements`, { headers });
      assertProblem(answer, 403, 'server-key-in-browser');
    });
  }

  const { port } = new URL(url);
  const elsewhere = ['https://evil.example/', 'https://evil.example:443/back',
    'http://shop.example/', 'javascript:alert(1)', '//evil.example/', '/back', 'https://',
    `http://127.0.0.1.evil.example:${port}/`, `http://127.0.0.1:${port}@evil.example/`,
    `http://evil.example\\@127.0.0.1:${port}/`, `https://evil.example/#${url}/`,
    `http:/127.0.0.1:${port}/`];
  for (const target of elsewhere) {
    it(`with the success_url ${target}`, async () => {
      const user = newUser();
      const body = checkoutBody();
      body.checkout.success_url = target;
      const answer = await api('POST', '/v1/upgrades',
        { key: await clientToken(user), body });
      assertPointer(answer, 422, 'url-not-allowed', '/checkout/success_url');
    });
  }

  it('with an unlisted cancel_url', async () => {
    const body = checkoutBody();
    body.checkout.cancel_url = 'https://evil.example/';
    assertPointer(await api('POST', '/v1/upgrades',
      { key: await clientToken(newUser()), body }), 422, 'url-not-allowed',
    '/checkout/cancel_url');
  });

  it('with a success_url that is missing', async () => {
    const answer = await api('POST', '/v1/upgrades', { key: await clientToken(newUser()),
      body: { target_tier: 'pro', checkout: { provider: 'stripe' } } });
    assertPointer(answer, 422, 'invalid-value', '/checkout/success_url');
  });

  it('with a payment and a checkout at once', async () => {
    const answer = await api('POST', '/v1/upgrades',
      { body: { user: newUser(), ...checkoutBody(), payment: payment() } });
    assertProblem(answer, 422, 'invalid-value');
  });

  it('with a price that the tier does not have', async () => {
    assertPointer(await startCheckout(await clientToken(newUser()), 'pro',
      { price: 'weekly' }), 422, 'invalid-value', '/price');
  });

  it('with a payment intent\'s client secret in place of its id', async () => {
    const reference = `${newPayment()}_secret_${newPayment()}`;
    assertPointer(await start(newUser(), 'pro',
      { payment: { provider: 'stripe', reference } }), 422, 'invalid-value',
    '/payment/reference');
  });
});

test('a running subscription does not get a second checkout', async () => {
  const user = newUser();
  await deliver(subscriptionEvent('created', { user, price: 'price_pro_monthly',
    from: now(), until: now() + 30 * day }));
  const answer = await startCheckout(await clientToken(user), 'enterprise');
  assert.equal(answer.status, 201, answer.text);
  const { status, text, headers } = await api('GET', answer.json.checkout.url, { key: null });
  assert.equal(status, 200, 'a page of ours, not a checkout');
  assert.match(headers['content-type'], /^text\/html/);
  assert.match(text, /Enterprise/);
});

test('/metrics without a key is 401', async () => {
  assertProblem(await api('GET', '/metrics', { key: null }), 401, 'no-credential');
});

test('/metrics is for server and check keys', async () => {
  for (const key of [serverKey, checkKey]) {
    assert.equal((await api('GET', '/metrics', { key })).status, 200);
  }
});

test('no row of the database holds a payment under two users', async () => {
  assert.equal(await sqlValue(`select count(*) from (select ref from grants
    where slot = '' group by provider, account, kind, ref
    having count(distinct user_id) > 1) twice`), '0');
});
