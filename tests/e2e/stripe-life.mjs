// The life of a customer, told by Stripe: subscriptions with their bills,
// single payments, refunds and disputes, each event at the time that the
// server's clock shows.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { applyMatrix, clock, deliver, entitlements, matrixSettled, newPayment, newUser, now, paid,
  rung, start, stripeEvent } from './lib.mjs';
import { intent, refundEvent, subscriptionEvent } from './more.mjs';

export const hour = 3600;
export const day = 24 * hour;

function newId(head) {
  return `${head}_${randomBytes(12).toString('hex')}`;
}

// ---- Time -----------------------------------------------------------------

let ahead = 0;

// Let so many seconds pass.
export async function wait(seconds) {
  ahead += seconds;
  await clock(ahead);
}

// Let time pass, or not, until this moment in unix seconds.
export function waitUntil(moment) {
  return wait(moment - now());
}

export async function backToToday() {
  ahead = 0;
  await clock(0);
}

export async function tell(event) {
  const answer = await deliver(event);
  assert.equal(answer.status, 200, `${event.type}: ${answer.text}`);
  return event;
}

// ---- A subscription -------------------------------------------------------

export class Subscription {
  constructor(user, more = {}) {
    this.user = user;
    this.id = newId('sub');
    this.is = { price: 'price_pro_monthly', quantity: 1, status: 'active', from: now(),
      until: now() + 30 * day, ...more };
  }

  // It now stands like this: customer.subscription.<type>.
  tell(type, changes = {}) {
    Object.assign(this.is, changes);
    return tell(subscriptionEvent(type, { id: this.id, user: this.user, ...this.is }));
  }

  updated(changes) {
    return this.tell('updated', changes);
  }

  // What is told of a bill, and the payment's id.
  billed(type, { amount = 2900, from = this.is.from, until: end = this.is.until,
    user = this.user } = {}) {
    const invoice = newId('in');
    const payment = newPayment();
    const metadata = user === null ? {} : { rung_user: user };
    const bill = stripeEvent(`invoice.${type}`, { id: invoice, object: 'invoice',
      amount_due: amount, amount_paid: type === 'paid' ? amount : 0, currency: 'eur',
      livemode: false, metadata: {}, parent: { type: 'subscription_details',
        subscription_details: { metadata, subscription: this.id } },
      lines: { object: 'list', has_more: false, data: [{ id: newId('il'),
        object: 'line_item', amount, currency: 'eur', period: { start: from, end },
        parent: { type: 'subscription_item_details',
          subscription_item_details: { proration: false, subscription: this.id } } }] } });
    if (type !== 'paid') return { payment, events: [bill] };
    const money = stripeEvent('payment_intent.succeeded', { id: payment,
      object: 'payment_intent', amount, amount_received: amount, currency: 'eur',
      livemode: false, metadata: {}, status: 'succeeded' });
    const tie = stripeEvent('invoice_payment.paid', { id: newId('inpay'),
      object: 'invoice_payment', amount_paid: amount, currency: 'eur', invoice,
      livemode: false, status: 'paid',
      payment: { type: 'payment_intent', payment_intent: payment } });
    return { payment, events: [bill, money, tie] };
  }

  // A bill, paid or not; the payment's id.
  async bill(type = 'paid', more = {}) {
    const { payment, events } = this.billed(type, more);
    for (const event of events) await tell(event);
    return payment;
  }

  // A paid bill as it is told before anything says whose it is, the last word
  // first; the payment's id.
  async billUnknown() {
    const { payment, events } = this.billed('paid', { user: null });
    for (const event of events.reverse()) await tell(event);
    return payment;
  }

  // The next 30 days, paid; the payment's id.
  async renew(amount = 2900) {
    const { until: from } = this.is;
    await this.updated({ status: 'active', from, until: from + 30 * day });
    return this.bill('paid', { amount });
  }

  deleted() {
    return this.tell('deleted', { status: 'canceled', canceled_at: now(), ended_at: now() });
  }
}

// A subscription that runs and is paid; `first` is its payment.
export async function subscribe(user, more = {}, amount = 2900) {
  const subscription = new Subscription(user, more);
  await subscription.tell('created');
  subscription.first = await subscription.bill('paid', { amount });
  return subscription;
}

// ---- Single payments ------------------------------------------------------

// The seller starts an upgrade with a payment that is still to come.
export async function startPaying(user, tier = 'pro', more = {}) {
  const reference = newPayment();
  const { status, json, text } = await start(user, tier,
    { payment: { provider: 'stripe', reference }, ...more });
  assert.equal(status, 201, text);
  return { reference, session: json.session.id, answer: json };
}

// Bought once, and paid.
export async function buy(user, tier = 'pro', more = {}) {
  const bought = await startPaying(user, tier, more);
  await tell(paid(bought.reference));
  return bought;
}

export function declined(reference) {
  return tell(intent('payment_failed', reference, { status: 'requires_payment_method' }));
}

// One refund, known by an id of its own and by the charge's sum.
export class Refund {
  constructor(payment, { amount = 2900, of = 2900 } = {}) {
    Object.assign(this, { id: newId('re'), payment, amount, of });
  }

  tell(type, status) {
    return tell(stripeEvent(`refund.${type}`, { id: this.id, object: 'refund',
      amount: this.amount, charge: newId('ch'), currency: 'eur', metadata: {},
      payment_intent: this.payment, status }));
  }

  async made() {
    await this.tell('created', 'succeeded');
    await tell(refundEvent(this.payment, this.amount, this.of));
  }

  failed() {
    return this.tell('failed', 'failed');
  }
}

export class Dispute {
  constructor(payment) {
    Object.assign(this, { id: newId('du'), payment });
  }

  tell(type, status) {
    return tell(stripeEvent(`charge.dispute.${type}`, { id: this.id, object: 'dispute',
      amount: 2900, charge: newId('ch'), currency: 'eur', livemode: false, metadata: {},
      payment_intent: this.payment, reason: 'fraudulent', status }));
  }

  opened() {
    return this.tell('created', 'needs_response');
  }

  won() {
    return this.tell('closed', 'won');
  }

  lost() {
    return this.tell('closed', 'lost');
  }
}

// ---- What is read ---------------------------------------------------------

// The user's entitlements, which must be of this tier and status.
export async function has(user, tier, status = tier === 'free' ? 'default' : 'active') {
  const doc = await entitlements(user);
  assert.deepEqual([doc.tier, doc.status], [tier, status]);
  return doc;
}

export function assetOf(doc, slot) {
  return doc.assets.find((asset) => asset.slot === slot);
}

export function seconds(text) {
  return text === null ? null : Date.parse(text) / 1000;
}

// The trail is whole, and the deliveries told again end where the user is.
export async function assertWhole(user) {
  const audit = await rung('audit', 'verify', user);
  assert.equal(audit.code, 0, audit.stdout + audit.stderr);
  assert.match(audit.stderr, /^1 users, [1-9]\d* records, 0 bad$/m);
  const replay = await rung('replay', user);
  assert.equal(replay.code, 0, replay.stdout + replay.stderr);
}

// A test that is the life of a new user, from today on.
export function life(sentence, live) {
  it(sentence, async () => {
    const user = newUser();
    try {
      await live(user);
      await assertWhole(user);
    } finally {
      await backToToday();
    }
  });
}

// Apply a matrix and let programs notice: they look again when their last
// look is half a second old.
export async function putInForce(yaml) {
  await applyMatrix(yaml);
  await matrixSettled();
}
