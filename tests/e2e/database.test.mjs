// The database dies in the middle of all this, and comes back: honest answers
// in between, and no program is started anew.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { api, atEnd, checkKey, clientToken, database, deliver, entitlements, newPayment, newUser,
  paid, plainCgi, programs, sql, start, until } from './lib.mjs';
import { assertProblem, inDir, inboxState, rowsOf, show } from './more.mjs';

const deadline = 6000; // of ours 4 s, and something for the way

function databasePid() {
  return Number(readFileSync(inDir('db/mysqld.pid'), 'utf8'));
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function kill() {
  const pid = databasePid();
  process.kill(pid, 'SIGKILL');
  await until(() => !alive(pid), { what: 'the database is gone' });
}

function ready() {
  return until(async () => (await api('GET', '/readyz', { key: null })).status === 200,
    { within: 30000, what: 'ready again' });
}

async function pending() {
  const user = newUser();
  const reference = newPayment();
  const { json, text } = await start(user, 'pro',
    { payment: { provider: 'stripe', reference } });
  assert.ok(json.session, text);
  return { user, session: json.session.id, event: paid(reference) };
}

// Requests of each program, by name.
function requests({ user, session, event }, token) {
  return {
    'a start': () => start(newUser()),
    'a start by a page': () => api('POST', '/v1/upgrades', { key: token, body: {} }),
    'a delivery': () => deliver(event),
    'a session': () => show(session),
    'a cancellation': () => api('POST', `/v1/upgrades/${session}/cancel`),
    'the tiers': () => api('GET', '/v1/tiers'),
    'entitlements': () => api('GET', `/v1/users/${user}/entitlements`, { key: checkKey }),
    'a capability': () => api('GET', `/v1/users/${user}/can/export:csv`),
    'a wait': () => api('GET', `/v1/watch/upgrades/${session}?since=1&wait=5`),
    'a token': () => api('POST', '/v1/tokens', { body: { user } }),
  };
}

atEnd(async () => {
  await database.start();
  await ready();
});

describe('a database that is killed', () => {
  let one;
  let token;
  let pids;

  before(async () => {
    one = await pending();
    token = await clientToken(newUser());
    pids = programs().map(({ pid }) => pid).sort();
    await kill();
  });
  after(async () => {
    await database.start();
    await ready();
  });

  for (const what of Object.keys(requests({}, ''))) {
    it(`makes of ${what} a 503 with Retry-After, in time`, async () => {
      const answer = await requests(one, token)[what]();
      assertProblem(answer, 503, 'store-unavailable');
      assert.ok(answer.ms < deadline, `${answer.ms} ms`);
    });
  }

  it('makes of 20 deliveries at once 20 such answers, in time', async () => {
    const answers = await Promise.all(Array.from({ length: 20 },
      () => deliver(one.event)));
    for (const answer of answers) {
      assertProblem(answer, 503, 'store-unavailable');
      assert.ok(answer.ms < deadline, `${answer.ms} ms`);
    }
  });

  it('does not touch what needs no database', async () => {
    assert.equal((await api('GET', '/healthz', { key: null })).status, 200);
    assertProblem(await api('GET', '/v1/nothing'), 404, 'unknown-path');
    assertProblem(await deliver(one.event, { signature: 't=1,v1=00' }), 400,
      'bad-signature');
  });

  it('makes the server not ready', async () => {
    const { status } = await api('GET', '/readyz', { key: null });
    assert.equal(status, 503);
  });

  it('comes back: work goes on, by the same processes', async () => {
    await database.start();
    await until(async () => (await deliver(one.event)).status === 200,
      { within: 10000, what: 'a delivery is taken again' });
    assert.equal((await entitlements(one.user)).tier, 'pro');
    assert.equal((await show(one.session)).json.session.status, 'completed');
    if (!plainCgi) {
      for (const pid of pids) {
        assert.ok(programs().some((program) => program.pid === pid), `${pid} still runs`);
      }
    }
  });

  it('has not counted what it answered 503', async () => {
    assert.equal((await rowsOf(one.user)).version, 2);
    assert.equal((await rowsOf(one.user)).tiers_granted, 1);
  });

  it('serves all programs again', async () => {
    await ready();
    const fresh = await pending();
    for (const [what, ask] of Object.entries(requests(fresh,
      await clientToken(fresh.user)))) {
      if (what === 'a start by a page') continue;
      const { status, text } = await ask();
      assert.ok(status < 300 || [304, 422].includes(status), `${what}: ${status} ${text}`);
    }
  });
});

describe('a database that is killed under load', () => {
  it('keeps all that was promised, and nothing twice', async () => {
    const promised = [];
    const workers = Array.from({ length: 8 }, async () => {
      for (;;) {
        const user = newUser('load');
        const reference = newPayment();
        const options = { headers: { 'Idempotency-Key': randomUUID() } };
        const body = { payment: { provider: 'stripe', reference } };
        const event = paid(reference);
        const one = { user, event, options, body };
        promised.push(one);
        const begun = await start(user, 'pro', body, options);
        assert.ok([201, 503].includes(begun.status), begun.text);
        if (begun.status === 503) return;
        one.started = begun.text;
        const { status } = await deliver(event);
        assert.ok([200, 503].includes(status));
        if (status === 503) return;
        one.delivered = true;
      }
    });
    await until(() => promised.filter((one) => one.delivered).length >= 16);
    await Promise.all([kill(), ...workers]);
    await database.start();
    await ready();
    for (const { user, event, delivered, started } of promised.filter((one) => one.started)) {
      const rows = await rowsOf(user);
      assert.equal(rows.sessions, 1, 'a 201 is kept');
      assert.equal(rows.audit, rows.version);
      if (delivered) assert.equal(await inboxState(event), 'applied', 'a 200 is kept');
      assert.equal(rows.tiers_granted, (await inboxState(event)) === 'applied' ? 1 : 0);
      assert.ok(started);
    }
    // Who was told 503 or lost his answer tries again, with the same key.
    for (const { user, event, started, options, body } of promised) {
      const again = await start(user, 'pro', body, options);
      assert.equal(again.status, 201, again.text);
      if (started) assert.equal(again.text, started);
      assert.equal((await deliver(event)).status, 200);
      const rows = await rowsOf(user);
      assert.deepEqual([rows.sessions, rows.version, rows.audit, rows.tiers_granted],
        [1, 2, 2, 1]);
    }
  });

  it('leaves an audit without gaps', async () => {
    const [{ bad }] = await sql(`select count(*) as bad from users u where u.ver <>
      (select count(*) from audit a where a.seller_id = u.seller_id
        and a.user_id = u.user_id)`);
    assert.equal(bad, '0');
  });
});

describe('a database that hangs', () => {
  it('makes of requests 503 in time, and when it goes on so do they', async () => {
    const one = await pending();
    const token = await clientToken(newUser());
    const pid = databasePid();
    process.kill(pid, 'SIGSTOP');
    try {
      const some = requests(one, token);
      const answers = await Promise.all(['a start', 'a delivery', 'entitlements']
        .map((what) => some[what]()));
      for (const answer of answers) {
        assertProblem(answer, 503, 'store-unavailable');
        assert.ok(answer.ms < deadline, `${answer.ms} ms`);
      }
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await ready();
    await until(async () => (await deliver(one.event)).status === 200);
    assert.equal((await entitlements(one.user)).tier, 'pro');
    assert.equal((await rowsOf(one.user)).tiers_granted, 1);
  });
});
