// What several test files share on top of lib.mjs: the shape of a problem,
// rows of one user, Stripe objects that lib.mjs has no name for, and the
// recorded events told again for a buyer of one's own.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { api, checkKey, deliver, env, fixture, newPayment, sql, sqlValue, stripeEvent,
  top, url } from './lib.mjs';

// ---- Problems -------------------------------------------------------------

const titles = new Map();

// The answer is the problem of this status and code, whole and well formed.
export function assertProblem(answer, status, code) {
  const problem = answer.json;
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers['content-type'], /^application\/problem\+json/);
  assert.equal(problem.code, code, answer.text);
  assert.equal(problem.type, `urn:rung:problem:${code}`);
  assert.equal(problem.status, status);
  assert.match(problem.instance, /^urn:rung:request:./);
  for (const member of ['title', 'detail']) {
    assert.equal(typeof problem[member], 'string');
    assert.notEqual(problem[member], '', member);
  }
  assert.equal(titles.get(code) ?? problem.title, problem.title,
    'the title of a type never varies');
  titles.set(code, problem.title);
  if (status === 401) assert.match(answer.headers['www-authenticate'], /^Bearer\b/);
  if (status === 503) assert.match(answer.headers['retry-after'], /^[1-9]\d*$/);
}

// The same, and the problem points at this member of the body.
export function assertPointer(answer, status, code, pointer) {
  assertProblem(answer, status, code);
  assert.deepEqual(answer.json.errors?.map((error) => error.pointer), [pointer],
    answer.text);
}

// ---- Raw requests ---------------------------------------------------------

// The path goes out exactly as it is given: URL would tidy it.
export function rawPath(method, target, headers = {}) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, method, path: target, headers,
      agent: false });
    request.on('error', reject);
    request.on('response', (answer) => {
      let text = '';
      answer.on('data', (part) => { text += part; });
      answer.on('end', () => {
        const json = /json/.test(answer.headers['content-type'] ?? '')
          ? JSON.parse(text) : null;
        resolve({ status: answer.statusCode, headers: answer.headers, text, json });
      });
    });
    request.end();
  });
}

// These very bytes, and the status line's number of what comes back.
export function rawBytes(bytes) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () => socket.write(bytes));
    let text = '';
    socket.setTimeout(20000, () => socket.destroy(new Error('no answer')));
    socket.on('data', (part) => { text += part; });
    socket.on('error', reject);
    socket.on('close', () => resolve({ status: Number(text.split(' ')[1]), text }));
  });
}

// ---- Rows -----------------------------------------------------------------

// How much the database holds of one user.
export async function rowsOf(user) {
  const of = (table) => `select count(*) from ${table} where user_id = '${user}'`;
  const [row] = await sql(`select
    coalesce((select ver from users where user_id = '${user}'), 0) as version,
    (${of('audit')}) as audit, (${of('sessions')}) as sessions,
    (${of('grants')}) as grants, (${of('outbox')}) as outbox,
    (${of('grants')} and slot = '' and live = 1) as tiers_granted`);
  return Object.fromEntries(Object.entries(row)
    .map(([name, value]) => [name, Number(value)]));
}

// 'applied', 'deferred', 'quarantined', 'ignored'; undefined when the
// delivery left no row.
export function inboxState(event) {
  return sqlValue(`select state from inbox where event_id = '${event.id}'`);
}

export async function inboxRows() {
  return Number(await sqlValue('select count(*) from inbox'));
}

// What /metrics says: name with labels -> number.
export async function figures() {
  const { text } = await api('GET', '/metrics', { key: checkKey });
  return new Map(text.split('\n').filter((line) => line && !line.startsWith('#'))
    .map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }));
}

// ---- What a reader sees ---------------------------------------------------

// Limits without what is read live: how much is used, and until when.
export function bounds(limits) {
  return Object.fromEntries(Object.entries(limits).map(([name, { value, unlimited, per }]) =>
    [name, { value, unlimited, per }]));
}

// The end state: what must not depend on the order of deliveries.
export function holding(doc) {
  const { tier, quantity, status, capabilities, limits, assets } = doc;
  const slots = assets.map(({ slot, type, status: state, metadata }) =>
    ({ slot, type, status: state, metadata }));
  slots.sort((a, b) => (a.slot < b.slot ? -1 : 1));
  return { tier, quantity, status, capabilities, limits: bounds(limits), assets: slots };
}

// ---- Starting -------------------------------------------------------------

export const backTo = `${url}/demo/`;

export function checkoutBody(tier = 'pro', more = {}) {
  return { target_tier: tier,
    checkout: { provider: 'stripe', success_url: backTo, cancel_url: backTo }, ...more };
}

// Start by checkout with a client token; the answer of api().
export function startCheckout(key, tier = 'pro', more = {}) {
  return api('POST', '/v1/upgrades', { key, body: checkoutBody(tier, more) });
}

export function show(id, options = {}) {
  return api('GET', `/v1/upgrades/${id}`, options);
}

// ---- Stripe objects -------------------------------------------------------

function newId(head) {
  return `${head}_${randomBytes(12).toString('hex')}`;
}

// An event about a payment intent that did not succeed.
export function intent(type, reference, { user, session, status, ...more } = {}) {
  const metadata = {};
  if (session) metadata.rung_session = session;
  if (user) metadata.rung_user = user;
  return stripeEvent(`payment_intent.${type}`, {
    id: reference, object: 'payment_intent', amount: 2900, amount_received: 0,
    currency: 'eur', customer: null, latest_charge: null, livemode: false,
    metadata, status: status ?? type, ...more });
}

// checkout.session.completed of a one-time payment, unless `type` says more.
export function checkoutEvent({ type = 'completed', id = newId('cs_test'), session,
  user, reference = null, payment = newPayment(), amount = 2900, currency = 'eur',
  paid = true, ...more } = {}) {
  const metadata = {};
  if (session) metadata.rung_session = session;
  if (user) metadata.rung_user = user;
  return stripeEvent(`checkout.session.${type}`, {
    id, object: 'checkout.session', mode: 'payment', status: 'complete',
    payment_status: paid ? 'paid' : 'unpaid', amount_total: amount, currency,
    client_reference_id: reference, customer: null, invoice: null, livemode: false,
    metadata, payment_intent: payment, subscription: null, ...more });
}

// customer.subscription.<type> in the shape since basil.
export function subscriptionEvent(type, { id = newId('sub'), user, session, price,
  quantity = 1, status = 'active', from, until, ...more }) {
  const metadata = {};
  if (session) metadata.rung_session = session;
  if (user) metadata.rung_user = user;
  return stripeEvent(`customer.subscription.${type}`, {
    id, object: 'subscription', status, currency: 'eur', customer: newId('cus'),
    livemode: false, metadata, cancel_at: null, cancel_at_period_end: false,
    canceled_at: null, ended_at: null, trial_end: null, pause_collection: null,
    pending_update: null,
    items: { object: 'list', has_more: false, data: [{ id: newId('si'),
      object: 'subscription_item', quantity, current_period_start: from,
      current_period_end: until, price: { id: price, object: 'price' } }] },
    ...more });
}

// charge.refunded: `refunded` of `amount` given back so far.
export function refundEvent(reference, refunded, amount = 2900) {
  return stripeEvent('charge.refunded', {
    id: newId('ch'), object: 'charge', amount, amount_captured: amount,
    amount_refunded: refunded, currency: 'eur', customer: null, livemode: false,
    metadata: {}, payment_intent: reference, refunded: refunded === amount,
    status: 'succeeded' });
}

// ---- Recorded events ------------------------------------------------------

const prices = {
  pro: 'price_1lSybORuNg7Kq2TzJ8TcMz2P',
  team: 'price_1TTPCWRuNg7Kq2Tz13sPTzTO',
  pack: 'price_1DGPTVRuNg7Kq2TzlTiimt17',
};

// The recorded event as it would be for another buyer: every id in it is
// another, the same one each time for the same buyer; prices stay.  `session`
// takes the place of the recorded session's id.
export function retold(name, buyer, session) {
  const ids = /\b(evt|sub|si|in|cs_test|cus|pi|ch|re|du|inpay)_[A-Za-z0-9]{8,}\b/g;
  return fixture(name).toString()
    .replace(ids, (id, head) => `${head}_${createHash('sha256')
      .update(buyer).update(id).digest('hex').slice(0, 24)}`)
    .replace(/\bups_01K4RUNG[A-Z0-9]+\b/g, (id) => session ?? `${id}-${buyer}`)
    .replace(/\buser_100\d\b/g, buyer);
}

export async function deliverRetold(name, buyer, session) {
  const answer = await deliver(retold(name, buyer, session));
  assert.equal(answer.status, 200, `${name}: ${answer.text}`);
}

export const exampleMatrix = readFileSync(path.join(top, 'etc/matrix.yaml'), 'utf8');

// The example matrix, selling the recorded events' prices as well, per seat.
export const recordedMatrix = exampleMatrix
  .replace('        - {id: price_pro_monthly',
    `        - {id: ${prices.pro}, name: recorded, amount: 2900, currency: usd}\n$&`)
  .replace('      api_key: {type: API_KEY, prefix: pk_pro_, overlap: 7d}',
    '$&\n      seats: {type: SEAT, count: 1, per_seat: yes}')
  .replace('  enterprise:\n', `  team:
    rank: 15
    title: Team
    capabilities: [read:public, write:unlimited, export:csv, export:all, api:unlimited]
    limits: {"api:requests_per_day": {max: 200000, per: day}}
    assets:
      storage: {type: STORAGE_QUOTA, limit: 50000}
      api_key: {type: API_KEY, prefix: pk_team_}
      seats: {type: SEAT, count: 1, per_seat: yes}
    grace: 7d
    prices:
      stripe:
        - {id: ${prices.team}, amount: 7900, currency: usd, interval: month}
$&`)
  .replace('        - {id: price_pack',
    `        - {id: ${prices.pack}, name: recorded, amount: 4900, currency: usd}\n$&`);

// ---- Folders --------------------------------------------------------------

export function inDir(...parts) {
  return path.join(env.RUNG_DIR, ...parts);
}
