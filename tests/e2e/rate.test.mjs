// Rate limits: tokens each, addresses for want of a credential, never keys,
// deliveries and monitoring.  Addresses are others of this machine, so that
// the rest of the tests keeps its own.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';
import { api, clientToken, clock, newUser, plainCgi, rung, serverKey, url } from './lib.mjs';
import { assertProblem } from './more.mjs';
import { serve } from './servers.mjs';

// Each request of these many is a process of its own there.
const tooSlow = plainCgi ? { skip: 'plain CGI starts a program for each' } : {};

const standing = /^"default";r=(\d+);t=(\d+)$/;

function left(answer) {
  return Number(standing.exec(answer.headers.ratelimit)[1]);
}

// A request from another loopback address, over connections that are kept.
function from(localAddress) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8, localAddress });
  after(() => agent.destroy());
  return (method, where, options = {}) => api(method, where, { key: null, agent, ...options });
}

// Ask until refused, at most `most` times; the refusal, and how many were not.
async function exhaust(ask, most) {
  let served = 0;
  let refused;
  const one = async () => {
    while (!refused && served < most) {
      const answer = await ask();
      if (answer.status === 429) refused = answer;
      else served += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
  return { served, refused };
}

function assertLimited(answer, quota) {
  assertProblem(answer, 429, 'rate-limited');
  assert.equal(answer.headers['ratelimit-policy'], `"default";q=${quota};w=60`);
  const [, r, t] = standing.exec(answer.headers.ratelimit);
  assert.equal(r, '0');
  assert.equal(answer.headers['retry-after'], t);
  assert.ok(Number(t) >= 1 && Number(t) <= 60);
}

describe('a client token', () => {
  it('is told how many requests it has left', async () => {
    const key = await clientToken(newUser());
    const one = await api('GET', '/v1/tiers', { key });
    const two = await api('GET', '/v1/tiers', { key });
    assert.equal(one.headers['ratelimit-policy'], '"default";q=600;w=60');
    assert.equal(left(one), 599);
    assert.equal(left(two), 598);
  });

  it('counts for itself alone', async () => {
    const user = newUser();
    const keys = [await clientToken(user), await clientToken(user)];
    await api('GET', '/v1/tiers', { key: keys[0] });
    assert.equal(left(await api('GET', '/v1/tiers', { key: keys[1] })), 599);
  });

  it('is refused beyond its quota until the minute is over', tooSlow, async () => {
    const key = await clientToken(newUser());
    const ask = from('127.0.0.7');
    const { served, refused } = await exhaust(() => ask('GET', '/v1/tiers', { key }), 700);
    assert.equal(served, 600);
    assertLimited(refused, 600);
    assertProblem(await ask('GET', '/v1/users/me/entitlements', { key }), 429, 'rate-limited');
    await clock(61);
    try {
      const again = await ask('GET', '/v1/tiers', { key });
      assert.equal(again.status, 200);
      assert.equal(left(again), 599);
    } finally {
      await clock(0);
    }
  });

  it('is refused in the words of OFREP where it speaks that', tooSlow, async () => {
    const key = await clientToken(newUser());
    const ask = from('127.0.0.7');
    await exhaust(() => ask('GET', '/v1/tiers', { key }), 700);
    const answer = await ask('POST', '/ofrep/v1/evaluate/flags', { key, body: { context: {} } });
    assert.equal(answer.status, 429);
    assert.match(answer.headers['content-type'], /^application\/json/);
    assert.equal(answer.json.errorCode, 'GENERAL');
    assert.match(answer.headers['retry-after'], /^[1-9]\d*$/);
  });
});

describe('an address without a credential', () => {
  it('is counted, whatever it tries', async () => {
    const ask = from('127.0.0.8');
    const first = left(await ask('GET', '/.well-known/authzen-configuration'));
    const tries = [ask('GET', '/v1/tiers'), ask('GET', '/v1/tiers', { key: 'rung_sk_wrong' })];
    const answers = await Promise.all(tries);
    for (const { status } of answers) assert.equal(status, 401);
    assert.equal(Math.min(...answers.map(left)), first - 2);
  });

  it('is refused beyond its quota, and nobody else is', tooSlow, async () => {
    const ask = from('127.0.0.9');
    const { refused } = await exhaust(() => ask('GET', '/v1/tiers', { key: 'rung_ct_x' }), 1300);
    assertLimited(refused, 1200);
    const other = from('127.0.0.10');
    assert.equal((await other('GET', '/v1/tiers')).status, 401);
    assert.equal((await ask('GET', '/v1/tiers', { key: serverKey })).status, 200);
    assert.equal((await ask('GET', '/healthz')).status, 200);
    assert.equal((await ask('GET', '/readyz')).status, 200);
    const delivery = await ask('POST', '/v1/webhooks/stripe', { body: '{}' });
    assert.notEqual(delivery.status, 429, 'deliveries are never limited');
  });
});

describe('a key', () => {
  it('has no limit unless one is set, and is told of none', async () => {
    const { headers } = await api('GET', '/v1/tiers');
    assert.equal(headers.ratelimit, undefined);
    assert.equal(headers['ratelimit-policy'], undefined);
  });
});

// A server of its own, where little is allowed, behind a proxy that it trusts.
describe('where the operator sets limits', () => {
  let other;
  before(async () => {
    other = await serve('lighttpd, FastCGI', { rate_limit_check: 5, rate_limit_server: 7,
      rate_limit_address: 4, trusted_proxies: '[127.0.0.1]' }, 'entitlement');
  });
  after(() => other.stop());

  const ask = (options) => api('GET', `${other.url}/v1/users/u1/entitlements`, options);

  // Passes so often, and no more.
  async function assertQuota(quota, options, status = 200) {
    for (let more = quota - 1; more >= 0; more -= 1) {
      const answer = await ask(options);
      assert.equal(answer.status, status, answer.text);
      assert.equal(answer.headers['ratelimit-policy'], `"default";q=${quota};w=60`);
      assert.equal(left(answer), more);
    }
    assertLimited(await ask(options), quota);
  }

  async function newKey(kind) {
    const { code, stdout, stderr } = await rung('key', 'create', kind, '--quiet');
    assert.equal(code, 0, stderr);
    return stdout.trim();
  }

  for (const [kind, quota] of [['check', 5], ['server', 7]])
    it(`each ${kind} key has ${quota} requests a minute`, async () => {
      const [one, two] = [await newKey(kind), await newKey(kind)];
      await assertQuota(quota, { key: one });
      assert.equal(left(await ask({ key: two })), quota - 1);
    });

  const from = (forwarded) => ({ key: null, headers: { 'X-Forwarded-For': forwarded } });

  // Addresses of nobody, and others each time: counts outlive us by a minute.
  const byte = () => randomInt(1, 255);
  const address = () => `198.18.${byte()}.${byte()}`;
  const network = () => `2001:db8:${byte()}:${byte()}`;

  it('an address is counted as the proxy tells it, whatever stands before', async () => {
    const [one, two] = [address(), address()];
    await assertQuota(4, from(one), 401);
    for (const forged of [`${two}, ${one}`, `127.0.0.1,${one}`])
      assertLimited(await ask(from(forged)), 4);
    assert.equal(left(await ask(from(`${one}, ${two}`))), 3);
  });

  it('of IPv6 a network is counted', async () => {
    const [one, two] = [network(), network()];
    await assertQuota(4, from(`${one}::1`), 401);
    assertLimited(await ask(from(`${one}:0:ffff::1`)), 4);
    assert.equal(left(await ask(from(`${two}::1`))), 3);
  });

  it('what is no address is counted as one', async () => {
    await assertQuota(4, from(`unknown-${randomInt(1e9)}`), 401);
  });

  it('who does not come from the proxy is counted himself', async () => {
    const agent = new http.Agent({ localAddress: `127.${byte()}.${byte()}.${byte()}` });
    after(() => agent.destroy());
    const lefts = [];
    for (let i = 0; i < 3; i += 1)
      lefts.push(left(await ask({ ...from(address()), agent })));
    assert.deepEqual(lefts, [3, 2, 1]);
  });
});

describe('a page', () => {
  it('may read these headers', async () => {
    const { headers } = await api('GET', '/v1/tiers',
      { key: await clientToken(newUser()), headers: { Origin: url } });
    for (const name of ['RateLimit', 'RateLimit-Policy', 'Retry-After'])
      assert.ok(headers['access-control-expose-headers'].split(', ').includes(name), name);
  });

  it('is not counted for asking whether it may ask', async () => {
    const { status, headers } = await api('OPTIONS', '/v1/tiers', { key: null,
      headers: { Origin: url, 'Access-Control-Request-Method': 'GET' } });
    assert.equal(status, 204);
    assert.equal(headers.ratelimit, undefined);
  });
});
