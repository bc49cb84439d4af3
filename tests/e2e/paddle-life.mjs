// Paddle's deliveries for the tests: signed as Paddle signs, the recorded ones
// told again for a buyer of one's own, and transactions and subscriptions of
// any content.
import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { api, env, fixture, now } from './lib.mjs';
import { recordedMatrix } from './more.mjs';

export const secret = env.RUNG_PADDLE_SECRET;
export const prices = {
  pro: 'pri_01kf0e44m0pf4g882kz93m8f61',
  team: 'pri_01kf0e44m0pg2g97t1cgyzgjk1',
  pack: 'pri_01kf0e44m0t3nbb58wq0g2s3vx',
};

// What the recorded events sell, per seat.
export const paddleMatrix = recordedMatrix
  .replace('      paddle: [pri_pro]', `      paddle: [${prices.pro}, pri_pro]`)
  .replace('  enterprise:\n', `      paddle: [${prices.team}]\n$&`)
  .replace(/(export-pack:\n(?: {4}.*\n)*?)( {4}prices:\n)/, `$1$2      paddle: [${prices.pack}]\n`);

// ---- Deliveries -----------------------------------------------------------

// "ts=...;h1=..." over these bytes, at this second.
export function signature(payload, { key = secret, timestamp = now() } = {}) {
  const h1 = createHmac('sha256', key).update(`${timestamp}:`).update(payload).digest('hex');
  return `ts=${timestamp};h1=${h1}`;
}

export function post(event, { headers = {}, ...how } = {}) {
  const payload = Buffer.isBuffer(event) || typeof event === 'string'
    ? event.toString() : JSON.stringify(event);
  return api('POST', '/v1/webhooks/paddle', { key: null, body: payload,
    headers: { 'Paddle-Signature': signature(payload, how), ...headers } });
}

export async function tell(event) {
  const answer = await post(event);
  assert.equal(answer.status, 200, answer.text);
  return event;
}

// ---- Recorded events ------------------------------------------------------

export function recorded(name) {
  return fixture(name, 'paddle');
}

// When it occurred, in whole seconds and never before it.
export function occurred(name) {
  return Math.ceil(Date.parse(JSON.parse(recorded(name)).occurred_at) / 1000);
}

// The recorded event as it would be for another buyer: every id in it is
// another, the same one each time for the same buyer; prices stay.
export function retold(name, buyer, session) {
  const ids = /\b(evt|ntf|txn|sub|adj|ctm|add|inv|txnitm|adjitm|paymtd)_01[a-z0-9]{24}\b/g;
  return recorded(name).toString()
    .replace(ids, (id, head) => `${head}_${createHash('sha256')
      .update(buyer).update(id).digest('hex').slice(0, 26)}`)
    .replace(/\bups_01K4RUNG[A-Z0-9]+\b/g, (id) => session ?? `${id}-${buyer}`)
    .replace(/\buser_200\d\b/g, buyer);
}

// ---- Events of any content ------------------------------------------------

export function newId(head) {
  return `${head}_${randomBytes(13).toString('hex')}`;
}

function moment(seconds) {
  return new Date(seconds * 1000).toISOString();
}

export function event(type, data) {
  return { data, event_id: newId('evt'), event_type: type, occurred_at: moment(now()),
    notification_id: newId('ntf') };
}

function item(price, quantity, monthly) {
  return { price: { id: price, billing_cycle: monthly ? { interval: 'month', frequency: 1 } : null },
    quantity };
}

// A transaction of the buyer's checkout; `names` is its custom_data.
export function transaction(type, { id = newId('txn'), price = prices.pack, quantity = 1,
  monthly = false, names = null, amount = 4900, ...more } = {}) {
  return event(`transaction.${type}`, { id, status: type, origin: 'web', custom_data: names,
    items: [item(price, quantity, monthly)], currency_code: 'USD',
    details: { totals: { grand_total: String(amount), currency_code: 'USD' } },
    payments: [], subscription_id: null, billing_period: null, ...more });
}

export function subscription(type, { id = newId('sub'), price = prices.pro, quantity = 1,
  names = null, status = 'active', from = now(), until = now() + 30 * 86400, ...more } = {}) {
  return event(`subscription.${type}`, { id, status, custom_data: names,
    items: [{ ...item(price, quantity, true), recurring: true, trial_dates: null }],
    scheduled_change: null, canceled_at: null,
    current_billing_period: { starts_at: moment(from), ends_at: moment(until) }, ...more });
}

export function adjustment(type, of, { id = newId('adj'), action = 'refund',
  status = 'approved', amount = 4900, subscription_id: sub = null } = {}) {
  return event(`adjustment.${type}`, { id, action, status, transaction_id: of,
    subscription_id: sub, totals: { total: String(amount) }, created_at: moment(now()),
    updated_at: '0001-01-01T00:00:00Z' });
}
