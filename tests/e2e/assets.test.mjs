// Assets: claimed once, rotated with an overlap, revoked at once, lost with
// the tier and won back the same; and what verifying a secret tells.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { api, atEnd, checkKey, clientToken, deliver, entitlements, env, logText, newUser, now,
  run, rung, sql, sqlValue, start } from './lib.mjs';
import { assertPointer, assertProblem, exampleMatrix, refundEvent, rowsOf } from './more.mjs';
import { backToToday, day, putInForce, subscribe, wait } from './stripe-life.mjs';

// What is sold in this file: pro has a licence too, enterprise rotates at once.
const yaml = exampleMatrix
  .replace('      api_key: {type: API_KEY, prefix: pk_pro_, overlap: 7d}',
    '$&\n      licence: {type: LICENSE, prefix: ACME-}');

function deed(user, asset, how, options = {}) {
  return api('POST', `/v1/users/${encodeURIComponent(user)}/assets/${asset}/${how}`,
    { body: {}, ...options });
}

async function assetsOf(user) {
  const { json } = await api('GET', `/v1/users/${user}/assets`);
  return Object.fromEntries(json.data.map((asset) => [asset.slot, asset]));
}

async function assetIn(user, slot) {
  return (await entitlements(user)).assets.find((asset) => asset.slot === slot);
}

// The answer to a claim or rotation that has made a secret.
async function made(user, asset, how) {
  const { status, json, text } = await deed(user, asset, how);
  assert.equal(status, 201, text);
  return json;
}

async function verify(secret, options = {}) {
  const { status, json, text } = await api('POST', '/v1/assets/verify',
    { key: checkKey, body: { secret }, ...options });
  assert.equal(status, 200, text);
  return json;
}

async function code(secret) {
  const { good, code: word } = await verify(secret);
  assert.equal(good, word === 'good');
  return word;
}

// A buyer of pro with the API key claimed.
async function holder(more = {}) {
  const user = newUser();
  const subscription = await subscribe(user, more);
  const { secret, asset } = await made(user, 'api_key', 'claim');
  return { user, subscription, secret, asset };
}

before(() => putInForce(yaml));
atEnd(async () => {
  await backToToday();
  await putInForce(exampleMatrix);
});

describe('claiming', () => {
  it('answers the secret this once, and stores only its SHA-256', async () => {
    const user = newUser();
    await subscribe(user);
    const before = await assetIn(user, 'api_key');
    assert.deepEqual([before.status, before.hint], ['PENDING', null]);
    const { secret, asset, version } = await made(user, before.id, 'claim');
    assert.match(secret, /^pk_pro_[A-Za-z0-9_-]{43}$/);
    assert.deepEqual(asset, { ...before, status: 'PROVISIONED', hint: `pk_pro_...${secret.slice(-4)}` });
    assert.equal(version, (await entitlements(user)).version);
    assert.deepEqual(await assetIn(user, 'api_key'), asset);
    const digest = createHash('sha256').update(secret).digest('hex');
    assert.equal(await sqlValue(`select lower(hex(secret_hash)) from assets
      where user_id = '${user}' and slot = 'api_key'`), digest);
  });

  it('leaves the secret in no table and in no log', async () => {
    const { user, secret } = await holder();
    const rotated = await made(user, 'api_key', 'rotate');
    await verify(secret);
    const tables = (await sql('show tables')).map((row) => Object.values(row)[0]);
    const { stdout } = await run('mariadb', ['--no-defaults', `--socket=${env.RUNG_DB_SOCKET}`,
      '--user=root', '--batch', `--database=${env.RUNG_DB_NAME}`,
      `--execute=${tables.map((table) => `select * from ${table}`).join(';')}`]);
    assert.ok(stdout.includes(user), 'every table was read');
    for (const one of [secret, rotated.secret]) {
      assert.ok(!stdout.includes(one), 'in the database');
      assert.ok(!logText().includes(one), 'in the log');
    }
  });

  it('is one change: a version, an audit record, notices', async () => {
    const user = newUser();
    await subscribe(user);
    const before = await rowsOf(user);
    await made(user, 'api_key', 'claim');
    const rows = await rowsOf(user);
    assert.equal(rows.version, before.version + 1);
    assert.equal(rows.audit, before.audit + 1);
    const [record] = await sql(`select action, cause from audit where user_id = '${user}'
      and n = ${rows.version}`);
    assert.equal(record.action, 'asset.provisioned');
    assert.equal(record.cause, (await assetIn(user, 'api_key')).id);
    const notices = await sql(`select type, data from outbox where user_id = '${user}'
      and ver = ${rows.version} order by part`);
    assert.deepEqual(notices.map(({ type }) => type),
      ['rung.asset.provisioned', 'rung.entitlement.changed']);
    assert.equal(JSON.parse(notices[0].data).asset, record.cause);
    assert.equal((await rung('audit', 'verify', user)).code, 0);
  });

  it('wakes who waits for the user', async () => {
    const user = newUser();
    await subscribe(user);
    const { version } = await entitlements(user);
    const waiting = api('GET', `/v1/watch/users/${user}?since=${version}&wait=20`);
    await made(user, 'api_key', 'claim');
    const { status, json } = await waiting;
    assert.equal(status, 200);
    assert.equal(json.version, version + 1);
  });

  it('at once by fifty is given to one', async () => {
    const user = newUser();
    await subscribe(user);
    const answers = await Promise.all(Array.from({ length: 50 }, () => deed(user, 'api_key', 'claim')));
    const [winner, ...more] = answers.filter(({ status }) => status === 201);
    assert.equal(more.length, 0);
    for (const answer of answers.filter((one) => one !== winner))
      assertProblem(answer, 409, 'already-shown');
    assert.equal(await code(winner.json.secret), 'good');
  });

  it('by a page needs the scope claim, and its own user', async () => {
    const user = newUser();
    await subscribe(user);
    const reader = await clientToken(user, ['read', 'upgrade']);
    assertProblem(await deed('me', 'api_key', 'claim', { key: reader }), 403, 'not-allowed');
    const stranger = await clientToken(newUser());
    assertProblem(await deed(user, 'api_key', 'claim', { key: stranger }), 403, 'wrong-user');
    assertProblem(await deed(user, 'api_key', 'claim', { key: checkKey }), 403, 'not-allowed');
    const own = await clientToken(user, ['claim']);
    assert.equal((await deed('me', 'api_key', 'claim', { key: own })).status, 201);
    assertProblem(await deed('me', 'api_key', 'revoke', { key: own }), 403, 'not-allowed');
    assert.equal((await deed('me', 'api_key', 'rotate', { key: own })).status, 201);
  });

  it('is refused for what has no secret, and for what is not there', async () => {
    const user = newUser();
    await subscribe(user);
    assertProblem(await deed(user, 'storage', 'claim'), 422, 'invalid-transition');
    assertProblem(await deed(user, 'no_such', 'claim'), 404, 'unknown-asset');
    const { asset } = await holder();
    assertProblem(await deed(user, asset.id, 'claim'), 404, 'unknown-asset');
  });

  it('while the upgrade is only imagined gives nothing', async () => {
    const user = newUser();
    const { json } = await start(user);
    const { id } = json.optimistic.assets.find(({ slot }) => slot === 'api_key');
    assertProblem(await deed(user, id, 'claim'), 404, 'unknown-asset');
    assert.deepEqual(Object.keys(await assetsOf(user)), ['storage']);
  });

  it('works on the default tier, for a user nobody has heard of', async () => {
    after(() => putInForce(yaml));
    await putInForce(yaml.replace('      storage: {type: STORAGE_QUOTA, limit: 100}',
      '$&\n      api_key: {type: API_KEY, prefix: pk_free_}'));
    const user = newUser();
    const { secret, version } = await made(user, 'api_key', 'claim');
    assert.equal(version, 1);
    assert.equal((await verify(secret)).tier, 'free');
    await subscribe(user);
    assert.equal((await verify(secret)).tier, 'pro');
  });
});

describe('a licence key', () => {
  it('is readable, and good however it is typed', async () => {
    const user = newUser();
    await subscribe(user);
    const { secret, asset } = await made(user, 'licence', 'claim');
    assert.match(secret, /^ACME-([0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]{5}$/);
    assert.equal(asset.hint, `ACME-...${secret.slice(-4)}`);
    const typed = [secret, secret.toLowerCase(), secret.replaceAll('-', ' '), secret.replaceAll('-', ''),
      secret.replaceAll('0', 'o').replaceAll('1', 'l')];
    for (const text of typed) assert.equal((await verify(text)).user, user, text);
    const wrong = secret.endsWith('7') ? `${secret.slice(0, -1)}8` : `${secret.slice(0, -1)}7`;
    assert.equal(await code(wrong), 'unknown');
  });
});

describe('rotating', () => {
  after(backToToday);

  it('makes a new secret and keeps the old one good for the overlap', async () => {
    const { user, secret, asset } = await holder();
    const began = now();
    const rotated = await made(user, asset.id, 'rotate');
    assert.notEqual(rotated.secret, secret);
    assert.equal(rotated.asset.id, asset.id);
    const until = Date.parse(rotated.asset.overlap_until) / 1000;
    assert.ok(until >= began + 7 * day && until < began + 7 * day + 10);
    assert.deepEqual([await code(secret), await code(rotated.secret)], ['good', 'good']);
    assert.equal((await verify(secret)).asset.overlap_until, rotated.asset.overlap_until);
    const { version } = await entitlements(user);
    await wait(7 * day + 10);
    assert.deepEqual([await code(secret), await code(rotated.secret)], ['revoked', 'good']);
    assert.equal((await assetIn(user, 'api_key')).overlap_until, undefined);
    assert.equal((await entitlements(user)).version, version + 1, 'the end of the overlap is a change');
    assert.equal((await rung('audit', 'verify', user)).code, 0);
    await backToToday();
  });

  it('twice keeps only the last one good beside the new', async () => {
    const { user, secret } = await holder();
    const second = await made(user, 'api_key', 'rotate');
    const third = await made(user, 'api_key', 'rotate');
    assert.deepEqual([await code(secret), await code(second.secret), await code(third.secret)],
      ['unknown', 'good', 'good']);
  });

  it('without an overlap ends the old one at once', async () => {
    const { user, secret } = await holder({ price: 'price_ent' });
    const { secret: other, asset } = await made(user, 'api_key', 'rotate');
    assert.equal(asset.overlap_until, undefined);
    assert.deepEqual([await code(secret), await code(other)], ['revoked', 'good']);
  });

  it('what was never claimed is refused', async () => {
    const user = newUser();
    await subscribe(user);
    assertProblem(await deed(user, 'api_key', 'rotate'), 422, 'invalid-transition');
  });

  it('takes the prefix of the tier that the user has then', async () => {
    const { user, secret, subscription, asset } = await holder();
    await wait(5);
    await subscription.updated({ price: 'price_ent' });
    const kept = await assetIn(user, 'api_key');
    assert.deepEqual([kept.id, kept.hint], [asset.id, asset.hint]);
    assert.equal((await verify(secret)).tier, 'enterprise');
    assert.match((await made(user, 'api_key', 'rotate')).secret, /^pk_ent_/);
  });
});

describe('revoking by hand', () => {
  it('ends the secret at once, old one and all; another may be claimed', async () => {
    const { user, secret } = await holder();
    const rotated = await made(user, 'api_key', 'rotate');
    const { status, json } = await deed(user, 'api_key', 'revoke');
    assert.equal(status, 200);
    assert.deepEqual([json.asset.status, json.asset.hint, json.secret], ['PENDING', null, undefined]);
    assert.deepEqual([await code(secret), await code(rotated.secret)], ['unknown', 'revoked']);
    assertProblem(await deed(user, 'api_key', 'revoke'), 422, 'invalid-transition');
    const again = await made(user, 'api_key', 'claim');
    assert.deepEqual([await code(rotated.secret), await code(again.secret)], ['revoked', 'good']);
  });

  it('is not undone by losing the tier and winning it back', async () => {
    const { user, secret, subscription } = await holder();
    await subscription.deleted();
    assert.equal((await deed(user, 'api_key', 'revoke')).json.asset.status, 'REVOKED');
    await subscribe(user);
    assert.equal((await assetIn(user, 'api_key')).status, 'PENDING');
    assert.equal(await code(secret), 'revoked');
    assert.equal((await rung('audit', 'verify', user)).code, 0);
  });
});

describe('an asset that is lost', () => {
  it('is revoked, listed as such, and won back with the same secret', async () => {
    const { user, secret, asset, subscription } = await holder();
    await deliver(refundEvent(subscription.first, 2900));
    assert.equal(await assetIn(user, 'api_key'), undefined);
    const lost = (await assetsOf(user)).api_key;
    assert.deepEqual([lost.id, lost.status, lost.hint], [asset.id, 'REVOKED', asset.hint]);
    const told = await verify(secret);
    assert.deepEqual([told.good, told.code, told.user, told.tier, told.capabilities],
      [false, 'revoked', user, null, []]);
    assert.equal(told.asset.status, 'REVOKED');
    assertProblem(await deed(user, 'api_key', 'claim'), 422, 'invalid-transition');
    assertProblem(await deed(user, 'api_key', 'rotate'), 422, 'invalid-transition');
    await subscribe(user);
    const back = await assetIn(user, 'api_key');
    assert.deepEqual([back.id, back.status, back.hint], [asset.id, 'PROVISIONED', asset.hint]);
    assert.equal(await code(secret), 'good');
  });

  it('stays lost while another upgrade is only pending', async () => {
    const { user, secret, subscription } = await holder();
    await subscription.deleted();
    const { status, text } = await start(user);
    assert.equal(status, 201, text);
    assert.equal(await code(secret), 'revoked');
  });

  it('is only suspended when the payment is', async () => {
    const { user, secret, subscription } = await holder();
    after(backToToday);
    await wait(5);
    await subscription.updated({ status: 'unpaid' });
    assert.equal((await assetIn(user, 'api_key')).status, 'SUSPENDED');
    const told = await verify(secret);
    assert.deepEqual([told.good, told.code, told.asset.status], [false, 'suspended', 'SUSPENDED']);
    assertProblem(await deed(user, 'api_key', 'rotate'), 422, 'invalid-transition');
    await wait(5);
    await subscription.updated({ status: 'active' });
    assert.equal(await code(secret), 'good');
    await backToToday();
  });

  it('is told by verify as soon as its time is over, whoever asks first', async () => {
    after(backToToday);
    const { secret, subscription } = await holder();
    await subscription.updated({ cancel_at: now() + day });
    await wait(day + 10);
    assert.equal(await code(secret), 'revoked');
    await backToToday();
  });
});

describe('verifying', () => {
  it('tells whose a good secret is and what its user may do', async () => {
    const { user, secret, asset } = await holder();
    const { tier, version, capabilities } = await entitlements(user);
    assert.deepEqual(await verify(secret),
      { good: true, code: 'good', user, asset, tier, version, capabilities });
  });

  it('answers all secrets that nobody has alike', async () => {
    const texts = ['x', `pk_pro_${'A'.repeat(43)}`, 'pk_pro_', checkKey,
      `ACME-${'00000-'.repeat(5)}00000`, 'x'.repeat(8000)];
    const answers = await Promise.all(texts.map((text) => verify(text)));
    for (const answer of answers)
      assert.deepEqual(answer, { good: false, code: 'unknown', user: null, asset: null,
        tier: null, version: null, capabilities: [] });
  });

  it('is for back ends: a page may not, and the secret must be there', async () => {
    const key = await clientToken(newUser());
    const ask = (body, options) => api('POST', '/v1/assets/verify', { key: checkKey, body, ...options });
    assertProblem(await ask({ secret: 'x' }, { key }), 403, 'not-allowed');
    assertPointer(await ask({}), 422, 'invalid-value', '/secret');
    assertPointer(await ask({ secret: 7 }), 422, 'invalid-value', '/secret');
  });
});

describe('an Idempotency-Key', () => {
  const withKey = () => ({ headers: { 'Idempotency-Key': randomUUID() } });

  it('keeps an answer without the secret: a claim sent again is refused', async () => {
    const user = newUser();
    await subscribe(user);
    const options = withKey();
    const first = await deed(user, 'api_key', 'claim', options);
    assert.equal(first.status, 201);
    assertProblem(await deed(user, 'api_key', 'claim', options), 409, 'already-shown');
    const stored = await sqlValue(`select answer from idempotency
      where idem_key = '${options.headers['Idempotency-Key']}'`);
    assert.ok(!stored.includes(first.json.secret));
  });

  it('rotates once: the secret that was not heard is not made twice', async () => {
    const { user } = await holder();
    const options = withKey();
    const { json } = await deed(user, 'api_key', 'rotate', options);
    assertProblem(await deed(user, 'api_key', 'rotate', options), 409, 'already-shown');
    assert.equal(await code(json.secret), 'good');
  });

  it('repeats a revocation\'s answer, also after the next claim', async () => {
    const { user } = await holder();
    const options = withKey();
    const first = await deed(user, 'api_key', 'revoke', options);
    const { secret } = await made(user, 'api_key', 'claim');
    const again = await deed(user, 'api_key', 'revoke', options);
    assert.equal(again.text, first.text);
    assert.equal(again.headers['idempotent-replayed'], 'true');
    assert.equal(await code(secret), 'good');
  });
});

describe('rung', () => {
  it('lists a user\'s assets, and claims, rotates and revokes', async () => {
    const user = newUser();
    await subscribe(user);
    const claimed = await rung('asset', 'claim', user, 'api_key');
    assert.equal(claimed.code, 0, claimed.stderr);
    const secret = claimed.stdout.trim();
    assert.match(secret, /^pk_pro_/);
    assert.equal(await code(secret), 'good');
    const { stdout } = await rung('user', 'assets', user);
    assert.match(stdout, /api_key +API_KEY +PROVISIONED +pk_pro_\.\.\./);
    assert.match(stdout, /storage +STORAGE_QUOTA +PROVISIONED/);
    const rotated = (await rung('asset', 'rotate', user, 'api_key')).stdout.trim();
    assert.equal(await code(rotated), 'good');
    assert.equal((await rung('asset', 'revoke', user, 'api_key')).code, 0);
    assert.equal(await code(rotated), 'revoked');
    const again = await rung('asset', 'rotate', user, 'api_key');
    assert.equal(again.code, 1);
    assert.match(again.stderr, /Claim it first/);
    const [{ actor }] = await sql(`select actor from audit where user_id = '${user}'
      order by n desc limit 1`);
    assert.notEqual(actor, '');
  });
});
