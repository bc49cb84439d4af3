// What the tests through a web server share: one running Rung, requests,
// signed deliveries, the database and the clock.  With RUNG_URL set (source
// DIR/env of a quickstart) that server is used; else one is started here and
// stopped after the file's tests.  Files run one after the other.
import { execFile, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, readdirSync, readlinkSync, rmSync, mkdtempSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';

const here = path.dirname(fileURLToPath(import.meta.url));
export const top = path.resolve(here, '../..');

// ---- The server -----------------------------------------------------------

// NAME=value lines of DIR/env.
function readEnv(file) {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((line) => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)];
  }));
}

let stop = async () => {};
const ends = [];
let matrixAt = 0;			// when this file last put one in force

// Do this after the file's tests, while the server still runs.
export function atEnd(act) {
  ends.push(act);
}
after(async () => {
  try {
    for (const act of ends) await act();
    await matrixSettled();	// for the next file
  } finally {
    await stop();
  }
});

async function startOwn() {
  const dir = mkdtempSync(path.join(tmpdir(), 'rung-e2e-'));
  const child = spawn(path.join(top, 'quickstart'), ['--dir', dir], {
    env: { ...process.env, RUNG_QUICKSTART_SKIP_UPGRADE: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  let said = '';
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (bytes) => {
      said += bytes;
      if (/^ready /m.test(said)) resolve();
    });
    ended.then(() => reject(new Error(`quickstart ended:\n${said}`)));
  });
  stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(dir, { recursive: true, force: true });
  };
  return readEnv(path.join(dir, 'env'));
}

// RUNG_URL, RUNG_SERVER_KEY, RUNG_CHECK_KEY, RUNG_STRIPE_SECRET, RUNG_DIR ...
export const env = process.env.RUNG_URL ? process.env : await startOwn();
export const url = env.RUNG_URL;
export const serverKey = env.RUNG_SERVER_KEY;
export const checkKey = env.RUNG_CHECK_KEY;

// Each request is a process of its own: waiting is not for this installation.
export const plainCgi = env.RUNG_WEB === 'apache-cgi';

// ---- Requests -------------------------------------------------------------

const fresh = new http.Agent({ keepAlive: false, maxSockets: Infinity });

// One request: {status, headers, text, json, ms}.  Sends the server key
// unless `key` is another one or null.  `body` is sent as JSON unless it is a
// string or a Buffer.  A header with the value null is left out.  A start
// gets an Idempotency-Key unless the headers name one.  `signal` aborts;
// `agent` keeps a connection, else each request has one of its own.
export function api(method, where, { key = serverKey, body, headers = {}, signal,
  agent = fresh } = {}) {
  const all = {};
  if (key !== null) all['X-API-Key'] = key;
  let bytes;
  if (body !== undefined) {
    const ready = typeof body === 'string' || Buffer.isBuffer(body);
    bytes = Buffer.from(ready ? body : JSON.stringify(body));
    all['Content-Type'] = 'application/json';
  }
  if (method === 'POST') {
    all['Content-Length'] = bytes ? bytes.length : 0;
    if (where === '/v1/upgrades') all['Idempotency-Key'] = randomUUID();
  }
  for (const [name, value] of Object.entries(headers)) {
    const same = Object.keys(all).find((n) => n.toLowerCase() === name.toLowerCase());
    if (same) delete all[same];
    if (value !== null) all[name] = value;
  }
  const began = process.hrtime.bigint();
  return new Promise((resolve, reject) => {
    const request = http.request(new URL(where, url), { method, headers: all, agent, signal });
    request.on('error', reject);
    request.on('response', (answer) => {
      const parts = [];
      answer.on('error', reject);
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString();
        let json = null;
        if (text && /json/.test(answer.headers['content-type'])) json = JSON.parse(text);
        const ms = Number(process.hrtime.bigint() - began) / 1e6;
        resolve({ status: answer.statusCode, headers: answer.headers, text, json, ms });
      });
    });
    request.end(bytes);
  });
}

export function newUser(name = 'user') {
  return `${name}-${randomBytes(8).toString('hex')}`;
}

export function newPayment() {
  return `pi_${randomBytes(12).toString('hex')}`;
}

// Start an upgrade with a payment reference and a server key; the answer of
// api().  `more` goes into the body.
export function start(user, tier = 'pro', more = {}, options = {}) {
  const payment = { provider: 'stripe', reference: newPayment() };
  return api('POST', '/v1/upgrades', {
    body: { user, target_tier: tier, payment, ...more }, ...options });
}

export async function entitlements(user, options = {}) {
  return (await api('GET', `/v1/users/${encodeURIComponent(user)}/entitlements`,
    { key: checkKey, ...options })).json;
}

export async function can(user, capability, options = {}) {
  const where = `/v1/users/${encodeURIComponent(user)}/can/${encodeURIComponent(capability)}`;
  return (await api('GET', where, { key: checkKey, ...options })).json.allowed;
}

// A client token, as the seller's back end would issue it.
export async function clientToken(user, scopes = ['read', 'upgrade', 'claim']) {
  return (await api('POST', '/v1/tokens', { body: { user, scopes } })).json.token;
}

// `address` with the first character of its parameter `name` another one,
// whatever it was.
export function altered(address, name) {
  return address.replace(new RegExp(`(\\b${name}=)(.)`),
    (_, before, first) => before + (first === '_' ? '-' : '_'));
}

// ---- Deliveries -----------------------------------------------------------

let shift = 0; // seconds the server's clock is ahead

// Now by the server's clock, in whole seconds.
export function now() {
  return Math.floor(Date.now() / 1000) + shift;
}

// An event as Stripe wraps it.
export function stripeEvent(type, object, more = {}) {
  return {
    id: `evt_${randomBytes(12).toString('hex')}`, object: 'event',
    api_version: '2026-07-29.dahlia', created: now(), livemode: false,
    pending_webhooks: 1, request: { id: null, idempotency_key: null },
    type, data: { object }, ...more,
  };
}

// payment_intent.succeeded for a payment we named at a start.
export function paid(reference, { user, session, amount = 2900, currency = 'eur', ...more } = {}) {
  const metadata = {};
  if (session) metadata.rung_session = session;
  if (user) metadata.rung_user = user;
  return stripeEvent('payment_intent.succeeded', {
    id: reference, object: 'payment_intent', amount, amount_received: amount,
    currency, created: now(), customer: null, latest_charge: null,
    livemode: false, metadata, status: 'succeeded', ...more });
}

// Deliver an event (or the exact bytes of one), signed by the provider's own
// library unless `signature` is given; null sends none.
export function deliver(event, { secret = env.RUNG_STRIPE_SECRET, timestamp = now(),
  signature, headers = {}, where = '/v1/webhooks/stripe' } = {}) {
  const payload = Buffer.isBuffer(event) || typeof event === 'string'
    ? event.toString() : JSON.stringify(event);
  const signed = signature !== undefined ? signature
    : Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  return api('POST', where, { key: null, body: payload,
    headers: { 'Stripe-Signature': signed, ...headers } });
}

// The exact bytes of a recorded event: fixture('payment_intent.succeeded').
export function fixture(name, provider = 'stripe') {
  return readFileSync(path.join(top, 'tests/fixtures', provider, `${name}.json`));
}

// ---- Commands, database, clock --------------------------------------------

// {code, stdout, stderr}; a failing command is an answer like any other.
export function run(file, args, { input } = {}) {
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, { maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ code: error ? error.code : 0, stdout, stderr });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

// rung(1); the last argument may be {input}.
export function rung(...args) {
  const options = typeof args.at(-1) === 'object' ? args.pop() : {};
  return run(env.RUNG_BIN, args, options);
}

async function must(answer) {
  const { code, stdout, stderr } = await answer;
  if (code !== 0) throw new Error(`exit ${code}: ${stderr}${stdout}`);
  return stdout;
}

// Rows as objects of texts; NULL is null.
export async function sql(query) {
  const out = await must(run('mariadb', ['--no-defaults', `--socket=${env.RUNG_DB_SOCKET}`,
    '--user=root', '--batch', `--database=${env.RUNG_DB_NAME}`, `--execute=${query}`]));
  const [head, ...rows] = out.split('\n').filter((line) => line !== '');
  if (head === undefined) return [];
  const names = head.split('\t');
  return rows.map((row) => Object.fromEntries(row.split('\t')
    .map((value, i) => [names[i], value === 'NULL' ? null : value])));
}

// The only value of a query that has one row and one column.
export async function sqlValue(query) {
  return Object.values((await sql(query))[0] ?? {})[0];
}

// Put the server's clock this many seconds ahead of the machine's.
export async function clock(seconds) {
  await must(rung('clock', String(seconds)));
  shift = seconds;
}

// Apply a matrix given as text.
export async function applyMatrix(yaml) {
  const { code, stdout, stderr } = await rung('matrix', 'apply', '-', { input: yaml });
  if (code !== 0 && code !== 3) throw new Error(`exit ${code}: ${stderr}${stdout}`);
  matrixAt = Date.now();
}

// Programs look for a newer matrix every half second, and webhook has no answer
// that tells which one it goes by; and an event of the second in which it was
// applied, told in whole seconds, is older than it.
export function matrixSettled() {
  return until(() => Date.now() > Math.ceil(matrixAt / 1000) * 1000 + 600,
    { what: 'a matrix in force everywhere' });
}

// Act until it is true, as it must be within a second after a matrix was
// applied: programs look again when their last look is half a second old.
export async function inForce(act) {
  for (;;) {
    const began = Date.now();
    if (await act()) return;
    if (began - matrixAt >= 1000) throw new Error('not in force within a second');
  }
}

export const database = {
  stop: () => must(run(path.join(env.RUNG_DIR, 'bin/database'), ['stop'])),
  start: () => must(run(path.join(env.RUNG_DIR, 'bin/database'), ['start'])),
};

// ---- Looking at the server ------------------------------------------------

// Everything the programs have written to their log so far.
export function logText() {
  return ['programs.log', 'apache.log'].map((name) => {
    try {
      return readFileSync(path.join(env.RUNG_DIR, 'log', name), 'utf8');
    } catch (error) {
      if (error.code === 'ENOENT') return '';
      throw error;
    }
  }).join('');
}

// Running programs by name: [{name: 'watch', pid, descriptors}].
export function programs() {
  const found = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const exe = readlinkSync(`/proc/${pid}/exe`);
      if (path.dirname(exe) !== path.join(env.RUNG_DIR, 'cgi-bin')) continue;
      found.push({ name: path.parse(exe).name, pid: Number(pid),
        descriptors: readdirSync(`/proc/${pid}/fd`).length });
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

// ---- Waiting --------------------------------------------------------------

// Ask until the answer is true (or anything but false, null, undefined) and
// return it; fail when the deadline in milliseconds has passed.
export async function until(condition, { within = 5000, what = 'the condition' } = {}) {
  const deadline = Date.now() + within;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    if (Date.now() >= deadline) throw new Error(`${what}: not within ${within} ms`);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}

await clock(0);
