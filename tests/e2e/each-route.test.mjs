// Every route that openapi.yaml has, asked with every credential that is no
// good for it: the documented answer, and nothing about what is there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { api, checkKey, clientToken, newUser, serverKey, start, top, until } from './lib.mjs';
import { startCheckout } from './more.mjs';

const spec = parse(readFileSync(path.join(top, 'openapi.yaml'), 'utf8'));
const ours = ['serverKey', 'checkKey', 'clientToken', 'sessionToken'];

// Routes whose every caller has one of our credentials.
const operations = Object.entries(spec.paths).flatMap(([where, item]) =>
  ['get', 'post'].filter((method) => item[method])
    .map((method) => ({ method: method.toUpperCase(), where, ...item[method] })))
  .filter(({ security }) => security.length > 0 && security.every((one) =>
    Object.keys(one).length > 0 && Object.keys(one).every((name) => ours.includes(name))));

const takes = ({ security }, name) => security.some((one) => name in one);

const absent = {
  session: `us_${'0'.repeat(32)}`, override: `ov_${'0'.repeat(32)}`,
  asset: `as_${'0'.repeat(32)}`, hold: `hd_${'0'.repeat(32)}`, capability: 'export:csv', key: 'export:csv',
  limit: 'api:requests_per_day',
};

// The path with its places filled in; {id} is a session below /upgrades.
function fill(where, { user = 'u1', session = absent.session } = {}) {
  return where
    .replace(/(\/upgrades)\/\{id\}/, `$1/${session}`)
    .replace('{id}', encodeURIComponent(user))
    .replace(/\{(\w+)\}/g, (_, name) => absent[name] ?? name);
}

// Watching without a wait answers at once, and so does all the rest.
function ask(operation, where, options = {}) {
  const headers = { 'Idempotency-Key': `none-${Math.random()}`, ...options.headers };
  const body = operation.method === 'POST' ? {} : undefined;
  return api(operation.method, where, { body, ...options, headers });
}

function assertRefused({ json, status, text, headers }, expected, code) {
  assert.equal(status, expected, text);
  assert.equal(json.code, code, text);
  assert.match(headers['content-type'], /json/);
  if (status === 401) assert.match(headers['www-authenticate'], /^Bearer\b/);
}

const held = { owner: newUser('owner'), other: newUser('other') };

before(async () => {
  held.short = (await api('POST', '/v1/tokens',
    { body: { user: held.owner, scopes: ['read', 'upgrade', 'claim'], ttl_seconds: 1 } })).json.token;
  held.token = await clientToken(held.owner);
  held.otherToken = await clientToken(held.other);
  const mine = await startCheckout(held.token);
  const another = await start(held.other);
  held.session = mine.json.session.id;
  held.sessionToken = mine.json.token;
  held.otherSession = another.json.session.id;
  held.otherSessionToken = another.json.token;
  const theirs = `/v1/users/${held.other}`;
  const gift = { kind: 'grant_tier', name: 'pro', reason: 'a test', operator: 'a test' };
  held.override = (await api('POST', `${theirs}/overrides`, { body: gift })).json.id;
  held.asset = (await api('GET', `${theirs}/assets`)).json.data
    .find(({ slot }) => slot === 'api_key').id;
  held.hold = (await api('POST', `${theirs}/usage`,
    { body: { limit: 'api:requests_per_day', amount: 1, hold: true } })).json.hold.id;
  await until(async () => (await api('GET', '/v1/tiers', { key: held.short })).status === 401,
    { what: 'the end of a token of one second' });
});

it('there are routes to ask', () => {
  assert.ok(operations.length >= 15);
});

for (const operation of operations) {
  const { method, where } = operation;
  describe(`${method} ${where}`, () => {
    const path = fill(where);

    it('without a key is 401', async () => {
      assertRefused(await ask(operation, path, { key: null }), 401, 'no-credential');
    });

    it('with an unknown, a broken and an expired one is the same 401', async () => {
      const answers = [];
      for (const key of [`rung_sk_${'A'.repeat(43)}`, 'rung_ct_x', `rung_st_${'0'.repeat(32)}_${
        'A'.repeat(43)}`, held.short])
        answers.push(await ask(operation, path, { key }));
      for (const answer of answers) assertRefused(answer, 401, 'bad-credential');
      assert.equal(new Set(answers.map(({ text }) => text.length)).size, 1);
    });

    it('with a server key from a page is 403', async () => {
      for (const headers of [{ Origin: 'https://shop.example' }, { Origin: 'null' },
        { 'Sec-Fetch-Site': 'same-origin' }])
        assertRefused(await ask(operation, path, { key: serverKey, headers }), 403,
          'server-key-in-browser');
    });

    it('with two credentials is 400', async () => {
      assertRefused(await ask(operation, path, { key: checkKey,
        headers: { Authorization: `Bearer ${serverKey}` } }), 400, 'bad-request');
    });

    for (const [name, key] of [['checkKey', () => checkKey], ['clientToken', () => held.token],
      ['sessionToken', () => held.sessionToken]]) {
      if (takes(operation, name)) continue;
      it(`with a ${name} is 403`, async () => {
        assertRefused(await ask(operation, fill(where, { user: held.owner,
          session: held.session }), { key: key() }), 403, 'not-allowed');
      });
    }

    if (/\/users\/\{id\}/.test(where))
      it('of another user is 403, whether that user is known or not', async () => {
        for (const key of [held.otherToken, held.otherSessionToken]) {
          const answers = [];
          for (const user of [held.owner, newUser('owner')])
            answers.push(await ask(operation, fill(where, { user }), { key }));
          for (const { status, json } of answers) {
            assert.equal(status, 403);
            assert.match(json.code, /^(wrong-user|not-allowed)$/);
          }
          assert.equal(answers[0].text.length, answers[1].text.length);
        }
      });

    for (const thing of ['asset', 'override', 'hold'].filter((one) => where.includes(`{${one}}`)))
      it(`of another user's ${thing} is what none is`, async () => {
        const answers = [];
        for (const id of [held[thing], absent[thing]])
          answers.push(await ask(operation, fill(where, { user: held.owner })
            .replace(absent[thing], id), { key: serverKey }));
        const [there, nowhere] = answers;
        assert.ok(there.status >= 400, there.text);
        assert.deepEqual({ ...there.json, instance: '' }, { ...nowhere.json, instance: '' });
        assert.equal(there.text.length, nowhere.text.length);
      });

    if (/\/upgrades\/\{id\}/.test(where))
      it('of another session is what no session is', async () => {
        for (const key of [held.otherToken, held.otherSessionToken]) {
          const answers = [];
          for (const session of [held.session, absent.session])
            answers.push(await ask(operation, fill(where, { session }), { key }));
          const [there, nowhere] = answers;
          assert.ok([403, 404].includes(there.status), there.text);
          assert.deepEqual({ ...there.json, instance: '' }, { ...nowhere.json, instance: '' });
          assert.equal(there.text.length, nowhere.text.length);
        }
      });
  });
}
