// What works behind which web server: each is started for real, and what was
// found is the table of rung-watch(8).  Settings that the running Rung does
// not have are tried here as well.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { describe, it } from 'node:test';
import { api, checkKey, clientToken, deliver, env, newPayment, newUser, paid, serverKey, start,
  top, until } from './lib.mjs';
import { kinds, serve } from './servers.mjs';

async function pending() {
  const user = newUser();
  const reference = newPayment();
  const { json, text } = await start(user, 'pro', { payment: { provider: 'stripe', reference } });
  assert.ok(json.session, text);
  return { user, session: json.session.id, event: paid(reference, { user }) };
}

// A request to one of these servers; resolves when its answer has ended, or
// with a status of 0 when the connection broke.
function ask(server, where, { headers = {}, agent = false, signal, method = 'GET', body } = {}) {
  return new Promise((resolve) => {
    const request = http.request(new URL(where, server.url), { method, agent, signal,
      headers: { 'X-API-Key': serverKey, ...headers } });
    const broken = (error) => resolve({ status: 0, text: '', json: null, error });
    request.on('error', broken);
    request.on('response', (answer) => {
      let text = '';
      answer.on('data', (part) => { text += part; });
      answer.on('error', broken);
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text,
        json: /json/.test(answer.headers['content-type'] ?? '') ? JSON.parse(text) : null }));
    });
    request.end(body);
  });
}

const watch = (server, { session }, options) =>
  ask(server, `/v1/watch/upgrades/${session}?since=1&wait=25`, options);

async function waiters() {
  const { text } = await api('GET', '/metrics', { key: checkKey });
  return Number(/^rung_waiters (\d+)$/m.exec(text)[1]);
}

const parked = (count, within = 20000) => until(async () => await waiters() === count,
  { within, what: `${count} who wait` });

// Running programs of one server.
function processes({ dir }) {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/exe`).startsWith(`${dir}/cgi-bin/`);
    } catch {
      return false;
    }
  }).length;
}

// An open stream and what it has said so far.
function stream(where) {
  return new Promise((resolve, reject) => {
    const request = http.get(where, { agent: false }, (answer) => {
      const it = { status: answer.statusCode, text: '', ended: false,
        close: () => request.destroy() };
      answer.on('data', (part) => { it.text += part; });
      answer.on('end', () => { it.ended = true; });
      answer.on('error', () => { it.ended = true; });
      resolve(it);
    });
    request.on('error', reject);
    setTimeout(() => resolve({ status: 0, text: '', close: () => request.destroy() }), 5000).unref();
  });
}

async function ticketAt(server, user) {
  const body = JSON.stringify({ user });
  const answer = await ask(server, '/v1/events', { method: 'POST', body, headers: {
    'Content-Type': 'application/json', 'Content-Length': body.length } });
  assert.equal(answer.status, 200, answer.text);
  return `${server.url}/v1/events?ticket=${answer.json.ticket}`;
}

// ---- The cells ------------------------------------------------------------

async function held(server) {
  await parked(0, 60000);
  const one = await pending();
  const wait = watch(server, one);
  await parked(1);
  await deliver(one.event);
  const answer = await wait;
  assert.equal(answer.json?.session.status, 'completed', `${answer.status} ${answer.text}`);
  return 'yes';
}

async function inOneProcess(server) {
  const some = await Promise.all([pending(), pending(), pending(), pending()]);
  const waits = some.map((one) => watch(server, one));
  await parked(4);
  const count = processes(server);
  await Promise.all(some.map(({ event }) => deliver(event)));
  for (const { json } of await Promise.all(waits))
    assert.equal(json?.session.status, 'completed');
  return count === 1 ? 'yes' : 'one each';
}

async function streams(server) {
  const one = await pending();
  const events = await stream(await ticketAt(server, one.user));
  try {
    await until(() => events.text.includes('"hello"'), { within: 3000, what: 'a hello' });
    await deliver(one.event);
    await until(() => events.text.includes('"completed"'), { within: 3000, what: 'an event' });
    return 'yes';
  } catch {
    return 'no';
  } finally {
    events.close();
  }
}

// As browsers do, on a connection that was used before.
async function noticed(server) {
  const one = await pending();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  await ask(server, '/v1/none', { agent });
  const gone = new AbortController();
  const wait = watch(server, one, { agent, signal: gone.signal });
  await parked(1);
  gone.abort();
  await wait;
  try {
    await parked(0, 5000);
    return 'yes';
  } catch {
    await deliver(one.event);
    await parked(0, 40000);
    return 'no';
  }
}

async function restarted(server) {
  const one = await pending();
  const wait = watch(server, one);
  await parked(1);
  server.restart();
  const early = await Promise.race([wait,
    new Promise((resolve) => { setTimeout(resolve, 7000, null).unref(); })]);
  await until(async () => (await deliver(one.event)).status === 200);
  const answer = early ?? await wait;
  await until(async () => (await ask(server, '/v1/none')).status === 404,
    { within: 15000, what: 'the server again' });
  const next = await watch(server, one);
  assert.equal(next.json.session.status, 'completed', 'who asks again hears');
  if (answer.status !== 200) return 'asks again';
  return answer.json.session.status === 'completed' ? 'waits on' : 'answered';
}

const columns = [held, inOneProcess, noticed, restarted, streams];

// ---- The table ------------------------------------------------------------

// The rows of the manual page: {server: [cells]}.
function documented() {
  const page = readFileSync(path.join(top, 'man/rung-watch.8'), 'utf8');
  const [, table] = page.split(/^\.Bl -column.*$/m)[1].split(/^\.It Sy .*$/m);
  return Object.fromEntries([...table.split(/^\.El$/m)[0].matchAll(/^\.It (.*)$/gm)]
    .map(([, row]) => row.split(' Ta ').map((cell) => cell.replace(/^"|"$/g, '')))
    .map(([name, ...cells]) => [name, cells]));
}

// Once, by the account that has no more rights than a hosted site.
const here = { skip: env.RUNG_WEB !== 'apache-cgi' &&
  'runs with the server of ./check apache' };

describe('behind', here, () => {
  it('each web server there is a row in rung-watch(8)', () => {
    assert.deepEqual(Object.keys(documented()).sort(), Object.keys(kinds).sort());
  });

  for (const name of Object.keys(kinds)) {
    it(`${name} it is as rung-watch(8) says`, async () => {
      const server = await serve(name, { stream: 'unbounded', max_waiters: 64 });
      const found = [];
      try {
        for (const cell of columns) found.push(await cell(server));
      } finally {
        await server.stop();
      }
      assert.deepEqual(found, documented()[name]);
    });
  }
});

describe('a setting', here, () => {
  const serving = async (settings, act) => {
    const one = await serve('lighttpd, FastCGI', settings);
    try {
      await act(one);
    } finally {
      await one.stop();
    }
  };

  it('max_waiters: whoever is one too many is answered at once', async () => {
    await serving({ max_waiters: 3 }, async (one) => {
      const some = await Promise.all([pending(), pending(), pending(), pending()]);
      const waits = some.slice(0, 3).map((who) => watch(one, who));
      await parked(3);
      const refused = await watch(one, some[3]);
      assert.equal(refused.status, 200);
      assert.equal(refused.headers['preference-applied'], 'wait=0');
      assert.equal(refused.headers['retry-after'], '2');
      assert.equal(refused.json.session.status, 'pending');
      await deliver(some[0].event);
      assert.equal((await waits[0]).json.session.status, 'completed');
      const next = watch(one, some[3]);
      await parked(3);
      await Promise.all(some.slice(1).map(({ event }) => deliver(event)));
      for (const { json } of await Promise.all([...waits.slice(1), next]))
        assert.equal(json.session.status, 'completed');
    });
  });

  it('wake: database, or another machine: news within a second or two', async () => {
    await serving({ wake: 'database' }, async (one) => {
      const some = await Promise.all(Array.from({ length: 20 }, pending));
      const waits = some.map((who) => watch(one, who));
      await parked(20);
      await Promise.all(some.map(({ event }) => deliver(event)));
      const began = Date.now();
      for (const { json } of await Promise.all(waits))
        assert.equal(json.session.status, 'completed');
      assert.ok(Date.now() - began < 5000);
    });
  });

  it('stream: off means no ticket and no stream', async () => {
    await serving({ stream: 'off' }, async (one) => {
      const user = newUser();
      const key = await clientToken(user);
      const answer = await ask(one, '/v1/events', { method: 'POST',
        headers: { 'X-API-Key': key, 'Content-Length': 0 } });
      assert.deepEqual(answer.json, { stream: 'off', ticket: null, url: null,
        expires_at: null });
      const { ticket } = (await api('POST', '/v1/events', { body: { user } })).json;
      assert.equal((await stream(`${one.url}/v1/events?ticket=${ticket}`)).status, 204);
    });
  });

  it('stream: bounded ends it with a bye after 55 seconds', async () => {
    await serving({ stream: 'bounded' }, async (one) => {
      const events = await stream(await ticketAt(one, newUser()));
      await until(() => events.text.includes('"hello"'));
      const began = Date.now();
      await until(() => events.ended, { within: 70000, what: 'its end' });
      assert.match(events.text, /data: \{"type":"bye"\}\n\n$/);
      assert.ok(Date.now() - began > 50000);
    });
  });
});
