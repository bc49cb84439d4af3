// The providers' own libraries, pointed at the sandbox: what they make there
// is made, what they ask is answered, and what happens at the checkout page
// reaches us.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { cancelSubscription, createCheckout, getOrder, getSubscription, lemonSqueezySetup,
  listOrders, listSubscriptionInvoices, listSubscriptions, updateSubscription,
  updateSubscriptionItem } from '@lemonsqueezy/lemonsqueezy.js';
import { Paddle } from '@paddle/paddle-node-sdk';
import Stripe from 'stripe';
import { api, applyMatrix, atEnd, clientToken, entitlements, newUser, url, until } from './lib.mjs';
import { exampleMatrix, inDir, startCheckout } from './more.mjs';
import { putInForce } from './stripe-life.mjs';

// The example matrix, with monthly prices at the other providers too.
const monthly = exampleMatrix
  .replace('paddle: [pri_pro]', `paddle:
        - pri_pro
        - {id: pri_pro_monthly, name: monthly, amount: 2900, currency: eur, interval: month}`)
  .replace('lemonsqueezy: ["450102"]', `lemonsqueezy:
        - "450102"
        - {id: "450112", name: monthly, amount: 2900, currency: eur, interval: month}`);
before(() => putInForce(monthly));
atEnd(() => applyMatrix(exampleMatrix));

// The key that rung.yaml has for a provider's API.
function keyOf(provider) {
  const line = new RegExp(`^${provider}_api_key: "?([^"\\s]+)`, 'm');
  return line.exec(readFileSync(inDir('etc/rung.yaml'), 'utf8'))[1];
}

function press(page, action) {
  return api('POST', page, { key: null, body: `action=${action}`,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
}

const act = async (body) => {
  const { status, text, json } = await api('POST', '/sandbox/act', { key: null, body });
  assert.equal(status, 200, text);
  return json;
};

// Each call goes to the same path behind the sandbox's own.
function stripeAt(key = keyOf('stripe')) {
  return new Stripe(key, { maxNetworkRetries: 0,
    httpClient: Stripe.createFetchHttpClient((where, options) => {
      const { pathname, search } = new URL(where);
      return fetch(`${url}/sandbox/stripe${pathname}${search}`, options);
    }) });
}

describe('the stripe package', () => {
  const stripe = stripeAt();

  const checkout = (user, more = {}) => stripe.checkout.sessions.create({
    mode: 'subscription', line_items: [{ price: 'price_pro_monthly', quantity: 2 }],
    success_url: `${url}/demo/?cs={CHECKOUT_SESSION_ID}`, client_reference_id: user,
    metadata: { rung_user: user }, subscription_data: { metadata: { rung_user: user } },
    ...more });

  const bought = async (user, more) => {
    const session = await checkout(user, more);
    const back = await press(session.url, 'pay');
    assert.equal(back.status, 303, back.text);
    assert.equal(back.headers.location, `${url}/demo/?cs=${session.id}`);
    const paid = await stripe.checkout.sessions.retrieve(session.id);
    return stripe.subscriptions.retrieve(paid.subscription);
  };

  it('opens a checkout that is paid, and lists its events', async () => {
    const user = newUser();
    const sub = await bought(user);
    assert.equal(sub.status, 'active');
    assert.equal(sub.items.data[0].quantity, 2);
    assert.equal((await entitlements(user)).tier, 'pro');
    const events = await stripe.events.list({ limit: 20, types: ['invoice.paid',
      'checkout.session.completed'], created: { gte: sub.created } });
    const mine = events.data.filter(({ data: { object } }) =>
      object.metadata?.rung_user === user || object.parent?.subscription_details?.subscription === sub.id);
    assert.deepEqual(mine.map(({ type }) => type).sort(),
      ['checkout.session.completed', 'invoice.paid']);
  });

  it('fills in the buyer\'s address', async () => {
    const user = newUser();
    const sub = await bought(user, { customer_email: `${user}@example.com` });
    const invoice = await stripe.invoices.retrieve(sub.latest_invoice);
    assert.equal(invoice.customer_email, `${user}@example.com`);
    await assert.rejects(checkout(user, { customer_email: 'a@localhost' }),
      { type: 'StripeInvalidRequestError', param: 'customer_email' });
  });

  it('walks all pages of events', async () => {
    await bought(newUser());
    const seen = new Set();
    for await (const event of stripe.events.list({ limit: 3 })) {
      seen.add(event.id);
      if (seen.size === 8) break;
    }
    assert.equal(seen.size, 8);
  });

  it('is answered the same for the same idempotency key, and only so', async () => {
    const idempotencyKey = newUser('key');
    const make = (quantity) => stripe.checkout.sessions.create({ mode: 'payment',
      line_items: [{ price: 'price_pack', quantity }], success_url: url }, { idempotencyKey });
    const first = await make(1);
    assert.equal((await make(1)).id, first.id);
    await assert.rejects(make(2), { type: 'StripeIdempotencyError' });
  });

  it('is refused what Stripe refuses', async () => {
    await assert.rejects(stripeAt('sk_test_wrong').prices.retrieve('price_ent'),
      { type: 'StripeAuthenticationError' });
    await assert.rejects(stripe.prices.retrieve('price_none'), { statusCode: 404,
      code: 'resource_missing' });
    await assert.rejects(checkout(newUser(), { quantity: 3 }),
      { type: 'StripeInvalidRequestError', param: 'quantity' });
    await assert.rejects(checkout(newUser(), { mode: 'payment', subscription_data: undefined }),
      { statusCode: 400, param: 'mode' });
  });

  it('previews a change, makes it at that price, and cancels', async () => {
    const user = newUser();
    const sub = await bought(user);
    const [item] = sub.items.data;
    const date = Math.floor(Date.now() / 1000);
    const preview = await stripe.invoices.createPreview({ subscription: sub.id,
      subscription_details: { items: [{ id: item.id, price: 'price_pro_monthly', quantity: 5 }],
        proration_behavior: 'always_invoice', proration_date: date } });
    assert.ok(preview.amount_due > 8000 && preview.amount_due <= 8700, `${preview.amount_due}`);
    assert.ok(preview.lines.data.every(({ parent }) => parent.subscription_item_details.proration));
    const changed = await stripe.subscriptions.update(sub.id, {
      items: [{ id: item.id, price: 'price_pro_monthly', quantity: 5 }],
      proration_behavior: 'always_invoice', payment_behavior: 'pending_if_incomplete',
      proration_date: date, expand: ['latest_invoice'] });
    assert.equal(changed.items.data[0].quantity, 5);
    assert.equal(changed.latest_invoice.amount_paid, preview.amount_due);
    await until(async () => (await entitlements(user)).quantity === 5, { what: 'the seats' });
    const ending = await stripe.subscriptions.update(sub.id, { cancel_at_period_end: true });
    assert.equal(ending.cancel_at, ending.items.data[0].current_period_end);
    await until(async () => (await entitlements(user)).ends_at !== null, { what: 'the end' });
    await stripe.subscriptions.update(sub.id, { cancel_at_period_end: false });
    await until(async () => (await entitlements(user)).ends_at === null, { what: 'no end' });
    const over = await stripe.subscriptions.cancel(sub.id);
    assert.equal(over.status, 'canceled');
    await until(async () => (await entitlements(user)).tier === 'free', { what: 'the tier' });
  });

  it('plans a change for the end of the period', async () => {
    const user = newUser();
    const sub = await bought(user);
    const plan = await stripe.subscriptionSchedules.create({ from_subscription: sub.id });
    const [now] = plan.phases;
    await stripe.subscriptionSchedules.update(plan.id, { end_behavior: 'release', phases: [
      { start_date: now.start_date, end_date: now.end_date,
        items: [{ price: 'price_pro_monthly', quantity: 2 }] },
      { items: [{ price: 'price_pro_monthly', quantity: 1 }], proration_behavior: 'none' }] });
    assert.equal((await stripe.subscriptions.retrieve(sub.id)).schedule, plan.id);
    await act({ provider: 'stripe', subscription: sub.id, do: 'renew' });
    const next = await stripe.subscriptions.retrieve(sub.id);
    assert.equal(next.items.data[0].quantity, 1);
    assert.equal(next.schedule, null);
    assert.equal((await entitlements(user)).quantity, 1);
  });

  it('lets a change wait for 3-D Secure, and applies it when its invoice is paid', async () => {
    const user = newUser();
    const sub = await bought(user);
    await api('POST', '/sandbox/faults', { key: null, body: { provider: 'stripe', action: 1 } });
    const waiting = await stripe.subscriptions.update(sub.id, {
      items: [{ id: sub.items.data[0].id, price: 'price_pro_monthly', quantity: 6 }],
      proration_behavior: 'always_invoice', payment_behavior: 'pending_if_incomplete',
      expand: ['latest_invoice'] });
    assert.equal(waiting.items.data[0].quantity, 2);
    assert.equal(waiting.pending_update.subscription_items[0].quantity, 6);
    assert.equal(waiting.latest_invoice.status, 'open');
    const back = await press(waiting.latest_invoice.hosted_invoice_url, 'pay');
    assert.equal(back.status, 303, back.text);
    const now = await stripe.subscriptions.retrieve(sub.id);
    assert.equal(now.items.data[0].quantity, 6);
    assert.equal(now.pending_update, null);
    assert.equal((await entitlements(user)).quantity, 6);
  });

  it('begins with a trial when it is asked to', async () => {
    const user = newUser();
    const sub = await bought(user, { subscription_data: { metadata: { rung_user: user },
      trial_period_days: 7 } });
    assert.equal(sub.status, 'trialing');
    assert.equal((await entitlements(user)).status, 'trialing');
    await act({ provider: 'stripe', subscription: sub.id, do: 'renew' });
    assert.equal((await entitlements(user)).status, 'active');
  });

  it('refunds a payment, and shows the portal', async () => {
    const user = newUser();
    const { json } = await startCheckout(await clientToken(user), 'enterprise');
    const metadata = { rung_user: user, rung_session: json.session.id };
    const session = await checkout(user, { mode: 'payment', subscription_data: undefined,
      line_items: [{ price: 'price_ent', quantity: 1 }], metadata,
      payment_intent_data: { metadata } });
    await press(session.url, 'pay');
    assert.equal((await entitlements(user)).tier, 'enterprise');
    const { payment_intent: intent, customer } = await stripe.checkout.sessions.retrieve(session.id);
    const refund = await stripe.refunds.create({ payment_intent: intent });
    assert.equal(refund.amount, 19900);
    await until(async () => (await entitlements(user)).tier === 'free', { what: 'the refund' });
    const list = await stripe.refunds.list({ payment_intent: intent });
    assert.deepEqual(list.data.map(({ id }) => id), [refund.id]);
    const portal = await stripe.billingPortal.sessions.create({ customer, return_url: url });
    assert.match(portal.url, /^http/);
  });
});

describe('the paddle package', () => {
  const paddle = new Paddle(keyOf('paddle'), { environment: `${url}/sandbox/paddle`,
    logLevel: 'none' });

  // pri_pro has no interval in the example matrix: it is sold once.
  const bought = async (user, prices = [{ priceId: 'pri_pro_monthly', quantity: 2 }]) => {
    const txn = await paddle.transactions.create({ items: prices,
      customData: { rung_user: user } });
    assert.equal(txn.status, 'draft');
    const page = txn.checkout.url;
    assert.equal((await api('GET', page, { key: null })).status, 200);
    assert.equal((await paddle.transactions.get(txn.id)).status, 'ready');
    const back = await press(page, 'pay');
    assert.equal(back.status, 303, back.text);
    return paddle.transactions.get(txn.id);
  };

  it('opens a checkout that is paid, and lists its events', async () => {
    const user = newUser();
    const txn = await bought(user);
    assert.equal(txn.status, 'completed');
    assert.equal(txn.details.totals.grandTotal, '5800');
    const sub = await paddle.subscriptions.get(txn.subscriptionId);
    assert.deepEqual([sub.status, sub.items[0].quantity], ['active', 2]);
    const types = [];
    for await (const event of paddle.events.list({ perPage: 5 }))
      if ([txn.id, sub.id].includes(event.data.id)) types.push(event.eventType);
    assert.deepEqual(types, ['transaction.created', 'transaction.paid', 'subscription.created',
      'subscription.activated', 'transaction.completed']);
    assert.equal((await entitlements(user)).tier, 'pro');
  });

  it('previews a change, makes it at that price, cancels and takes it back', async () => {
    const user = newUser();
    const { subscriptionId: id } = await bought(user);
    const change = { items: [{ priceId: 'pri_pro_monthly', quantity: 5 }],
      prorationBillingMode: 'prorated_immediately' };
    const preview = await paddle.subscriptions.previewUpdate(id, change);
    assert.equal(preview.updateSummary.result.action, 'charge');
    const due = Number(preview.updateSummary.result.amount);
    assert.ok(due > 8000 && due <= 8700, `${due}`);
    const changed = await paddle.subscriptions.update(id, change);
    assert.equal(changed.items[0].quantity, 5);
    await until(async () => (await entitlements(user)).quantity === 5, { what: 'the seats' });
    const ending = await paddle.subscriptions.cancel(id, { effectiveFrom: 'next_billing_period' });
    assert.equal(ending.scheduledChange.action, 'cancel');
    await until(async () => (await entitlements(user)).ends_at !== null, { what: 'the end' });
    await paddle.subscriptions.update(id, { scheduledChange: null });
    await until(async () => (await entitlements(user)).ends_at === null, { what: 'no end' });
    const over = await paddle.subscriptions.cancel(id, { effectiveFrom: 'immediately' });
    assert.equal(over.status, 'canceled');
    await until(async () => (await entitlements(user)).tier === 'free', { what: 'the tier' });
  });

  it('is refused what Paddle refuses', async () => {
    const { id, subscriptionId } = await bought(newUser());
    await assert.rejects(paddle.transactions.update(id, { status: 'canceled' }),
      { code: 'transaction_immutable' });
    await assert.rejects(paddle.transactions.create({ items: [{ priceId: 'pri_none',
      quantity: 1 }] }), { code: 'bad_request' });
    await assert.rejects(paddle.subscriptions.update(subscriptionId,
      { items: [{ priceId: 'pri_pro_monthly', quantity: 3 }] }), { code: 'bad_request' });
    await assert.rejects(paddle.subscriptions.get('sub_none'), { code: 'not_found' });
    await assert.rejects(new Paddle('pdl_wrong', { environment: `${url}/sandbox/paddle`,
      logLevel: 'none' }).subscriptions.get('sub_none'), { code: 'forbidden' });
  });

  it('refunds by adjustment, and shows the portal', async () => {
    const user = newUser();
    const { id, customerId } = await bought(user);
    const refund = await paddle.adjustments.create({ action: 'refund', transactionId: id,
      reason: 'asked', type: 'full' });
    assert.equal(refund.status, 'pending_approval');
    await until(async () => (await entitlements(user)).tier === 'free', { what: 'the refund' });
    const list = await paddle.adjustments.list({ transactionId: [id] }).next();
    assert.deepEqual(list.map(({ id: one, status }) => [one, status]), [[refund.id, 'approved']]);
    const portal = await paddle.customerPortalSessions.create(customerId, []);
    assert.match(portal.urls.general.overview, /^http/);
  });
});

describe('the lemonsqueezy package', () => {
  const wide = globalThis.fetch;
  before(() => {
    lemonSqueezySetup({ apiKey: keyOf('lemonsqueezy') });
    globalThis.fetch = (where, options) => {
      const { pathname, search } = new URL(where);
      return wide(`${url}/sandbox/lemonsqueezy${pathname}${search}`, options);
    };
  });
  after(() => { globalThis.fetch = wide; });

  const data = async (answer) => {
    const { error, data: body } = await answer;
    assert.equal(error, null, error && JSON.stringify(error.cause));
    return body.data;
  };

  const bought = async (user) => {
    const checkout = await data(createCheckout(1, 450112, {
      checkoutData: { custom: { rung_user: user }, email: `${user}@example.com`,
        variantQuantities: [{ variantId: 450112, quantity: 2 }] },
      productOptions: { redirectUrl: `${url}/demo/`, enabledVariants: [450112] } }));
    const back = await press(checkout.attributes.url, 'pay');
    assert.equal(back.status, 303, back.text);
    assert.equal(back.headers.location, `${url}/demo/`);
    const [sub] = await data(listSubscriptions({ filter: { userEmail: `${user}@example.com` } }));
    return sub;
  };

  it('opens a checkout that is paid', async () => {
    const user = newUser();
    const sub = await bought(user);
    assert.equal(sub.attributes.status, 'active');
    assert.equal(sub.attributes.first_subscription_item.quantity, 2);
    const { attributes } = await data(getOrder(sub.attributes.order_id));
    assert.deepEqual([attributes.status, attributes.total], ['paid', 5800]);
    const bills = await data(listSubscriptionInvoices({ filter: { subscriptionId: sub.id } }));
    assert.deepEqual(bills.map((bill) => bill.attributes.billing_reason), ['initial']);
    assert.equal((await entitlements(user)).tier, 'pro');
  });

  it('changes the seats, cancels and takes it back', async () => {
    const user = newUser();
    const sub = await bought(user);
    const item = await data(updateSubscriptionItem(sub.attributes.first_subscription_item.id,
      { quantity: 5, invoiceImmediately: true }));
    assert.equal(item.attributes.quantity, 5);
    await until(async () => (await entitlements(user)).quantity === 5, { what: 'the seats' });
    const ending = await data(cancelSubscription(sub.id));
    assert.equal(ending.attributes.status, 'cancelled');
    await until(async () => (await entitlements(user)).ends_at !== null, { what: 'the end' });
    await data(updateSubscription(sub.id, { cancelled: false }));
    await until(async () => (await entitlements(user)).ends_at === null, { what: 'no end' });
    await act({ provider: 'lemonsqueezy', subscription: sub.id, do: 'cancel_now' });
    assert.equal((await entitlements(user)).tier, 'free');
    const over = await updateSubscription(sub.id, { cancelled: false });
    assert.equal(over.statusCode, 422);
  });

  it('is refused what Lemon Squeezy refuses', async () => {
    assert.equal((await getSubscription(1)).statusCode, 404);
    const none = await createCheckout(1, 999, {});
    assert.equal(none.statusCode, 422);
    const nowhere = await createCheckout(1, 450112, { checkoutData: { email: 'a@localhost' } });
    assert.equal(nowhere.statusCode, 422);
    const sub = await bought(newUser());
    assert.equal((await updateSubscription(sub.id, { pause: { mode: 'gone' } })).statusCode, 422);
    lemonSqueezySetup({ apiKey: 'wrong' });
    assert.equal((await getSubscription(sub.id)).statusCode, 401);
    lemonSqueezySetup({ apiKey: keyOf('lemonsqueezy') });
  });

  it('says of an order whose it is only by the address that the buyer wrote', async () => {
    const user = newUser();
    const checkout = await data(createCheckout(1, 450112, {
      checkoutData: { custom: { rung_user: user }, email: `${user}@example.com` } }));
    assert.equal(checkout.attributes.checkout_data.email, `${user}@example.com`);
    await api('POST', checkout.attributes.url, { key: null,
      body: `action=pay&email=else-${user}@example.com`,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
    assert.deepEqual(await data(listOrders({ filter: { userEmail: `${user}@example.com` } })), []);
    for (const list of [listOrders, listSubscriptions]) {
      const [one] = await data(list({ filter: { userEmail: `else-${user}@example.com` } }));
      assert.equal(one.attributes.user_email, `else-${user}@example.com`);
      assert.ok(!JSON.stringify(one.attributes).includes('rung_user'));
    }
  });

  it('lists the newest first, page by page', async () => {
    for (let i = 0; i < 3; i++) await bought(newUser());
    const { data: first } = await listOrders({ page: { size: 2, number: 1 } });
    const { data: second } = await listOrders({ page: { size: 2, number: 2 } });
    assert.equal(first.meta.page.perPage, 2);
    const made = [...first.data, ...second.data].map((order) => order.attributes.created_at);
    assert.deepEqual(made, [...made].sort().reverse());
    assert.equal(new Set([...first.data, ...second.data].map(({ id }) => id)).size, 4);
  });
});
