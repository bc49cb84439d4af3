// OFREP 0.3 as the published providers of OpenFeature expect it, to the byte.
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { describe, it } from 'node:test';
import { api, checkKey, clientToken, clock, database, deliver, newPayment, newUser, paid, serverKey,
  start, until } from './lib.mjs';
import { inDir, rawPath } from './more.mjs';

const flags = '/ofrep/v1/evaluate/flags';

function evaluate(key, user, { context = {}, ...options } = {}) {
  return api('POST', `${flags}/${key}`, { key: checkKey,
    body: { context: { targetingKey: user, ...context } }, ...options });
}

function bulk(user, options = {}) {
  return api('POST', flags, { key: checkKey, body: { context: { targetingKey: user } },
    ...options });
}

async function buyer(tier = 'pro') {
  const user = newUser();
  const reference = newPayment();
  const { json } = await start(user, tier, { payment: { provider: 'stripe', reference } });
  await deliver(paid(reference, { user, session: json.session.id }));
  return user;
}

// What every refusal has: the members that the SDKs read, and ours.
function assertRefused(answer, status, errorCode, key) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers['content-type'], /^application\/json/);
  assert.equal(answer.json.errorCode, errorCode, answer.text);
  assert.equal(answer.json.key, key);
  assert.equal(typeof answer.json.errorDetails, 'string');
  assert.equal(answer.json.status, status);
}

describe('one flag', () => {
  it('is granted, and says by what', async () => {
    const user = await buyer();
    const { status, headers, json } = await evaluate('export:csv', user);
    assert.equal(status, 200);
    assert.match(headers['content-type'], /^application\/json/);
    assert.deepEqual(json, { key: 'export:csv', value: true, reason: 'TARGETING_MATCH',
      variant: 'granted', metadata: { tier: 'pro', version: json.metadata.version,
        code: 'granted-by-tier' } });
    assert.ok(json.metadata.version > 0);
  });

  it('is denied with a value all the same', async () => {
    const { json } = await evaluate('sso:saml', await buyer());
    assert.deepEqual([json.value, json.variant, json.metadata.code],
      [false, 'denied', 'not-in-tier']);
  });

  it('of a user nobody has heard of is that of the default tier', async () => {
    const { json } = await evaluate('read:public', newUser());
    assert.deepEqual(json, { key: 'read:public', value: true, reason: 'STATIC',
      variant: 'granted', metadata: { tier: 'free', version: 0, code: 'default-tier' } });
  });

  it('of a limit is a number, and no bound is the largest one', async () => {
    const name = 'api:requests_per_day';
    assert.equal((await evaluate(name, newUser())).json.value, 100);
    assert.equal((await evaluate(name, await buyer())).json.value, 50000);
    const { json } = await evaluate(name, await buyer('enterprise'));
    assert.equal(json.value, Number.MAX_SAFE_INTEGER);
    assert.equal(json.metadata.unlimited, true);
  });

  it('of an asset is an object without its secret', async () => {
    const user = await buyer();
    const { json } = await evaluate('asset:api_key', user);
    assert.deepEqual(json.value, { type: 'API_KEY', status: 'PENDING' });
    const { json: storage } = await evaluate('asset:storage_quota', user);
    assert.deepEqual(storage.value,
      { type: 'STORAGE_QUOTA', status: 'PROVISIONED', limit: 10000 });
    const { json: none } = await evaluate('asset:api_key', newUser());
    assert.deepEqual([none.value, none.variant],
      [{ type: 'API_KEY', status: null }, 'denied']);
  });

  it('has metadata of plain values only', async () => {
    const user = await buyer('enterprise');
    for (const { key } of (await bulk(user)).json.flags)
      for (const value of Object.values((await evaluate(key, user)).json.metadata))
        assert.match(typeof value, /^(boolean|string|number)$/);
  });

  it('is the same with its name raw and percent-encoded', async () => {
    const user = newUser();
    const answers = [];
    for (const name of ['export:csv', 'export%3Acsv', 'export%3acsv'])
      answers.push((await evaluate(name, user)).json);
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
  });

  it('ignores whatever else the context holds', async () => {
    const context = { tier: 'enterprise', user: 'another', nested: { deep: [1.5, null, {}] } };
    const { status, json } = await evaluate('export:csv', newUser(), { context });
    assert.deepEqual([status, json.value], [200, false]);
  });
});

describe('a refusal', () => {
  it('names a flag that no tier has', async () => {
    for (const name of ['no:such', 'asset:nothing', 'asset:', 'Export:CSV'])
      assertRefused(await evaluate(encodeURIComponent(name), newUser()), 404,
        'FLAG_NOT_FOUND', name);
  });

  const bodies = [
    ['no context', {}, 400, 'TARGETING_KEY_MISSING'],
    ['no targetingKey', { context: { a: 1 } }, 400, 'TARGETING_KEY_MISSING'],
    ['an empty targetingKey', { context: { targetingKey: '' } }, 400, 'TARGETING_KEY_MISSING'],
    ['a targetingKey that is a number', { context: { targetingKey: 7 } }, 400,
      'INVALID_CONTEXT'],
    ['a targetingKey that cannot be a user', { context: { targetingKey: 'a/b' } }, 400,
      'INVALID_CONTEXT'],
    ['a context that is a list', { context: [] }, 400, 'INVALID_CONTEXT'],
    ['a context that is a text', { context: 'u1' }, 400, 'INVALID_CONTEXT'],
    ['half a body', '{"context":', 400, 'PARSE_ERROR'],
    ['no body', '', 400, 'PARSE_ERROR'],
  ];
  for (const [what, body, status, errorCode] of bodies)
    it(`of ${what} is ${errorCode}, for one flag and for all`, async () => {
      const options = { key: checkKey, body };
      assertRefused(await api('POST', `${flags}/export:csv`, options), status, errorCode,
        'export:csv');
      assertRefused(await api('POST', flags, options), status, errorCode, undefined);
    });

  it('of a key that is too long is INVALID_CONTEXT', async () => {
    const name = 'x'.repeat(81);
    assertRefused(await evaluate(name, newUser()), 400, 'INVALID_CONTEXT', name);
  });

  it('of another type of body is PARSE_ERROR', async () => {
    assertRefused(await evaluate('export:csv', newUser(),
      { headers: { 'Content-Type': 'text/plain' } }), 415, 'PARSE_ERROR', 'export:csv');
  });

  it('for want of a good credential has the members of the protocol', async () => {
    assertRefused(await evaluate('export:csv', newUser(), { key: null }), 401, 'GENERAL',
      'export:csv');
    assertRefused(await bulk(newUser(), { key: 'rung_ck_wrong' }), 401, 'GENERAL', undefined);
    assertRefused(await bulk(newUser(), { key: serverKey,
      headers: { Origin: 'https://shop.example' } }), 403, 'GENERAL', undefined);
  });

  it('is the same behind a path that the server decodes', async () => {
    const { status } = await rawPath('POST', `${flags}/a%2Fb`,
      { 'X-API-Key': checkKey, 'Content-Type': 'application/json', 'Content-Length': '0' });
    assert.equal(status, 404);
  });
});

describe('a client token', () => {
  it('needs no targetingKey, and may name itself', async () => {
    const user = newUser();
    const key = await clientToken(user, ['read']);
    for (const context of [{}, { targetingKey: user }, { targetingKey: 'me' }]) {
      const { status, json } = await api('POST', flags, { key, body: { context } });
      assert.equal(status, 200, JSON.stringify(json));
    }
  });

  it('may not ask for another', async () => {
    const key = await clientToken(newUser(), ['read']);
    assertRefused(await evaluate('export:csv', newUser(), { key }), 403, 'GENERAL',
      'export:csv');
    assertRefused(await bulk(newUser(), { key }), 403, 'GENERAL', undefined);
  });
});

describe('all flags', () => {
  it('are every capability, limit and asset type, each as one alone', async () => {
    const user = await buyer();
    const { status, json } = await bulk(user);
    assert.equal(status, 200);
    assert.deepEqual(json.metadata, { version: json.metadata.version, tier: 'pro' });
    const keys = json.flags.map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
    for (const key of ['export:csv', 'sso:saml', 'api:requests_per_day', 'asset:api_key',
      'asset:seat'])
      assert.ok(keys.includes(key), key);
    for (const flag of json.flags) {
      const { json: { metadata, ...alone } } = await evaluate(encodeURIComponent(flag.key), user);
      const { tier, version, ...rest } = metadata;
      assert.deepEqual(flag, { ...alone, metadata: rest });
      assert.deepEqual([tier, version], ['pro', json.metadata.version]);
    }
  });

  it('have an ETag of version and epoch, and are 304 while it holds', async () => {
    const user = await buyer();
    const first = await bulk(user);
    const [, version, epoch] = /^"u(\d+)\.e(\d+)"$/.exec(first.headers.etag);
    assert.equal(Number(version), first.json.metadata.version);
    assert.equal(epoch === '0', first.json.eventStreams === undefined,
      'e0 is where no stream is offered');
    for (const known of [first.headers.etag, first.headers.etag.replace(/"$/, '-gzip"')]) {
      const again = await bulk(user, { headers: { 'If-None-Match': known } });
      assert.deepEqual([again.status, again.text, again.headers.etag],
        [304, '', first.headers.etag]);
    }
    const old = await bulk(user, { headers: { 'If-None-Match': '"u0.1.e0"' } });
    assert.equal(old.status, 200);
  });

  it('offer a stream with a ticket of their own user, where streams have no end', async (t) => {
    const user = await buyer();
    const { json, headers } = await bulk(user);
    if (headers.etag.endsWith('.e0"')) {
      t.skip('no streams without an end here');
      return;
    }
    assert.equal(json.eventStreams.length, 1);
    const [{ type, endpoint, inactivityDelaySec }] = json.eventStreams;
    assert.deepEqual([type, inactivityDelaySec], ['sse', 120]);
    assert.match(endpoint.requestUri, /^\/v1\/events\?ticket=rung_tk_/);
    const epoch = Number(/\.e(\d+)"$/.exec(headers.etag)[1]);
    await clock(450);
    try {
      const later = await bulk(user, { headers: { 'If-None-Match': headers.etag } });
      assert.equal(later.status, 200, 'a ticket about to end is not kept by a 304');
      assert.equal(later.headers.etag, headers.etag.replace(`.e${epoch}`, `.e${epoch + 1}`));
      assert.notEqual(later.json.eventStreams[0].endpoint.requestUri, endpoint.requestUri);
    } finally {
      await clock(0);
    }
  });

  it('offer no stream when nearly all places are taken, but to who has one', async (t) => {
    const user = await buyer();
    const usual = await bulk(user);
    if (usual.headers.etag.endsWith('.e0"')) {
      t.skip('no streams without an end here');
      return;
    }
    // A process of ours says how many it holds, and of how many.
    const file = inDir('var/waiters');
    const board = readFileSync(file);
    const slot = 12 * Array.from({ length: board.length / 12 }, (_, i) => i)
      .find((i) => board.readUInt32LE(12 * i) === 0);
    const say = (pid, count, most) => {
      const fd = openSync(file, 'r+');
      writeSync(fd, Buffer.from(Uint32Array.of(pid, count, most).buffer), 0, 12, slot);
      closeSync(fd);
    };
    try {
      for (const [count, most] of [[4000000, 5000000], [36, 40]]) {
        say(process.pid, count, most);
        const full = await bulk(user, { headers: { 'If-None-Match': usual.headers.etag } });
        assert.equal(full.status, 200);
        assert.equal(full.json.eventStreams, undefined);
        assert.match(full.headers.etag, /\.e0"$/);
      }
      const refetch = await api('POST', `${flags}?flagConfigEtag=%22u1%22`,
        { key: checkKey, body: { context: { targetingKey: user } } });
      assert.equal(refetch.json.eventStreams.length, 1);
    } finally {
      say(0, 0, 0);
    }
  });

  it('of a user without a version have the matrix in their ETag', async () => {
    const { headers } = await bulk(newUser());
    assert.match(headers.etag, /^"u0\.\d+\.e\d+"$/);
  });

  it('wait up to a second for the version that a stream named', async () => {
    const user = newUser();
    const reference = newPayment();
    const { json } = await start(user, 'pro', { payment: { provider: 'stripe', reference } });
    const { version } = (await bulk(user)).json.metadata;
    const where = `${flags}?flagConfigEtag=${encodeURIComponent(`"u${version + 1}"`)}`
      + '&flagConfigLastModified=1';
    const options = { key: checkKey, body: { context: { targetingKey: user } } };
    const late = await api('POST', where, options);
    assert.equal(late.status, 200);
    assert.equal(late.json.metadata.version, version);
    const waiting = api('POST', where, options);
    await deliver(paid(reference, { user, session: json.session.id }));
    const answer = await waiting;
    assert.equal(answer.json.metadata.version, version + 1);
    assert.equal(answer.json.metadata.tier, 'pro');
  });
});

describe('without a database', () => {
  it('the answer is 500 with key and errorCode, never 503', async () => {
    await database.stop();
    try {
      assertRefused(await evaluate('export:csv', 'u1'), 500, 'GENERAL', 'export:csv');
      assertRefused(await bulk('u1'), 500, 'GENERAL', undefined);
    } finally {
      await database.start();
    }
    await until(async () => (await bulk('u1')).status === 200, { within: 10000 });
  });
});
