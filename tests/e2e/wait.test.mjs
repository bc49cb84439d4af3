// Waiting for news: a session's and a user's, by version or by ETag.
import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, it } from 'node:test';
import { api, clientToken, deliver, env, newPayment, newUser, paid, programs, start,
  until } from './lib.mjs';
import { startCheckout } from './more.mjs';

const places = 8; // processes of the waiting pool

async function pending() {
  const user = newUser();
  const reference = newPayment();
  const { json, text } = await start(user, 'pro',
    { payment: { provider: 'stripe', reference } });
  assert.ok(json.session, text);
  return { user, session: json.session.id, reference, sessionToken: json.token,
    event: paid(reference) };
}

function watchSession(session, query, options = {}) {
  return api('GET', `/v1/watch/upgrades/${session}${query}`, options);
}

function watchUser(user, query, options = {}) {
  return api('GET', `/v1/watch/users/${user}${query}`, options);
}

// A request that is seen to wait: the news comes only after it was sent and
// others have been served meanwhile.
async function whileWaiting(request, act) {
  let over = false;
  const answer = request.finally(() => { over = true; });
  for (let i = 0; i < 5; i++) await api('GET', '/v1/tiers');
  assert.equal(over, false, 'it waits');
  const began = Date.now();
  await act();
  const result = await answer;
  return { ...result, after: Date.now() - began };
}

describe('a wait for a session', () => {
  it('answers as soon as the payment is in', async () => {
    const { session, event } = await pending();
    const answer = await whileWaiting(watchSession(session, '?since=1&wait=25'),
      () => deliver(event));
    assert.equal(answer.status, 200);
    assert.equal(answer.json.session.status, 'completed');
    assert.equal(answer.json.entitlements.tier, 'pro');
    assert.ok(answer.after < 2000, `${answer.after} ms after the delivery was sent`);
  });

  it('by Prefer and If-None-Match answers as well', async () => {
    const { session, event } = await pending();
    const answer = await whileWaiting(watchSession(session, '', { headers: {
      Prefer: 'wait=25', 'If-None-Match': '"s1.u1"' } }), () => deliver(event));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.etag, '"s2.u2"');
  });

  it('compares the session\'s part of the tag only', async () => {
    const { session, event } = await pending();
    const answer = await whileWaiting(watchSession(session, '', { headers: {
      Prefer: 'respond-async, wait=25', 'If-None-Match': '"s1"' } }),
    () => deliver(event));
    assert.equal(answer.json.session.version, 2);
  });

  it('is granted 25 seconds at most', async () => {
    const { session, event } = await pending();
    const answer = await whileWaiting(watchSession(session, '?since=1&wait=600'),
      () => deliver(event));
    assert.equal(answer.headers['preference-applied'], 'wait=25');
  });

  it('answers at once when there is news already', async () => {
    const { session, event } = await pending();
    await deliver(event);
    const answer = await watchSession(session, '?since=1&wait=25');
    assert.equal(answer.status, 200);
    assert.equal(answer.json.session.version, 2);
    assert.ok(answer.ms < 2000, `${answer.ms} ms`);
  });

  it('answers at once to who has seen nothing yet', async () => {
    const { session } = await pending();
    const answer = await watchSession(session, '?wait=25');
    assert.equal(answer.json.session.status, 'pending');
    assert.ok(answer.ms < 2000, `${answer.ms} ms`);
  });

  it('without news ends with 204 and the tag', async () => {
    const { session } = await pending();
    const answer = await watchSession(session, '?since=1&wait=1');
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.etag, '"s1.u1"');
    assert.equal(answer.headers['preference-applied'], 'wait=1');
    assert.ok(answer.ms >= 900 && answer.ms < 4000, `${answer.ms} ms`);
  });

  it('without news ends with 304 for who sent a tag', async () => {
    const { session } = await pending();
    const answer = await watchSession(session, '', { headers: {
      Prefer: 'wait=1', 'If-None-Match': '"s1.u1"' } });
    assert.equal(answer.status, 304);
    assert.equal(answer.headers.etag, '"s1.u1"');
    assert.equal(answer.headers['preference-applied'], 'wait=1');
    assert.equal(answer.text, '');
    assert.equal(answer.headers['content-type'], undefined);
  });

  it('hears of a cancellation', async () => {
    const { session } = await pending();
    const answer = await whileWaiting(watchSession(session, '?since=1&wait=25'),
      () => api('POST', `/v1/upgrades/${session}/cancel`));
    assert.equal(answer.json.session.status, 'cancelled');
  });

  it('with the session\'s own token hears the same', async () => {
    const { session, sessionToken, event } = await pending();
    const answer = await whileWaiting(watchSession(session, '?since=1&wait=25',
      { key: sessionToken }), () => deliver(event));
    assert.equal(answer.json.session.status, 'completed');
    assert.equal('token' in answer.json, false);
  });
});

// Who is not woken looks for himself once a second, which would be half a
// second late in the middle.
describe('who waits is woken, and does not just look from time to time', () => {
  const news = [
    ['by a payment', ({ session }) => watchSession(session, '?since=1&wait=25'),
      ({ event }) => deliver(event)],
    ['by a cancellation', ({ session }) => watchSession(session, '?since=1&wait=25'),
      ({ session }) => api('POST', `/v1/upgrades/${session}/cancel`)],
    ['by a start', ({ other }) => watchUser(other, '?since=0&wait=25'),
      ({ other }) => start(other)],
  ];
  for (const [what, wait, act] of news) {
    it(what, async () => {
      const times = [];
      for (let i = 0; i < 5; i++) {
        const one = { ...await pending(), other: newUser() };
        times.push((await whileWaiting(wait(one), () => act(one))).after);
      }
      times.sort((a, b) => a - b);
      assert.ok(times[2] < 250, `${times} ms`);
    });
  }
});

describe('a wait for a user', () => {
  it('answers with the entitlements as soon as they change', async () => {
    const { user, event } = await pending();
    const answer = await whileWaiting(watchUser(user, '?since=1&wait=25'),
      () => deliver(event));
    assert.equal(answer.status, 200);
    assert.equal(answer.json.tier, 'pro');
    assert.equal(answer.json.version, 2);
    assert.equal(answer.headers.etag, '"u2"');
    assert.ok(answer.after < 2000, `${answer.after} ms after the delivery was sent`);
  });

  it('whom nobody has heard of answers when he starts', async () => {
    const user = newUser();
    const answer = await whileWaiting(watchUser(user, '?since=0&wait=25'),
      () => start(user));
    assert.equal(answer.json.version, 1);
    assert.equal(answer.json.session.status, 'pending');
  });

  it('by his own token is a wait for me', async () => {
    const user = newUser();
    const token = await clientToken(user);
    const answer = await whileWaiting(watchUser('me', '?since=0&wait=25', { key: token }),
      () => startCheckout(token));
    assert.equal(answer.json.user, user);
  });

  it('without news ends with 204', async () => {
    const { user } = await pending();
    const answer = await watchUser(user, '?since=1&wait=1');
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.etag, '"u1"');
  });

  it('without news ends with 304 for who sent a tag', async () => {
    const { user } = await pending();
    const answer = await watchUser(user, '',
      { headers: { Prefer: 'wait=1', 'If-None-Match': '"u1"' } });
    assert.equal(answer.status, 304);
  });

  it('is not woken for good by news of another', async () => {
    const [mine, other] = [await pending(), await pending()];
    const waiting = watchUser(mine.user, '?since=1&wait=1');
    await deliver(other.event);
    assert.equal((await waiting).status, 204);
  });

  it('never answers older than since', async () => {
    const { user, event } = await pending();
    await deliver(event);
    for (const since of [0, 1]) {
      assert.equal((await watchUser(user, `?since=${since}&wait=1`)).json.version, 2);
    }
  });
});

describe('a wait', () => {
  for (const query of ['?since=x&wait=1', '?since=-1&wait=1', '?since=1&wait=soon',
    '?since=1&wait=-5', '?since=99999999999999999999&wait=1']) {
    it(`of ${query} is a bad request`, async () => {
      const { session } = await pending();
      const answer = await watchSession(session, query);
      assert.equal(answer.status, 400, answer.text);
      assert.equal(answer.json.code, 'bad-request');
    });
  }

  it('of 0 seconds is a question', async () => {
    const { session } = await pending();
    const answer = await watchSession(session, '?since=1&wait=0');
    assert.equal(answer.status, 204);
    assert.ok(answer.ms < 2000);
  });
});

// Behind Apache waiting is plain CGI in both cases.
const pool = { skip: env.RUNG_WEB !== 'lighttpd' &&
  'as plain CGI each request that waits is a process of its own' };

describe('the waiting pool', pool, () => {
  const watchers = () => programs().filter(({ name }) => name === 'watch')
    .map(({ pid, descriptors }) => ({ pid, descriptors }))
    .sort((a, b) => a.pid - b.pid);

  // Each process has waited once, so that each has its connection.
  async function warm() {
    const { session } = await pending();
    await until(async () => {
      await Promise.all(Array.from({ length: places },
        () => watchSession(session, '?since=1&wait=1')));
      const all = watchers();
      return all.length === places && all.every(({ descriptors }) =>
        descriptors === all[0].descriptors);
    }, { within: 15000, what: 'all watch processes warm' });
    return watchers();
  }

  // As browsers do, on a connection that was used before: lighttpd 1.4.69
  // does not look after one whose first request was there on its arrival.
  async function browser(session, signal) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    await api('GET', '/v1/tiers', { agent });
    return watchSession(session, '?since=1&wait=25', { agent, signal })
      .catch(() => 'gone');
  }

  it('has its places and descriptors back when clients have gone', async () => {
    const { session } = await pending();
    const before = await warm();
    const gone = new AbortController();
    const waits = Array.from({ length: places }, () => browser(session, gone.signal));
    await until(() => watchers().every(({ descriptors }, i) =>
      descriptors > before[i].descriptors), { what: 'all places taken' });
    gone.abort();
    assert.deepEqual(new Set(await Promise.all(waits)), new Set(['gone']));
    await until(() => JSON.stringify(watchers()) === JSON.stringify(before),
      { what: 'as many processes and descriptors as before' });
    const next = await Promise.all(Array.from({ length: places },
      () => watchSession(session, '?since=1&wait=1')));
    assert.deepEqual(next.map(({ status }) => status), Array(places).fill(204));
  });

  it('answers more clients than it has places, none with an error', async () => {
    const { session, event } = await pending();
    const waits = Array.from({ length: 2 * places },
      () => watchSession(session, '?since=1&wait=10'));
    await deliver(event);
    for (const { status, headers, json, text } of await Promise.all(waits)) {
      assert.equal(status, 200, text);
      if (json.session.status === 'completed') continue;
      assert.equal(headers['preference-applied'], 'wait=0');
      assert.match(headers['retry-after'], /^[1-9]/);
    }
  });

  it('full of clients keeps nobody else waiting', async () => {
    const { session, event } = await pending();
    const waits = Array.from({ length: places },
      () => watchSession(session, '?since=1&wait=25'));
    const { user } = await pending();
    for (let i = 0; i < 10; i++) {
      const { ms } = await api('GET', `/v1/users/${user}/entitlements`);
      assert.ok(ms < 1000, `${ms} ms`);
    }
    await deliver(event);
    await Promise.all(waits);
  });
});
