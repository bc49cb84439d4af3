// Bad input of each kind, through the web server: the problem it gets.
import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { api, checkKey, clientToken, env, newPayment, newUser, plainCgi, serverKey, start,
  url } from './lib.mjs';
import { assertPointer, assertProblem, rawBytes, rawPath, rowsOf } from './more.mjs';

function post(body, headers = {}) {
  return api('POST', '/v1/upgrades', { body, headers });
}

const payment = () => ({ provider: 'stripe', reference: newPayment() });
const whole = (more = {}) => ({ user: newUser(), target_tier: 'pro', payment: payment(),
  ...more });
const text = (more) => JSON.stringify(whole(more));

describe('a body that is not the JSON we take', () => {
  const bodies = [
    ['cut short', () => text().slice(0, -1)],
    ['empty', () => ''],
    ['with something behind it', () => `${text()} {}`],
    ['with a member twice', () => text().replace('{', '{"target_tier":"free",')],
    ['with a member twice further in', () => text()
      .replace('"provider"', '"provider":"paddle","provider"')],
    ['with single quotes', () => "{'user':'u1'}"],
    ['with a comma too many', () => text().replace(/}$/, ',}')],
    ['with a comment', () => `${text()}/* hello */`],
    ['with NaN', () => text({ quantity: 'x' }).replace('"x"', 'NaN')],
    ['with a leading zero', () => text({ quantity: 'x' }).replace('"x"', '01')],
    ['with a raw control character', () => text().replace('"pro"', '"pr\u0001o"')],
    ['with an escaped NUL', () => text().replace('"pro"', '"pro\\u0000"')],
    ['with a NUL behind it', () => `${text()}\u0000`],
    ['with half a surrogate', () => text().replace('"pro"', '"pro\\ud800"')],
    ['with bytes that are no UTF-8', () => Buffer.from(text()
      .replace('"pro"', '"pr\u00ff"'), 'latin1')],
    ['nested too deep', () => text({ addons: 'x' })
      .replace('"x"', `${'['.repeat(20)}${']'.repeat(20)}`)],
  ];
  for (const [what, make] of bodies) {
    it(`${what} is invalid-json`, async () => {
      assertProblem(await post(make()), 400, 'invalid-json');
    });
  }
});

describe('a member', () => {
  const values = [
    ['/user', 5], ['/user', ['u1']], ['/target_tier', {}], ['/target_tier', true],
    ['/payment', 'pi_1'], ['/payment/provider', 5], ['/payment/reference', 17],
    ['/payment/amount', '2900'], ['/payment/amount', -1], ['/payment/amount', 29.5],
    ['/payment/currency', 'euro'], ['/payment/currency', 978],
  ];
  for (const [pointer, value] of values) {
    it(`${pointer} of ${JSON.stringify(value)} is pointed at`, async () => {
      const body = whole();
      const [, outer, inner] = pointer.split('/');
      if (inner) body[outer][inner] = value;
      else body[outer] = value;
      assertPointer(await post(body), 422, 'invalid-value', pointer);
      if (outer !== 'user') assert.equal((await rowsOf(body.user)).sessions, 0);
    });
  }

  it('/target_tier that nobody sells is unknown-tier', async () => {
    assertPointer(await post(whole({ target_tier: 'platinum' })), 422, 'unknown-tier',
      '/target_tier');
  });

  it('/addons that nobody sells is unknown-tier', async () => {
    const { target_tier: tier, ...rest } = whole({ addons: ['import-pack'] });
    assert.equal(tier, 'pro');
    assertPointer(await post(rest), 422, 'unknown-tier', '/addons');
  });

  it('/payment/provider that does not exist is pointed at', async () => {
    assertPointer(await post(whole({ payment: { ...payment(), provider: 'strype' } })),
      422, 'invalid-value', '/payment/provider');
  });

  it('that is missing is pointed at', async () => {
    const { user, ...rest } = whole();
    assert.ok(user);
    assertPointer(await post(rest), 422, 'invalid-value', '/user');
  });
});

describe('a body', () => {
  it('that is no object is refused', async () => {
    for (const body of ['[]', '"pro"', '17', 'null']) {
      const answer = await post(body);
      assert.ok([400, 422].includes(answer.status), answer.text);
      assertProblem(answer, answer.status, answer.json.code);
    }
  });

  it('of more than 16 KiB is too large', async () => {
    assertProblem(await post(text().padEnd((16 << 10) + 1)), 413, 'body-too-large');
  });

  it('of 16 KiB is not', async () => {
    assert.equal((await post(text().padEnd(16 << 10))).status, 201);
  });

  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml',
    'application/jsonp', null]) {
    it(`of the type ${type} is not taken`, async () => {
      assertProblem(await post(text(), { 'Content-Type': type }), 415, 'media-type');
    });
  }

  for (const type of ['application/json; charset=utf-8', 'Application/JSON',
    'application/merge-patch+json']) {
    it(`of the type ${type} is taken`, async () => {
      assert.equal((await post(text(), { 'Content-Type': type })).status, 201);
    });
  }

  // lighttpd counts a chunked body for us and refuses none at all itself;
  // behind Apache the program has to say it.
  const counted = env.RUNG_WEB === 'apache' && 'mod_fcgid counts every body itself';
  it('without a length is 411', { skip: counted }, async () => {
    const head = `POST /v1/upgrades HTTP/1.1\r\nHost: ${new URL(url).host}\r\n` +
      `X-API-Key: ${serverKey}\r\nContent-Type: application/json\r\n` +
      `Idempotency-Key: ${newUser()}\r\nConnection: close\r\n`;
    const bytes = plainCgi
      ? `${head}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n` : `${head}\r\n`;
    const answer = await rawBytes(bytes);
    assert.equal(answer.status, 411, answer.text);
    if (plainCgi) assert.match(answer.text, /"code": *"length-required"/);
  });
});

describe('a method', () => {
  const wrong = [
    ['GET', '/v1/upgrades', 'POST'], ['POST', '/v1/tiers', 'GET'],
    ['PUT', '/v1/upgrades', 'POST'], ['DELETE', '/v1/upgrades/us_1', 'GET'],
    ['GET', '/v1/upgrades/us_1/cancel', 'POST'], ['GET', '/v1/tokens', 'POST'],
    ['GET', '/v1/webhooks/stripe', 'POST'], ['POST', '/v1/users/u1/entitlements', 'GET'],
    ['PATCH', '/v1/users/u1/can/export:csv', 'GET'], ['POST', '/v1/watch/users/u1', 'GET'],
    ['POST', '/metrics', 'GET'], ['POST', '/healthz', 'GET'],
  ];
  for (const [method, where, allowed] of wrong) {
    it(`${method} of ${where} is not allowed, and Allow says what is`, async () => {
      const body = method === 'POST' ? '{}' : undefined;
      const answer = await api(method, where, { body });
      assertProblem(answer, 405, 'method-not-allowed');
      const allow = answer.headers.allow.split(/, */);
      assert.ok(allow.includes(allowed), answer.headers.allow);
      assert.ok(!allow.includes(method), answer.headers.allow);
    });
  }

  it('HEAD is GET without a body', async () => {
    const user = newUser();
    const [head, get] = await Promise.all(['HEAD', 'GET'].map((method) =>
      api(method, `/v1/users/${user}/entitlements`)));
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
    assert.equal(head.headers.etag, get.headers.etag);
  });
});

describe('a path', () => {
  for (const where of ['/v1', '/v1/', '/v1/nothing', '/v1/upgrades/us_1/nothing',
    '/v1/upgrades/us_1/cancel/more', '/v1/users/u1', '/v1/users/u1/can',
    '/v1/webhooks', '/v1/watch', '/v1/watch/sessions/us_1',
    '/v1/tiers/', '/v1/Tiers', '/metrics/more', '/readyz/more']) {
    it(`${where} is unknown`, async () => {
      assertProblem(await api('GET', where), 404, 'unknown-path');
    });
  }

  // A web server may refuse some of these by itself, and does so in its own
  // words; what reaches a program is a path we do not have.
  for (const where of ['/v1/users/../tiers', '/v1/./tiers', '/v1//tiers',
    '/v1/%2e%2e/v1/tiers', '/v1/%2e/tiers', '/v1/users/%2e%2e/entitlements',
    '/v1/users/a%00b/entitlements', '/v1/users/a%252fb/entitlements',
    '/v1/users/a%2fb/entitlements', '/v1/users/a%5cb/entitlements',
    '/v1/users/a%0ab/entitlements', '/v1/users/%ff/entitlements',
    '/v1/users/a%zz/entitlements', '/v1/users/%c0%ae/entitlements',
    '/v1/users//entitlements', '/v1/upgrades/..%2f..%2fetc%2fpasswd']) {
    it(`${where} opens nothing`, async () => {
      const answer = await rawPath('GET', where, { 'X-API-Key': serverKey });
      assert.ok([400, 404].includes(answer.status), `${answer.status} ${answer.text}`);
      if (answer.json) assertProblem(answer, 404, 'unknown-path');
    });
  }

  it('with a colon may have it raw or encoded', async () => {
    for (const where of ['can/read:public', 'can/read%3Apublic', 'can/read%3apublic']) {
      const { json } = await api('GET', `/v1/users/${newUser()}/${where}`);
      assert.equal(json.allowed, true, where);
    }
  });

  it('of a file beside the programs is not served', async () => {
    for (const where of ['/../etc/rung.yaml', '/cgi-bin/upgrade.cgi', '/etc/rung.yaml',
      '/..%2fetc/rung.yaml', '/demo/../../etc/rung.yaml', '/%2e%2e/etc/rung.yaml']) {
      const answer = await rawPath('GET', where);
      assert.ok([400, 403, 404].includes(answer.status), `${where}: ${answer.status}`);
      assert.doesNotMatch(answer.text, /token_key/);
    }
  });
});

describe('a credential', () => {
  const where = `/v1/users/${newUser()}/entitlements`;
  const wrong = [
    ['of no form we know', 'hello'],
    ['that was never made', `rung_sk_${'A'.repeat(43)}`],
    ['with its end cut off', checkKey.slice(0, -1)],
    ['with a letter more', `${checkKey}A`],
    ['of another case', checkKey.toUpperCase()],
    ['of 300 letters', 'A'.repeat(300)],
    ['that is a session token of nobody', `rung_st_${'0'.repeat(32)}_${'A'.repeat(43)}`],
    ['that is a session token without its end', `rung_st_${'0'.repeat(32)}`],
  ];

  it('that is missing is 401', async () => {
    assertProblem(await api('GET', where, { key: null }), 401, 'no-credential');
  });

  for (const [what, key] of wrong) {
    it(`${what} is 401`, async () => {
      assertProblem(await api('GET', where, { key }), 401, 'bad-credential');
    });
  }

  it('may come as a Bearer', async () => {
    for (const scheme of ['Bearer', 'bearer']) {
      const answer = await api('GET', where, { key: null,
        headers: { Authorization: `${scheme} ${checkKey}` } });
      assert.equal(answer.status, 200, answer.text);
    }
  });

  it('of another scheme is none', async () => {
    const answer = await api('GET', where, { key: null,
      headers: { Authorization: `Basic ${Buffer.from(`u:${checkKey}`).toString('base64')}` } });
    assertProblem(answer, 401, 'no-credential');
  });

  it('twice is a bad request', async () => {
    for (const second of [checkKey, serverKey]) {
      const answer = await api('GET', where, { key: checkKey,
        headers: { Authorization: `Bearer ${second}` } });
      assertProblem(answer, 400, 'bad-request');
    }
  });

  it('twice in one header is a bad request', async () => {
    const answer = await api('GET', where,
      { key: null, headers: { 'X-API-Key': [checkKey, serverKey] } });
    assertProblem(answer, 400, 'bad-request');
  });

  it('in the query is none', async () => {
    for (const name of ['key', 'token', 'access_token', 'ticket']) {
      assertProblem(await api('GET', `${where}?${name}=${checkKey}`, { key: null }), 401,
        'no-credential');
    }
  });

  it('does not change what else is wrong with a path', async () => {
    assertProblem(await api('GET', '/v1/nothing', { key: null }), 404, 'unknown-path');
  });
});

describe('a token', () => {
  const bodies = [
    ['without a user', {}, '/user'],
    ['for a user of no form', { user: 'a/b' }, '/user'],
    ['with scopes of no list', { user: 'u1', scopes: 'read' }, '/scopes'],
    ['with a scope we do not have', { user: 'u1', scopes: ['admin'] }, '/scopes'],
    ['for no time', { user: 'u1', ttl_seconds: 0 }, '/ttl_seconds'],
    ['for ever', { user: 'u1', ttl_seconds: 10 ** 12 }, '/ttl_seconds'],
    ['for a word', { user: 'u1', ttl_seconds: '60' }, '/ttl_seconds'],
  ];
  for (const [what, body, pointer] of bodies) {
    it(`${what} is pointed at`, async () => {
      assertPointer(await api('POST', '/v1/tokens', { body }), 422, 'invalid-value',
        pointer);
    });
  }
});

describe('a problem', () => {
  it('bears the request\'s own id', async () => {
    const id = `e2e-${newUser()}`;
    const answer = await api('GET', '/v1/nothing', { headers: { 'X-Request-ID': id } });
    assert.equal(answer.headers['request-id'], id);
    assert.equal(answer.json.instance, `urn:rung:request:${id}`);
  });

  it('has an id of ours where the caller\'s makes no sense', async () => {
    const answer = await api('GET', '/v1/nothing',
      { headers: { 'X-Request-ID': '"><script>' } });
    assert.doesNotMatch(answer.text, /script/);
    assert.match(answer.headers['request-id'], /^[\w.-]+$/);
  });

  it('has no body for HEAD', async () => {
    const answer = await api('HEAD', '/v1/nothing');
    assert.equal(answer.status, 404);
    assert.equal(answer.text, '');
  });

  it('tells nothing of our inside', async () => {
    const answers = [await post('{'), await post(whole({ target_tier: "x' or 1=1" })),
      await api('GET', `/v1/upgrades/us_1'%20or%20'1`), await start('a/b')];
    for (const { text: said } of answers) {
      assert.doesNotMatch(said, /sql|mysql|maria|\.c:|errno|select /i);
      assert.ok(!said.includes(env.RUNG_DIR));
    }
  });
});

test('quotes and backslashes in ids are letters like any other', async () => {
  for (const user of ["o'brien", 'a"b', 'a;b--', 'x` y', '%s%n', '{"a":1}', '<b>']) {
    const name = `${user}${newUser()}`;
    const { status, json, text: said } = await start(name);
    assert.equal(status, 201, said);
    assert.equal(json.session.user, name);
    const { json: doc } = await api('GET',
      `/v1/users/${encodeURIComponent(name)}/entitlements`);
    assert.equal(doc.user, name);
  }
});

test('a client token cannot be asked for with a client token', async () => {
  const key = await clientToken(newUser());
  const answer = await api('POST', '/v1/tokens', { key, body: { user: newUser() } });
  assertProblem(answer, 403, 'not-allowed');
});
