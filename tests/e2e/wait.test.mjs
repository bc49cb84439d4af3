// Waiting for news: a session's and a user's, by version or by ETag.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { api, clientToken, deliver, newPayment, newUser, paid, start } from './lib.mjs';
import { startCheckout } from './more.mjs';

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
