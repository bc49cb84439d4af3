// What browsers need and what they are told: origins, preflights, caching.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { api, clientToken, newUser, url } from './lib.mjs';

const routes = ['/v1/tiers', '/v1/upgrades/us_1', '/v1/users/me/entitlements',
  '/v1/watch/users/me'];

describe('a page of a listed origin', () => {
  it('may read our answers', async () => {
    const token = await clientToken(newUser());
    for (const where of routes) {
      const { headers } = await api('GET', where, { key: token, headers: { Origin: url } });
      assert.equal(headers['access-control-allow-origin'], url, where);
      assert.match(headers.vary ?? '', /\bOrigin\b/i, where);
      assert.equal(headers['access-control-allow-credentials'], undefined);
    }
  });

  it('may read the headers it needs', async () => {
    const { headers } = await api('GET', '/v1/tiers',
      { key: await clientToken(newUser()), headers: { Origin: url } });
    const exposed = headers['access-control-expose-headers'].split(/, */);
    for (const name of ['ETag', 'Retry-After', 'Preference-Applied', 'Request-Id',
      'Idempotent-Replayed']) assert.ok(exposed.includes(name), name);
  });

  it('may ask first, without a key', async () => {
    const { status, headers, text } = await api('OPTIONS', '/v1/upgrades', { key: null,
      headers: { Origin: url, 'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'x-api-key, idempotency-key, content-type' } });
    assert.equal(status, 204, text);
    assert.equal(headers['access-control-allow-origin'], url);
    assert.match(headers['access-control-allow-methods'], /\bPOST\b/);
    assert.equal(headers['access-control-max-age'], '7200');
    const allowed = headers['access-control-allow-headers'].toLowerCase().split(/, */);
    for (const name of ['authorization', 'x-api-key', 'content-type', 'idempotency-key',
      'prefer', 'if-none-match', 'x-request-id']) assert.ok(allowed.includes(name), name);
  });

  it('is told of refusals as well', async () => {
    const { status, headers } = await api('GET', '/v1/tiers',
      { key: null, headers: { Origin: url } });
    assert.equal(status, 401);
    assert.equal(headers['access-control-allow-origin'], url);
  });
});

describe('a page of another origin', () => {
  for (const origin of ['https://evil.example', 'null', `${url}.evil.example`,
    `${url}@evil.example`, url.toUpperCase().replace('HTTP', 'HTTPS')]) {
    it(`${origin} may not read anything`, async () => {
      for (const method of ['GET', 'OPTIONS']) {
        const { headers } = await api(method, '/v1/tiers',
          { key: null, headers: { Origin: origin } });
        assert.equal(headers['access-control-allow-origin'], undefined, method);
      }
    });
  }
});

describe('an answer', () => {
  it('bears what keeps browsers from guessing', async () => {
    const answers = [await api('GET', '/v1/tiers'), await api('GET', '/v1/nothing'),
      await api('GET', '/v1/tiers', { key: null })];
    for (const { headers, status } of answers) {
      assert.equal(headers['x-content-type-options'], 'nosniff', status);
      assert.match(headers['content-security-policy'], /default-src 'none'/);
      assert.match(headers['content-security-policy'], /frame-ancestors 'none'/);
      assert.equal(headers['referrer-policy'], 'no-referrer');
    }
  });

  it('is not stored unless it has an ETag, and then only privately', async () => {
    const user = newUser();
    const cases = [['GET', `/v1/users/${user}/can/x:y`], ['GET', '/v1/nothing'],
      ['GET', `/v1/users/${user}/entitlements`]];
    for (const [method, where] of cases) {
      const { headers } = await api(method, where);
      assert.equal(headers['cache-control'],
        headers.etag ? 'private, no-cache' : 'no-store', where);
    }
  });

  it('has an id that is another each time', async () => {
    const ids = new Set();
    for (let i = 0; i < 5; i++) ids.add((await api('GET', '/v1/tiers')).headers['request-id']);
    assert.equal(ids.size, 5);
  });

  it('does not say which software made it', async () => {
    const { headers } = await api('GET', '/v1/tiers');
    assert.equal(headers['x-powered-by'], undefined);
  });
});

describe('the pages', () => {
  it('of the demo come with a policy of their own', async () => {
    const { status, headers } = await api('GET', '/demo/', { key: null });
    assert.equal(status, 200);
    assert.match(headers['content-security-policy'], /script-src 'self'/);
    assert.match(headers['content-type'], /^text\/html/);
  });

  it('begin at the root', async () => {
    const { status, headers } = await api('GET', '/', { key: null });
    assert.ok([301, 302, 303].includes(status));
    assert.match(headers.location, /\/demo\/$/);
  });

  it('have the client as a module', async () => {
    const { status, headers } = await api('GET', '/rung.js', { key: null });
    assert.equal(status, 200);
    assert.match(headers['content-type'], /javascript/);
  });
});
