// Lemon Squeezy as it tells of a buyer: the recorded deliveries told again
// for a buyer of one's own, changed at will, signed as its documentation says.
import assert from 'node:assert/strict';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { api, clock, env, fixture } from './lib.mjs';
import { backTo, recordedMatrix } from './more.mjs';

export const variants = { pro: 450102, team: 450103, pack: 450101 };

// The example matrix, selling the recorded variants, each by the month and
// per seat; `interval` false leaves unsaid that they renew.
export function lemonMatrix({ interval = true } = {}) {
  const price = (variant) => `[{id: "${variant}", amount: 2900, currency: usd${
    interval ? ', interval: month' : ''}}]`;
  const matrix = recordedMatrix
    .replace('lemonsqueezy: ["450102"]', `lemonsqueezy: ${price(variants.pro)}`)
    .replace(/(id: team|  team:\n)([\s\S]*?prices:\n)/,
      `$1$2      lemonsqueezy: ${price(variants.team)}\n`)
    .replace(/(  export-pack:\n[\s\S]*?prices:\n)/,
      `$1      lemonsqueezy: ["${variants.pack}"]\n`);
  for (const variant of Object.values(variants)) assert.ok(matrix.includes(`"${variant}"`));
  return matrix;
}

// The numbers that are ids: customers, orders, items, subscriptions, bills.
const ids = /\b(?:29001|54001|53901|13001|12901|51001|37001|8801)\d\d\b/g;

// One number for a recorded one, the same each time for the same buyer.
export function idFor(recorded, buyer) {
  const hash = createHash('sha256').update(`${buyer}/${recorded}`).digest('hex');
  return Number.parseInt(hash.slice(0, 11), 16);
}

// The store that the settings name, else the recorded one.
const store = Number(/^lemonsqueezy_store: *"?(\d+)/m
  .exec(readFileSync(env.RUNG_CONFIG, 'utf8'))?.[1] ?? 64021);

// The recorded deliveries begin here, and are told again from tomorrow on, so
// that any matrix applied today is in force by then.
const recordedFrom = Date.parse('2026-09-01T00:00:00Z');
const toldFrom = (Math.floor(Date.now() / 1000) + 86400) * 1000;

function later(moment) {
  return new Date(Date.parse(moment) - recordedFrom + toldFrom).toISOString();
}

// The recorded delivery as it would be for another buyer and session (null:
// it names none).  `change` may alter data.attributes and the whole event.
export function lemon(name, buyer, { session = null, change = () => {} } = {}) {
  const event = JSON.parse(fixture(name, 'lemonsqueezy').toString()
    .replace(ids, (id) => String(idFor(id, buyer)))
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, (moment) => later(moment).replace('Z', '000Z')));
  event.meta.webhook_id = randomUUID();
  event.data.attributes.store_id = store;
  if (event.meta.custom_data) {
    event.meta.custom_data = { rung_user: buyer };
    if (session) event.meta.custom_data.rung_session = session;
  }
  change(event.data.attributes, event);
  return event;
}

export function lemonSignature(payload, secret = env.RUNG_LEMONSQUEEZY_SECRET) {
  return createHmac('sha256', secret).update(payload).digest('hex');
}

// Deliver an event, or the exact bytes of one; the answer of api().
export function deliverLemon(event, { secret, signature, headers = {} } = {}) {
  const payload = Buffer.isBuffer(event) ? event : Buffer.from(JSON.stringify(event));
  return api('POST', '/v1/webhooks/lemonsqueezy', { key: null, body: payload, headers: {
    'X-Signature': signature !== undefined ? signature : lemonSignature(payload, secret),
    'X-Event-Name': JSON.parse(payload).meta?.event_name ?? 'none', ...headers } });
}

// The same, and it must be taken.
export async function tellLemon(event) {
  const answer = await deliverLemon(event);
  assert.equal(answer.status, 200, `${event.meta.event_name}: ${answer.text}`);
  return event;
}

// A session that a page started by checkout, for a user of the server key's.
export async function startLemon(user, more = { target_tier: 'pro' }) {
  const { status, json, text } = await api('POST', '/v1/upgrades', { body: { user,
    checkout: { provider: 'lemonsqueezy', success_url: backTo, cancel_url: backTo },
    ...more } });
  assert.equal(status, 201, text);
  return json.session.id;
}

// Put the server's clock where a recorded moment is told, "2026-09-02" or
// "2026-09-01T11:00:00Z"; an answer's time as it was recorded.
export function clockAt(moment) {
  return clock(Math.floor((Date.parse(later(moment)) - Date.now()) / 1000));
}

export function asRecorded(time) {
  return time && new Date(Date.parse(time) - toldFrom + recordedFrom).toISOString();
}
