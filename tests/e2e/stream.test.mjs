// Streams of events: who may open one, what it says, and when it ends.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, describe, it } from 'node:test';
import { api, checkKey, clientToken, clock, deliver, env, newPayment, newUser, paid, programs,
  start, until, url } from './lib.mjs';
import { assertProblem } from './more.mjs';

async function ticketFor(user) {
  const answer = await api('POST', '/v1/events', { body: { user } });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

// What the bulk evaluation offers a page of this user.
async function offerFor(user) {
  const { json } = await api('POST', '/ofrep/v1/evaluate/flags',
    { key: checkKey, body: { context: { targetingKey: user } } });
  return json.eventStreams[0].endpoint.requestUri;
}

const open = [];
after(() => open.forEach((stream) => stream.close()));

// An open stream: its status, headers, all of its text so far and the events
// in it, and whether it has ended.
function stream(target, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.get(new URL(target, url), { agent: false, headers });
    request.on('error', reject);
    request.on('response', (answer) => {
      const it = { status: answer.statusCode, headers: answer.headers, text: '', ended: false,
        close: () => request.destroy(),
        events: () => [...it.text.matchAll(/^id: (\d+)\nevent: (\w+)\ndata: (.*)\n\n/gm)]
          .map(([, id, event, data]) => ({ id: Number(id), event, ...JSON.parse(data) })) };
      open.push(it);
      answer.on('data', (bytes) => { it.text += bytes; });
      answer.on('end', () => { it.ended = true; });
      answer.on('error', () => {});
      resolve(it);
    });
  });
}

function says(one, type, within = 10000) {
  return until(() => one.events().find((event) => event.type === type),
    { within, what: type });
}

async function paidFor(user) {
  const reference = newPayment();
  const { json } = await start(user, 'pro', { payment: { provider: 'stripe', reference } });
  return { session: json.session.id, token: json.token, event: paid(reference, { user }) };
}

const streams = { skip: env.RUNG_WEB !== 'lighttpd' && 'see servers.test.mjs' };

describe('a stream', streams, () => {
  it('begins with enough to pass any filter, and a hello', async () => {
    const user = newUser();
    const one = await stream((await ticketFor(user)).url);
    assert.equal(one.status, 200);
    assert.match(one.headers['content-type'], /^text\/event-stream/);
    assert.equal(one.headers['cache-control'], 'no-store, no-transform');
    assert.equal(one.headers['x-accel-buffering'], 'no');
    const hello = await says(one, 'hello');
    assert.deepEqual(hello, { id: 0, event: 'message', type: 'hello', version: 0 });
    assert.match(one.text, /^retry: 3000\n:/);
    assert.ok(one.text.indexOf('id:') > 8000, 'padding comes first');
  });

  it('says that an upgrade moved and that the state is another', async () => {
    const user = newUser();
    const one = await stream((await ticketFor(user)).url);
    await says(one, 'hello');
    const { session, event } = await paidFor(user);
    await until(() => one.events().some(({ status }) => status === 'pending'));
    await deliver(event);
    await until(() => one.events().some(({ status }) => status === 'completed'));
    const [moved] = one.events().filter(({ status }) => status === 'completed');
    assert.deepEqual(moved, { id: 2, event: 'message', type: 'session', session, version: 2,
      status: 'completed' });
    const refetch = await until(() => one.events()
      .find(({ type, id }) => type === 'refetchEvaluation' && id === 2));
    assert.equal(refetch.etag, '"u2"');
    assert.ok(Math.abs(refetch.lastModified - Date.now() / 1000) < 60);
  });

  it('says nothing of another user', async () => {
    const [mine, other] = [newUser(), newUser()];
    const one = await stream((await ticketFor(mine)).url);
    await says(one, 'hello');
    const { event } = await paidFor(other);
    await deliver(event);
    const { event: own } = await paidFor(mine);
    await deliver(own);
    await until(() => one.events().some(({ id }) => id === 2));
    assert.deepEqual(one.events().filter(({ type }) => type === 'session')
      .map(({ id }) => id), [1, 2]);
  });

  it('tells who comes back that he missed something', async () => {
    const user = newUser();
    const { event } = await paidFor(user);
    await deliver(event);
    const { url: where } = await ticketFor(user);
    const late = await stream(where, { 'Last-Event-ID': '1' });
    assert.equal((await says(late, 'refetchEvaluation')).id, 2);
    const current = await stream(where, { 'Last-Event-ID': '2' });
    await says(current, 'hello');
    assert.deepEqual(current.events().map(({ type }) => type), ['hello']);
  });

  it('beats while nothing happens', async () => {
    const one = await stream((await ticketFor(newUser())).url);
    await until(() => /^: beat$/m.test(one.text), { within: 30000, what: 'a beat' });
  });

  it('says bye before the program leaves', async () => {
    const one = await stream((await ticketFor(newUser())).url);
    await says(one, 'hello');
    const before = programs().find(({ name }) => name === 'watch').pid;
    process.kill(before, 'SIGTERM');
    await says(one, 'bye');
    await until(() => one.ended, { what: 'its end' });
    await until(async () => (await stream((await ticketFor(newUser()).catch(() => ({ url: '/' }))).url)
      .catch(() => ({}))).headers?.['content-type']?.startsWith('text/event-stream'),
    { within: 10000, what: 'the next one' });
  });

  it('beyond those of one user is refused for good', async () => {
    const { url: where } = await ticketFor(newUser());
    const all = [];
    for (let i = 0; i < 10; i++) all.push(await stream(where));
    assert.deepEqual(new Set(all.map(({ status }) => status)), new Set([200]));
    const refused = await stream(where);
    assert.equal(refused.status, 204);
    assert.equal(refused.headers['content-type'], undefined);
    all.forEach((one) => one.close());
  });

  // Who is refused what he was offered asks for both again, every second.
  it('that OpenFeature was offered is never one too many of its user', async () => {
    const user = newUser();
    const offered = [];
    for (let i = 0; i < 15; i++) offered.push(await stream(await offerFor(user)));
    assert.deepEqual(offered.map(({ status }) => status), Array(15).fill(200));
    await says(offered[14], 'hello');
    const { url: where } = await ticketFor(user);
    const own = await Promise.all(Array.from({ length: 10 }, () => stream(where)));
    assert.deepEqual(own.map(({ status }) => status), Array(10).fill(200));
    assert.equal((await stream(where)).status, 204);
    [...offered, ...own].forEach((one) => one.close());
  });

  it('goes to the page that asks, if its origin is listed', async () => {
    const { url: where } = await ticketFor(newUser());
    const listed = await stream(where, { Origin: url });
    assert.equal(listed.headers['access-control-allow-origin'], url);
    const other = await stream(where, { Origin: 'https://elsewhere.example' });
    assert.equal(other.headers['access-control-allow-origin'], undefined);
  });
});

describe('a ticket', () => {
  after(() => clock(0));

  it('is to be had for its user by a token, without a body', async () => {
    const user = newUser();
    const key = await clientToken(user, ['read']);
    const answer = await api('POST', '/v1/events', { key });
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.json.ticket, /^rung_tk_/);
    const { token } = await paidFor(user);
    assert.equal((await api('POST', '/v1/events', { key: token })).status, 200);
    assert.equal((await api('POST', '/v1/events', { key, body: { user: 'me' } })).status, 200);
    assertProblem(await api('POST', '/v1/events', { key, body: { user: newUser() } }),
      403, 'wrong-user');
  });

  it('is not to be had by other credentials, or for nobody', async () => {
    assertProblem(await api('POST', '/v1/events', { key: checkKey, body: { user: 'u' } }),
      403, 'not-allowed');
    assertProblem(await api('POST', '/v1/events', { key: null }), 401, 'no-credential');
    assertProblem(await api('POST', '/v1/events'), 422, 'invalid-value');
    const upgradeOnly = await clientToken(newUser(), ['upgrade']);
    assertProblem(await api('POST', '/v1/events', { key: upgradeOnly }), 403, 'not-allowed');
  });

  it('opens nothing else', async () => {
    const user = newUser();
    const { ticket } = await ticketFor(user);
    assertProblem(await api('GET', `/v1/users/${user}/entitlements`, { key: ticket }),
      401, 'bad-credential');
    assertProblem(await api('GET', `/v1/watch/users/${user}?ticket=${ticket}`, { key: null }),
      401, 'no-credential');
  });

  it('that is missing, altered or of our own making is refused', async () => {
    const { ticket } = await ticketFor('u1');
    assertProblem(await api('GET', '/v1/events', { key: null }), 401, 'no-credential');
    const other = Buffer.from('u2').toString('hex');
    const forged = [ticket.slice(0, -1), `${ticket}A`, ticket.replace(/^rung_tk_1/, 'rung_tk_2'),
      ticket.replace(/(rung_tk_1_\d+_)[0-9a-f]+/, `$1${other}`),
      ticket.replace(/(rung_tk_1_)(\d+)/, (_, head, end) => `${head}${Number(end) + 60}`),
      ticket.replace('rung_tk_', 'rung_tk_of_'), 'rung_tk_', 'rung_tk_of_',
      'rung_tk_1_2_3', `rung_tk_1_99999999999_7531_${'A'.repeat(43)}`, 'x'];
    for (const one of forged)
      assertProblem(await api('GET', `/v1/events?ticket=${one}`, { key: null }),
        401, 'bad-credential');
  });

  it('beside another credential is one too many', async () => {
    const { ticket } = await ticketFor(newUser());
    assertProblem(await api('GET', `/v1/events?ticket=${ticket}`), 400, 'bad-request');
  });

  it('is good for a quarter of an hour, and as often as it is shown', streams, async () => {
    const { url: where } = await ticketFor(newUser());
    await clock(14 * 60);
    assert.equal((await stream(where)).status, 200);
    assert.equal((await stream(where)).status, 200);
    await clock(16 * 60);
    assert.equal((await stream(where)).status, 401);
    await clock(0);
  });

  it('is told to nobody by the log', async () => {
    const { logText } = await import('./lib.mjs');
    const { ticket } = await ticketFor(newUser());
    await api('GET', `/v1/events?ticket=${ticket}x`, { key: null });
    assert.equal(logText().includes(ticket), false);
  });
});
