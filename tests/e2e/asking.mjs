// A payment provider's API played by the test itself, and the upgrade program
// as plain CGI with a configuration that asks there: so a test can have the
// provider be slow, down, or say no.
import { execFile, spawn } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync,
  statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { atEnd, env, newUser, serverKey } from './lib.mjs';
import { inDir } from './more.mjs';

// ---- The provider ---------------------------------------------------------

// Answers what `answer(request)` returns: {status, json, headers}, or a
// promise of it, or null to hang up.  `asked` has all requests: {method,
// path, query, headers, form}.
export class FakeApi {
  constructor(answer) {
    this.answer = answer;
    this.asked = [];
  }

  async listen() {
    this.server = http.createServer((request, response) => {
      let body = '';
      request.on('data', (bytes) => { body += bytes; });
      request.on('end', async () => {
        const url = new URL(request.url, 'http://fake');
        const asked = { method: request.method, path: url.pathname, query: url.searchParams,
          headers: request.headers, body, form: Object.fromEntries(new URLSearchParams(body)) };
        this.asked.push(asked);
        const said = await this.answer(asked);
        if (!said) {
          response.destroy();
          return;
        }
        response.writeHead(said.status ?? 200, { 'Content-Type': 'application/json',
          ...said.headers });
        response.end(JSON.stringify(said.json ?? {}));
      });
    });
    await new Promise((done) => { this.server.listen(0, '127.0.0.1', done); });
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    atEnd(() => new Promise((done) => {
      this.server.closeAllConnections?.();
      this.server.close(done);
    }));
    return this;
  }

  // How often this was asked for.
  count(method, what) {
    return this.asked.filter((a) => a.method === method && a.path.endsWith(what)).length;
  }

  last(method, what) {
    return this.asked.filter((a) => a.method === method && a.path.endsWith(what)).at(-1);
  }
}

// ---- The program ----------------------------------------------------------

// Who runs the programs, and owns what they write.
const owner = () => statSync(inDir('etc/rung.yaml'));
const asOwner = () => (process.getuid() === 0 ? { uid: owner().uid, gid: owner().gid } : {});

// A configuration like the running one's, but asking at `base`, with a program
// beside it; its file.
export function configured(base, more = '') {
  const dir = mkdtempSync(path.join(tmpdir(), 'rung-ask-'));
  atEnd(() => rmSync(dir, { recursive: true, force: true }));
  for (const name of ['cgi-bin', 'etc']) mkdirSync(path.join(dir, name), { mode: 0o700 });
  const program = path.join(dir, 'cgi-bin/upgrade.cgi');
  copyFileSync(inDir('cgi-bin', 'upgrade.cgi'), program);
  chmodSync(program, 0o700);
  const yaml = readFileSync(inDir('etc/rung.yaml'), 'utf8')
    .replace(/^(api_base|ask_slots): .*\n/mg, '');
  const file = path.join(dir, 'etc/rung.yaml');
  writeFileSync(file, `${yaml}api_base: ${base}\n${more}`, { mode: 0o600 });
  for (const it of [dir, path.join(dir, 'cgi-bin'), path.join(dir, 'etc'), program, file]) {
    chownSync(it, owner().uid, owner().gid);
  }
  return file;
}

// One request to upgrade as plain CGI: {status, headers, text, json, ms}.
export function upgrade(config, method, where, { key = null, body, headers = {} } = {}) {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const variables = Object.fromEntries(Object.entries(headers)
    .map(([name, value]) => [`HTTP_${name.toUpperCase().replaceAll('-', '_')}`, value]));
  const { pathname, search } = new URL(where, 'http://any');
  const began = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(path.resolve(config, '../../cgi-bin/upgrade.cgi'), [], { env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([n]) => /^(A|UB)SAN_/.test(n))),
      GATEWAY_INTERFACE: 'CGI/1.1', REQUEST_METHOD: method,
      REQUEST_URI: pathname + search, SCRIPT_NAME: '', SERVER_PROTOCOL: 'HTTP/1.1',
      REMOTE_ADDR: '127.0.0.1', DOCUMENT_ROOT: '/nowhere',
      ...(key ? { HTTP_X_API_KEY: key } : {}),
      ...(method === 'POST' ? { CONTENT_LENGTH: String(Buffer.byteLength(text)),
        CONTENT_TYPE: typeof body === 'string' ? 'application/x-www-form-urlencoded'
          : 'application/json' } : {}),
      ...variables }, stdio: ['pipe', 'pipe', 'ignore'], ...asOwner() });
    let said = '';
    child.stdout.on('data', (bytes) => { said += bytes; });
    child.on('error', reject);
    child.stdin.on('error', () => {});
    child.stdin.end(text);
    child.on('close', () => {
      const [head, ...rest] = said.split('\r\n\r\n');
      const lines = Object.fromEntries(head.split('\r\n').map((line) => {
        const at = line.indexOf(': ');
        return [line.slice(0, at).toLowerCase(), line.slice(at + 2)];
      }));
      const content = rest.join('\r\n\r\n');
      resolve({ status: Number((lines.status ?? '').split(' ')[0]), headers: lines,
        text: content, ms: Date.now() - began,
        json: /json/.test(lines['content-type'] ?? '') ? JSON.parse(content) : null });
    });
  });
}

// rung(1) with that configuration: {code, stdout, stderr}.
export function rungWith(config, ...args) {
  return new Promise((resolve) => {
    execFile(env.RUNG_BIN, ['--config', config, ...args], (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, stdout, stderr }));
  });
}

export const shop = 'http://localhost/shop';

// Start by checkout at the running server's tables; the answer's JSON.
export async function begin(config, user = newUser(), more = {}) {
  const answer = await upgrade(config, 'POST', '/v1/upgrades', { key: serverKey,
    headers: { 'Idempotency-Key': `${user}-${Math.random()}` },
    body: { user, target_tier: 'pro', ...more, checkout: { provider: 'stripe',
      success_url: `${shop}?done=1`, cancel_url: shop, ...more.checkout } } });
  return answer;
}

// ---- Subscriptions at Stripe ----------------------------------------------

// As GET /v1/subscriptions/ID answers.
export function subscriptionObject({ id, user, is }, more = {}) {
  return { id, object: 'subscription', status: is.status, currency: 'eur', customer: `cus_${id}`,
    livemode: false, metadata: { rung_user: user }, cancel_at: null,
    cancel_at_period_end: false, canceled_at: null, ended_at: null, trial_end: null,
    pause_collection: null, pending_update: null, schedule: null, latest_invoice: null,
    items: { object: 'list', has_more: false, data: [{ id: `si_${id}`,
      object: 'subscription_item', quantity: is.quantity, current_period_start: is.from,
      current_period_end: is.until, price: { id: is.price, object: 'price' } }] }, ...more };
}
