// openapi.yaml says what the programs do: its routes and who may call them
// are those of cgi-bin, its problems those of lib/web/problem.c, and real
// answers have the shapes and headers that it promises.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { api, checkKey, clientToken, deliver, newPayment, newUser, paid, start,
  top, url } from './lib.mjs';
import { follow, misfits, operations, spec, violations } from './contract.mjs';

function source(...names) {
  return readFileSync(path.join(top, ...names), 'utf8');
}

// ---- Routes ---------------------------------------------------------------

// The bits of enum may, with the names that a program gives to some of them.
function bits(expression, names) {
  return expression.split('|').map((word) => word.trim())
    .flatMap((word) => (names.has(word) ? bits(names.get(word), names) : [word]));
}

// The rows of every table of routes: "GET /v1/tiers" -> its bits.
function routesOfPrograms() {
  const found = new Map();
  for (const name of readdirSync(path.join(top, 'cgi-bin')).filter((n) => n.endsWith('.c'))) {
    const text = source('cgi-bin', name);
    const names = new Map([...text.matchAll(/(MAY_\w+)\s*=\s*([A-Z_|\s]+)/g)]
      .map(([, word, value]) => [word, value]));
    const rows = [...text.matchAll(/\{ "([A-Z]+)",\s*"(\/[^"]*)",\s*([A-Z_|\s]+),/g)];
    assert.equal(rows.length, text.match(/\{ "[A-Z]+",\s*"\//g)?.length ?? 0, name);
    for (const [, method, where, may] of rows)
      found.set(`${method} ${where}`, bits(may, names));
  }
  return found;
}

const credentialOf = {
  MAY_SERVER: 'serverKey', MAY_CHECK: 'checkKey', MAY_READ: 'clientToken read',
  MAY_UPGRADE: 'clientToken upgrade', MAY_CLAIM: 'clientToken claim',
  MAY_SESSION: 'sessionToken',
};

function credentialsOf(operation) {
  return operation.security.flatMap((one) => Object.entries(one)
    .map(([scheme, scopes]) => [scheme, ...scopes].join(' ')));
}

// Without a credential of ours: nothing at all, or something of its own.
function openToAnyone({ security }) {
  return security.length === 0 || security.some((one) => Object.keys(one)
    .every((scheme) => ['checkoutLink', 'streamTicket', 'stripeSignature'].includes(scheme)));
}

test('every route is documented, and none is invented', () => {
  const documented = operations.map((o) => `${o.method} ${o.path}`).sort();
  const programs = [...routesOfPrograms().keys()].sort();
  assert.ok(programs.length > 10, 'the tables of routes were found');
  assert.deepEqual(documented, programs);
});

test('who may call a route is what its row says', () => {
  const routes = routesOfPrograms();
  for (const { method, path: where, operation } of operations) {
    const row = routes.get(`${method} ${where}`) ?? [];
    if (row.includes('MAY_ANYONE'))
      assert.ok(openToAnyone(operation), operation.operationId);
    else
      assert.deepEqual(credentialsOf(operation).sort(),
        row.map((bit) => credentialOf[bit]).sort(), operation.operationId);
  }
});

// ---- Problems -------------------------------------------------------------

// The rows of the one table: slug -> {status, title}.
function problemsOfPrograms() {
  return new Map([...source('lib/web/problem.c')
    .matchAll(/\[RC_\w+\] = \{ (\d+), "([a-z-]+)",\s*"([^"]+)"/g)]
    .map(([, status, slug, title]) => [slug, { status: Number(status), title }]));
}

test('every problem is documented with its status and title, and none is invented', () => {
  const rows = problemsOfPrograms();
  assert.equal(rows.size, source('lib/web/problem.c').match(/^\t\[RC_/gm).length);
  const documented = Object.entries(spec.components.examples);
  assert.deepEqual(documented.map(([slug]) => slug).sort(), [...rows.keys()].sort());
  assert.deepEqual([...spec.components.schemas.Problem.properties.code.enum].sort(),
    [...rows.keys()].sort());
  for (const [slug, { value }] of documented) {
    const { status, title } = rows.get(slug);
    assert.deepEqual({ code: value.code, type: value.type, status: value.status,
      title: value.title }, { code: slug, type: `urn:rung:problem:${slug}`, status, title });
  }
});

// Not merely asked for: compared with, or a case of a switch.
function isAnswered(kind, text) {
  return [...text.matchAll(new RegExp(`(case |[=!]= )?\\b${kind}\\b`, 'g'))]
    .some(([, asked]) => !asked);
}

test('every problem is answered somewhere', () => {
  const kinds = [...source('lib/web/problem.c').matchAll(/^\t\[(RC_\w+)\] = \{/gm)]
    .map(([, kind]) => kind);
  const programs = ['lib', 'cgi-bin'].flatMap((folder) =>
    readdirSync(path.join(top, folder), { recursive: true })
      .filter((name) => name.endsWith('.c') && name !== 'web/problem.c')
      .map((name) => source(`${folder}/${name}`).replace(/\/\*[^]*?\*\//g, '')));
  assert.deepEqual(kinds.filter((kind) =>
    !programs.some((text) => isAnswered(kind, text))), []);
});

test('problems are shown where their status belongs', () => {
  for (const { operation } of operations)
    for (const [status, response] of Object.entries(operation.responses)) {
      const { content } = follow(response);
      const examples = content?.['application/problem+json']?.examples ?? {};
      for (const example of Object.values(examples)) {
        const { value } = follow(example);
        assert.match(String(value.status), new RegExp(`^${status.replaceAll('X', '\\d')}$`),
          `${operation.operationId}: ${value.code} under ${status}`);
      }
    }
});

// ---- Shapes ---------------------------------------------------------------

// The answer is one that the document has for this operation.
function assertConforms(operationId, answer) {
  const { operation } = operations.find((o) => o.operation.operationId === operationId);
  assert.deepEqual(violations(operation, answer), [],
    `${operationId} ${answer.status}: ${answer.text}`);
}

function assertShape(schema, value, what) {
  assert.deepEqual(misfits(schema, value), [], `${what}: ${JSON.stringify(value, null, 1)}`);
}

test('the examples have the shapes they illustrate', () => {
  for (const [slug, { value }] of Object.entries(spec.components.examples))
    assertShape({ $ref: '#/components/schemas/Problem' }, value, slug);
  for (const [name, schema] of Object.entries(spec.components.schemas))
    for (const example of schema.examples ?? []) assertShape(schema, example, name);
  const { content } = spec.paths['/v1/upgrades'].post.requestBody;
  for (const [name, { value }] of Object.entries(content['application/json'].examples))
    assertShape(content['application/json'].schema, value, name);
});

test('the members of a start are those that the programs know', () => {
  const text = source('lib/wire/wish.c');
  const known = (list) => [...new RegExp(`${list}\\[\\] = \\{([^}]*)\\}`).exec(text)[1]
    .matchAll(/STR\("([a-z_]+)"\)/g)].map(([, name]) => name).sort();
  const { properties } = spec.components.schemas.Wish;
  assert.deepEqual(Object.keys(properties).sort(), known('wish_names'));
  for (const member of ['payment', 'checkout'])
    assert.deepEqual(Object.keys(properties[member].properties).sort(), known(`${member}_names`));
});

test('an upgrade by payment answers as documented from start to end', async () => {
  const user = newUser();
  const reference = newPayment();
  const payment = { provider: 'stripe', reference, amount: 2900, currency: 'eur' };
  const options = { headers: { 'Idempotency-Key': reference } };
  assertConforms('getEntitlements', await api('GET', `/v1/users/${user}/entitlements`));
  assertConforms('previewUpgrade', await api('POST', '/v1/upgrades/preview',
    { body: { user, target_tier: 'enterprise' } }));
  const started = await start(user, 'pro', { payment }, options);
  assert.equal(started.status, 201, started.text);
  assertConforms('startUpgrade', started);
  const again = await start(user, 'pro', { payment }, options);
  assert.equal(again.headers['idempotent-replayed'], 'true');
  assertConforms('startUpgrade', again);
  assertConforms('startUpgrade', await start(user, 'pro'));
  const { session, token } = started.json;
  const where = `/v1/upgrades/${session.id}`;
  assertConforms('getUpgrade', await api('GET', where, { key: token }));
  assertConforms('watchUpgrade', await api('GET',
    `/v1/watch${where.slice(3)}?since=${session.version}&wait=1`, { key: token }));
  assertConforms('getEntitlements', await api('GET', '/v1/users/me/entitlements', { key: token }));
  assertConforms('deliver', await deliver(paid(reference, { user, session: session.id })));
  const done = await api('GET', where, { key: token });
  assert.equal(done.json.session.status, 'completed');
  assertConforms('getUpgrade', done);
  assertConforms('getUpgrade', await api('GET', where,
    { key: token, headers: { 'If-None-Match': done.headers.etag } }));
  assertConforms('watchUpgrade', await api('GET', `/v1/watch${where.slice(3)}?since=1&wait=1`));
  const state = await api('GET', `/v1/users/${user}/entitlements`, { key: checkKey });
  assert.equal(state.json.tier, 'pro');
  assertConforms('getEntitlements', state);
  assertConforms('watchUser', await api('GET', `/v1/watch/users/${user}?since=0&wait=1`));
  assertConforms('watchUser', await api('GET',
    `/v1/watch/users/${user}?since=${state.json.version}&wait=1`));
  assertConforms('cancelUpgrade', await api('POST', `${where}/cancel`, { body: {} }));
  for (const capability of ['export:csv', 'sso:saml', 'no:such'])
    assertConforms('can', await api('GET', `/v1/users/${user}/can/${capability}`));
});

test('an upgrade by checkout answers as documented, and so does the sandbox', async () => {
  const user = newUser();
  const key = await clientToken(user);
  const checkout = { provider: 'stripe', success_url: `${url}/demo/`, cancel_url: `${url}/demo/` };
  const started = await api('POST', '/v1/upgrades',
    { key, body: { target_tier: 'pro', price: 'yearly', checkout } });
  assert.equal(started.status, 201, started.text);
  assertConforms('startUpgrade', started);
  const { session, checkout: { url: link } } = started.json;
  const open = await api('GET', link.slice(url.length), { key: null });
  assert.equal(open.status, 303);
  assertConforms('openCheckout', open);
  const page = `/sandbox/checkout/${session.id}`;
  assertConforms('sandboxCheckout', await api('GET', page, { key: null }));
  assertConforms('sandboxPay', await api('POST', page, { key: null, body: 'action=decline',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }));
  assertConforms('sandboxPay', await api('POST', page, { key: null, body: 'action=steal' }));
  const cancelled = await api('POST', `/v1/upgrades/${session.id}/cancel`, { key, body: {} });
  assert.equal(cancelled.json.session.status, 'cancelled', cancelled.text);
  assertConforms('cancelUpgrade', cancelled);
  assertConforms('openCheckout', await api('GET', link.slice(url.length), { key: null }));
  for (const email of ['', '&email=u1@shop.example', '&email=nowhere'])
    assertConforms('sandboxToken', await api('POST', `/sandbox/token?user=${user}${email}`,
      { key: null }));
});

test('overrides answer as documented', async () => {
  const where = `/v1/users/${newUser()}/overrides`;
  const why = { reason: 'a test', operator: 'a test' };
  for (const body of [{ kind: 'grant_tier', name: 'pro', until: '2999-01-01T00:00:00Z' },
    { kind: 'set_limit', name: 'api:requests_per_day', value: 'unlimited' },
    { kind: 'set_limit', name: 'api:requests_per_day', value: 7 },
    { kind: 'revoke_capability', name: 'export:csv' }, { kind: 'grant_tier', name: 'gold' }])
    assertConforms('addOverride', await api('POST', where, { body: { ...body, ...why } }));
  const list = await api('GET', where);
  assertConforms('listOverrides', list);
  const { data } = list.json;
  assert.equal(data.length, 4);
  for (const again of [200, 422]) {
    const answer = await api('POST', `${where}/${data[0].id}/revoke`, { body: {} });
    assert.equal(answer.status, again, answer.text);
    assertConforms('revokeOverride', answer);
  }
});

test('usage answers as documented', async () => {
  const user = newUser();
  const where = `/v1/users/${user}/usage`;
  const take = (body, options = {}) => api('POST', where, { key: checkKey, body, ...options });
  const limit = 'api:requests_per_day';
  const options = { headers: { 'Idempotency-Key': newPayment() } };
  for (const amount of [0, 40, 40, 40, -1])
    assertConforms('takeUsage', await take({ limit, amount }));
  for (const body of [{ limit, amount: 1 }, { limit, amount: 1 }, { limit, amount: 2 }])
    assertConforms('takeUsage', await take(body, options));
  assertConforms('getEntitlements', await api('GET', `/v1/users/${user}/entitlements`));
  for (const [how, operationId] of [['confirm', 'confirmHold'], ['release', 'releaseHold']]) {
    const held = await take({ limit, amount: 1, hold: true });
    assertConforms('takeUsage', held);
    const end = (other) => api('POST', `${where}/${held.json.hold.id}/${other}`,
      { key: checkKey, body: {} });
    assertConforms(operationId, await end(how));
    assertConforms(how === 'confirm' ? 'releaseHold' : 'confirmHold',
      await end(how === 'confirm' ? 'release' : 'confirm'));
    assertConforms(operationId, await api('POST', `${where}/hd_${'0'.repeat(32)}/${how}`,
      { key: checkKey, body: {} }));
  }
});

test('assets answer as documented', async () => {
  const user = newUser();
  const where = `/v1/users/${user}/assets`;
  const deed = (asset, how, options) => api('POST', `${where}/${asset}/${how}`, { body: {}, ...options });
  assertConforms('listAssets', await api('GET', where));
  await api('POST', `/v1/users/${user}/overrides`, { body: { kind: 'grant_tier', name: 'pro',
    reason: 'a test', operator: 'a test' } });
  const made = [];
  for (const how of ['rotate', 'claim', 'claim', 'rotate', 'rotate', 'revoke', 'revoke']) {
    const answer = await deed('api_key', how);
    assertConforms(`${how}Asset`, answer);
    if (answer.json.secret) made.push(answer.json.secret);
    assertConforms('listAssets', await api('GET', where));
    assertConforms(`${how}Asset`, await deed('no_such', how));
    assertConforms(`${how}Asset`, await deed('storage', how));
  }
  assert.equal(made.length, 3);
  const options = { headers: { 'Idempotency-Key': newPayment() } };
  for (const how of ['claim', 'claim', 'revoke', 'revoke'])
    assertConforms(`${how}Asset`, await deed('api_key', how, options));
  made.push((await deed('api_key', 'claim')).json.secret);
  for (const secret of [...made, 'x', '', 7])
    assertConforms('verifyAsset', await api('POST', '/v1/assets/verify', { body: { secret } }));
});

test('tiers, tokens and operation answer as documented', async () => {
  const tiers = await api('GET', '/v1/tiers', { key: checkKey });
  assertConforms('listTiers', tiers);
  assertConforms('listTiers', await api('GET', '/v1/tiers',
    { headers: { 'If-None-Match': tiers.headers.etag } }));
  assertConforms('createToken', await api('POST', '/v1/tokens',
    { body: { user: newUser(), scopes: ['read'], ttl_seconds: 60 } }));
  for (const email of ['u1@shop.example', null, 'nowhere'])
    assertConforms('createToken', await api('POST', '/v1/tokens',
      { body: { user: newUser(), email } }));
  assertConforms('createToken', await api('POST', '/v1/tokens', { body: {} }));
  assertConforms('healthz', await api('GET', '/healthz', { key: null }));
  const ready = await api('GET', '/readyz', { key: checkKey });
  assert.ok(ready.json.checks.length > 0);
  assertConforms('readyz', ready);
  const quiet = await api('GET', '/readyz', { key: null });
  assert.equal(quiet.json.checks, undefined);
  assertConforms('readyz', quiet);
  assertConforms('metrics', await api('GET', '/metrics', { key: checkKey }));
});

test('each refusal is one that its operation shows', async () => {
  const user = newUser();
  const body = { user, target_tier: 'pro' };
  const refused = [
    ['startUpgrade', await api('POST', '/v1/upgrades', { body: '{' })],
    ['startUpgrade', await api('POST', '/v1/upgrades',
      { body, headers: { 'Idempotency-Key': null } })],
    ['startUpgrade', await api('POST', '/v1/upgrades', { body, key: null })],
    ['startUpgrade', await api('POST', '/v1/upgrades', { body, key: 'rung_sk_wrong' })],
    ['startUpgrade', await api('POST', '/v1/upgrades',
      { body, headers: { Origin: 'https://evil.example' } })],
    ['startUpgrade', await api('POST', '/v1/upgrades', { body: { ...body, quantity: 0 } })],
    ['startUpgrade', await start(user, 'gold')],
    ['startUpgrade', await api('POST', '/v1/upgrades',
      { body, headers: { 'Content-Type': 'text/plain' } })],
    ['startUpgrade', await api('POST', '/v1/upgrades', { body: 'x'.repeat(20000) })],
    ['startUpgrade', await api('POST', '/v1/upgrades', { body: { ...body,
      checkout: { provider: 'stripe', success_url: 'https://evil.example/' } } })],
    ['startUpgrade', await api('POST', '/v1/upgrades', { key: await clientToken(user),
      body: { target_tier: 'pro', checkout: { provider: 'stripe', success_url: `${url}/demo/`,
        email: 'u1@shop.example' } } })],
    ['startUpgrade', await api('POST', '/v1/upgrades', { body: { ...body,
      checkout: { provider: 'stripe', success_url: `${url}/demo/`, email: 'nowhere' } } })],
    ['previewUpgrade', await api('POST', '/v1/upgrades/preview',
      { body: { ...body, target_tier: 'gold' } })],
    ['getUpgrade', await api('GET', `/v1/upgrades/us_${'0'.repeat(32)}`)],
    ['watchUpgrade', await api('GET', `/v1/watch/upgrades/us_${'0'.repeat(32)}?wait=1`)],
    ['openCheckout', await api('GET', `/v1/upgrades/us_${'0'.repeat(32)}/checkout?k=no`,
      { key: null })],
    ['deliver', await deliver(paid(newPayment()), { signature: 't=1,v1=00' })],
    ['metrics', await api('GET', '/metrics', { key: null })],
  ];
  for (const [operationId, answer] of refused) {
    assert.ok(answer.status >= 400, `${operationId}: ${answer.status} ${answer.text}`);
    assertConforms(operationId, answer);
  }
});
