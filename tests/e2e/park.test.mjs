// Many who wait, in one process: each is answered once and rightly, whoever
// closes makes room, and a restart loses nobody.
import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { readFileSync, readdirSync, utimesSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { api, checkKey, clientToken, clock, deliver, env, entitlements, newPayment,
  newUser, paid, programs, sqlValue, start, top, until } from './lib.mjs';
import { inDir } from './more.mjs';

// Node 18 takes a bare .js file for CommonJS; a browser does not.
const source = readFileSync(path.join(top, 'htdocs/rung.js'));
const { Rung } = await import(`data:text/javascript;base64,${source.toString('base64')}`);

async function pending(user = newUser()) {
  const reference = newPayment();
  const { json, text } = await start(user, 'pro',
    { payment: { provider: 'stripe', reference } });
  assert.ok(json.session, text);
  return { user, session: json.session.id, token: json.token, event: paid(reference, { user }) };
}

function watch(session, options = {}) {
  return api('GET', `/v1/watch/upgrades/${session}?since=1&wait=25`, options);
}

function watchUser(user, since, options = {}) {
  return api('GET', `/v1/watch/users/${user}?since=${since}&wait=25`, options);
}

// How many wait now, as the operator sees it.
async function waiters() {
  const { text } = await api('GET', '/metrics', { key: checkKey });
  return Number(/^rung_waiters (\d+)$/m.exec(text)[1]);
}

// lighttpd 1.4.69 does not tell of a client whose request came with the accept
// itself: such a place is free at the end of its wait, 25 s at most.
function parked(count) {
  return until(async () => await waiters() === count,
    { within: 40000, what: `${count} who wait` });
}

const watchers = () => programs().filter(({ name }) => name === 'watch');

// Behind Apache waiting is plain CGI: a process each.
const oneProcess = { skip: env.RUNG_WEB !== 'lighttpd' && 'one process only behind lighttpd' };

describe('many who wait', oneProcess, () => {
  it('are in one process, and each hears once what is true', async () => {
    const sessions = await Promise.all(Array.from({ length: 30 }, () => pending()));
    const waits = sessions.flatMap((one) => Array.from({ length: 10 },
      async () => ({ one, answer: await watch(one.session) })));
    await parked(300);
    assert.equal(watchers().length, 1);
    await Promise.all(sessions.map(({ event }) => deliver(event)));
    for (const { one, answer } of await Promise.all(waits)) {
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.json.session.id, one.session);
      assert.equal(answer.json.session.status, 'completed');
      assert.equal(answer.json.entitlements.tier, 'pro');
    }
    await parked(0);
  });

  it('for the same are woken together by one change', async () => {
    const { session, event } = await pending();
    const waits = Array.from({ length: 400 }, () => watch(session));
    await parked(400);
    await deliver(event);
    for (const { status, json } of await Promise.all(waits)) {
      assert.equal(status, 200);
      assert.equal(json.session.status, 'completed');
    }
  });

  it('each get an answer of their own: headers, tags and origins', async () => {
    const { user, event } = await pending();
    const origin = env.RUNG_URL;
    const token = await clientToken(user);
    const [tagged, paged, plain] = [
      watchUser(user, 1, { headers: { 'If-None-Match': '"u1"', 'X-Request-ID': 'one-of-mine' } }),
      watchUser('me', 1, { key: token, headers: { Origin: origin } }),
      watchUser(user, 1),
    ];
    await parked(3);
    await deliver(event);
    assert.equal((await tagged).headers['request-id'], 'one-of-mine');
    assert.equal((await tagged).headers.etag, '"u2"');
    assert.equal((await tagged).headers['access-control-allow-origin'], undefined);
    assert.equal((await paged).headers['access-control-allow-origin'], origin);
    assert.equal((await plain).text, (await paged).text);
    const ids = await Promise.all([tagged, paged, plain]
      .map(async (one) => (await one).headers['request-id']));
    assert.equal(new Set(ids).size, 3);
  });

  // The file of a bucket is touched for others as well.
  for (const count of [1, 2])
    it(`are not answered by a wake-up without news, ${count} at a time`, async () => {
      const some = await Promise.all(Array.from({ length: count }, () => pending()));
      const { session: other } = await pending();
      const waits = some.map(({ session }) => watch(session));
      await parked(count);
      const now = new Date();
      for (const name of readdirSync(inDir('var/wake')))
        utimesSync(inDir(`var/wake/${name}`), now, now);
      await api('GET', `/v1/watch/upgrades/${other}`);
      assert.equal(await Promise.race([...waits, 'they wait']), 'they wait');
      assert.equal(await waiters(), count);
      await Promise.all(some.map(({ event }) => deliver(event)));
      for (const { json } of await Promise.all(waits))
        assert.equal(json.session.status, 'completed');
    });

  it('take next to nothing of the database', async () => {
    const { session, event } = await pending();
    const others = await Promise.all(Array.from({ length: 50 }, () => pending()));
    const waits = [...others, ...others].map((one) => watch(one.session));
    await parked(100);
    const before = await questions();
    await new Promise((resolve) => { setTimeout(resolve, 3000); });
    const each = (await questions() - before) / 3;
    assert.ok(each < 20, `${each} queries a second for 100 who wait`);
    await Promise.all(others.map((one) => deliver(one.event)));
    await Promise.all(waits);
    await deliver(event);
    assert.equal((await watch(session)).json.session.status, 'completed');
  });
});

async function questions() {
  return Number(await sqlValue(`select variable_value from information_schema.global_status
    where variable_name = 'QUESTIONS'`));
}

describe('a place', oneProcess, () => {
  // As browsers do, on a connection that was used before: lighttpd 1.4.69
  // does not look after one whose first request was there on its arrival.
  async function browser(session, signal) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    await api('GET', '/v1/tiers', { agent });
    return watch(session, { agent, signal }).catch(() => 'gone');
  }

  it('is free again when its client has gone', async () => {
    const { session } = await pending();
    await parked(0);
    const [{ descriptors }] = watchers();
    const gone = new AbortController();
    setMaxListeners(0, gone.signal);
    const waits = Array.from({ length: 50 }, () => browser(session, gone.signal));
    await parked(50);
    gone.abort();
    assert.deepEqual(new Set(await Promise.all(waits)), new Set(['gone']));
    await parked(0);
    await until(() => watchers()[0].descriptors === descriptors,
      { what: 'as many descriptors as before' });
  });

  it('is not to be had beyond those of one user; the state comes at once', async () => {
    const { user, event } = await pending();
    const token = await clientToken(user);
    const waits = Array.from({ length: 10 }, () => watchUser('me', 1, { key: token }));
    await parked(10);
    const refused = await watchUser('me', 1, { key: token });
    assert.equal(refused.status, 200);
    assert.equal(refused.headers['preference-applied'], 'wait=0');
    assert.equal(refused.headers['retry-after'], '2');
    assert.equal(refused.json.session.status, 'pending');
    const byKey = watchUser(user, 1);
    await parked(11);
    await deliver(event);
    for (const { json } of await Promise.all([...waits, byKey])) assert.equal(json.tier, 'pro');
  });

  it('lost by a full queue keeps nobody from a payment', async () => {
    const many = await Promise.all(Array.from({ length: 20 }, () => pending()));
    const waits = many.flatMap(({ session }) => Array.from({ length: 20 }, () => watch(session)));
    await parked(400);
    for (let i = 0; i < 20; i++) {
      const { ms } = await api('GET', `/v1/users/${many[i].user}/entitlements`);
      assert.ok(ms < 2000, `${ms} ms`);
      assert.equal((await deliver(many[i].event)).status, 200);
    }
    for (const { json } of await Promise.all(waits))
      assert.equal(json.session.status, 'completed');
  });
});

describe('time', () => {
  after(() => clock(0));

  it('ends an upgrade for those who wait for it', async () => {
    const { session } = await pending();
    const wait = watch(session);
    if (env.RUNG_WEB === 'lighttpd') await parked(1);
    await clock(3700);
    const answer = await wait;
    await clock(0);
    assert.equal(answer.status, 200);
    assert.equal(answer.json.session.status, 'expired');
    assert.ok(answer.ms < 10000, `${answer.ms} ms`);
  });
});

// The client of a page, with what its storage has after a start, and all that
// it showed: {done, shown}.
async function openPage({ session, token, user }) {
  const kept = new Map([['rung:open', session], [`rung:${session}`, token]]);
  const storage = { getItem: (name) => kept.get(name),
    setItem: (name, value) => kept.set(name, value), removeItem: (name) => kept.delete(name) };
  const page = new Rung({ url: env.RUNG_URL, storage, token: () => clientToken(user) });
  opened.push(page);
  const shown = new Set();
  page.subscribe(({ phase, view, error, reason }) => {
    if (view) shown.add(`${phase} ${view.tier} ${error ?? reason ?? 'no error'}`);
  });
  const { done } = await page.resume();
  return { done, shown };
}

const opened = [];
afterEach(() => opened.splice(0).forEach((page) => page.close()));

// A thousand upgrades, each with its page, all of which wait.
async function thousandPages() {
  const some = [];
  for (let i = 0; i < 1000; i += 50)
    some.push(...await Promise.all(Array.from({ length: 50 }, () => pending())));
  const pages = await Promise.all(some.map(openPage));
  // Each asks again when its wait is over, so not all are there at one moment.
  await until(async () => await waiters() > 900, { within: 60000, what: 'those who wait' });
  return { some, pages };
}

// Whatever happened meanwhile, a page has shown two things in its life.
async function assertEndRight(pages) {
  for (const { done, shown } of pages) {
    const { session, committed } = await done;
    assert.deepEqual([session.status, committed.tier], ['completed', 'pro']);
    assert.deepEqual([...shown], ['pending pro no error', 'completed pro no error']);
  }
}

function lighttpdPid() {
  return Number(readFileSync(path.join(env.RUNG_DIR, 'lighttpd.pid'), 'utf8'));
}

describe('a restart', oneProcess, () => {
  for (const signal of ['SIGTERM', 'SIGUSR1']) {
    it(`by ${signal} tells everybody the present state within a second or so`, async () => {
      const some = await Promise.all(Array.from({ length: 20 }, () => pending()));
      const waits = some.flatMap(({ session }) => Array.from({ length: 10 },
        () => watch(session)));
      await parked(200);
      const [{ pid }] = watchers();
      const began = Date.now();
      process.kill(pid, signal);
      const answers = await Promise.all(waits);
      const took = Date.now() - began;
      assert.ok(took < 5000, `${took} ms`);
      for (const { status, json, text } of answers) {
        assert.equal(status, 200, text);
        assert.equal(json.session.status, 'pending');
      }
      await until(() => watchers().length === 1 && watchers()[0].pid !== pid,
        { within: 10000, what: 'another process' });
    });
  }

  it('of the program under 1,000 who wait loses nobody', async () => {
    await until(async () => (await watch('us_0').catch(() => null))?.status === 404,
      { within: 10000, what: 'the program' });
    const { some, pages } = await thousandPages();
    process.kill(watchers()[0].pid, 'SIGTERM');
    await Promise.all(some.map(({ event }) => insist(event)));
    await assertEndRight(pages);
  });

  it('of lighttpd, graceful, under 1,000 who wait loses nobody', async () => {
    const { some, pages } = await thousandPages();
    process.kill(lighttpdPid(), 'SIGUSR1');
    await Promise.all(some.map(({ event }) => insist(event)));
    await assertEndRight(pages);
    assert.equal((await entitlements(some[0].user)).tier, 'pro');
  });
});

// As a provider does.
function insist(event) {
  return until(() => deliver(event).then((answer) => answer.status === 200 && answer,
    () => null), { within: 60000, what: 'a delivery' });
}
