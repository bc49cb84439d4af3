// A capability that the matrix switches off: nobody has it within a second,
// whatever they bought or were given and however it is asked, and all have it
// back when it is enabled again.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { api, applyMatrix, atEnd, can, checkKey, clientToken, entitlements, inForce,
  matrixSettled, newUser, paid, plainCgi, rung, sql, sqlValue, start } from './lib.mjs';
import { exampleMatrix, holding, rowsOf } from './more.mjs';
import { assertWhole, buy, putInForce, startPaying, subscribe, tell } from './stripe-life.mjs';

const csv = 'export:csv';
const added = `beta:thing-${Date.now()}`;

function replaced(yaml, from, to) {
  assert.ok(yaml.includes(from), from);
  return yaml.replace(from, to);
}

// A later version than the one that was bought, without and with the switch.
const on = replaced(exampleMatrix, '[read:public, write:unlimited, export:csv, ',
  `[read:public, write:unlimited, ${added}, export:csv, `);
const described = 'export:csv: Export reports as CSV';
const off = replaced(on, described,
  'export:csv: {description: Export reports as CSV, disabled: yes}');

async function override(user, kind, name) {
  const { status, text } = await api('POST', `/v1/users/${user}/overrides`,
    { body: { kind, name, reason: 'a test', operator: 'ann' } });
  assert.equal(status, 201, text);
}

// ---- The ways to ask ------------------------------------------------------

const ask = async (where, body) => (await api('POST', where, { key: checkKey, body })).json;
const context = (user) => ({ context: { targetingKey: user } });

const dialects = {
  can: async (user) => (await api('GET', `/v1/users/${user}/can/${csv}`,
    { key: checkKey })).json,
  check: async (user) => (await ask('/v1/check', { user, capabilities: [csv] })).results[0],
  entitlements: async (user) => entitlements(user),
  authzen: (user) => ask('/access/v1/evaluation', { subject: { type: 'user', id: user },
    action: { name: 'use' }, resource: { type: 'capability', id: csv } }),
  ofrep: (user) => ask(`/ofrep/v1/evaluate/flags/${csv}`, context(user)),
  bulk: async (user) => (await ask('/ofrep/v1/evaluate/flags', context(user))).flags
    .find(({ key }) => key === csv),
};

const yes = {
  can: (said) => said.allowed,
  check: (said) => said.allowed,
  entitlements: (said) => said.capabilities.includes(csv),
  authzen: (said) => said.decision,
  ofrep: (said) => said.value,
  bulk: (said) => said.value,
};

async function opensGate(user) {
  const { stdout } = await rung('url', 'sign', '/files/report.csv', '--user', user, '--for', '1h');
  return (await api('GET', stdout.trim(), { key: null })).status === 200;
}

// Does each of these say the same: yes, or no?
async function allSay(users, answer) {
  for (const user of users) {
    for (const [name, how] of Object.entries(dialects)) {
      if (yes[name](await how(user)) !== answer) return false;
    }
    if (!plainCgi && await opensGate(user) !== answer) return false;
  }
  return true;
}

atEnd(() => applyMatrix(exampleMatrix));

describe('a capability that is switched off', () => {
  const users = Object.fromEntries(['monthly', 'once', 'packed', 'given', 'lifted']
    .map((name) => [name, newUser(name)]));
  const holders = Object.values(users);
  const higher = newUser('higher');	// bought what does not carry it
  const known = newUser('known');	// on the default tier, with a row
  const quiet = newUser('quiet');	// who never asks
  const everybody = { ...users, higher, known };
  let secret;
  let pinned;			// the version that was bought
  let first;			// what each had
  let rowsBefore;
  let tags;
  let bulkTag;
  let diff;
  let waiter;

  const all = async (read, of = everybody) => Object.fromEntries(await Promise.all(
    Object.entries(of).map(async ([name, user]) => [name, await read(user)])));
  const tagOf = async (user, headers = {}) => {
    const { status, headers: { etag } } = await api('GET', `/v1/users/${user}/entitlements`,
      { key: checkKey, headers });
    return { status, etag };
  };
  const bulk = (user, headers = {}) => api('POST', '/ofrep/v1/evaluate/flags',
    { key: checkKey, body: context(user), headers });

  before(async () => {
    await putInForce(exampleMatrix);
    await subscribe(users.monthly);
    await buy(users.once);
    await buy(users.packed, undefined, { target_tier: undefined, addons: ['export-pack'] });
    await override(users.given, 'grant_capability', csv);
    await override(users.lifted, 'grant_tier', 'pro');
    await subscribe(higher, { price: 'price_ent' }, 19900);
    await subscribe(quiet);
    const { json } = await start(known);
    await api('POST', `/v1/upgrades/${json.session.id}/cancel`);
    ({ secret } = (await api('POST', `/v1/users/${users.monthly}/assets/api_key/claim`,
      { body: {} })).json);
    await putInForce(on);
    assert.equal(await allSay(holders, true), true);
    first = await all(entitlements);
    pinned = first.monthly.matrix_version;
    rowsBefore = await all(rowsOf, { ...everybody, quiet });
    tags = await all(async (user) => (await tagOf(user)).etag);
    bulkTag = (await bulk(higher)).headers.etag;
    diff = await rung('matrix', 'diff', '-', { input: off });
    if (!plainCgi) {
      waiter = api('GET',
        `/v1/watch/users/${users.once}?since=${first.once.version}&wait=20`);
    }
    await applyMatrix(off);
    await inForce(() => allSay(holders, false));
    await matrixSettled();	// with each process, also those that were not asked
  });

  it('is told beforehand, with who carries it', () => {
    const lines = diff.stdout.split('\n');
    for (const line of [`everybody: ${csv} is disabled`, `pro: loses ${csv}`,
      `add-on export-pack: loses ${csv}`]) {
      assert.ok(lines.includes(line), `${line}: ${diff.stdout}`);
    }
    assert.ok(!/enterprise|gains/.test(diff.stdout), diff.stdout);
  });

  it('is nobody\'s, though a purchase keeps the version it was bought under', async () => {
    assert.equal(await allSay(Object.values(everybody), false), true);
    const { matrix_version: version, tier } = await entitlements(users.monthly);
    assert.deepEqual([version, tier], [pinned, 'pro']);
  });

  for (const [whose, user] of [['who had it', users.monthly], ['who never bought', known],
    ['whom nobody has heard of', newUser()]]) {
    it(`is told to ${whose} as disabled, without a way up`, async () => {
      const told = await dialects.can(user);
      assert.deepEqual([told.allowed, told.code, told.upgrade_to], [false, 'disabled', []]);
      const checked = await dialects.check(user);
      assert.deepEqual(checked,
        { capability: csv, allowed: false, code: 'disabled', upgrade_to: [] });
      assert.deepEqual(await dialects.authzen(user),
        { decision: false, context: { reason: 'disabled' } });
      for (const flag of [await dialects.ofrep(user), await dialects.bulk(user)]) {
        assert.deepEqual([flag.value, flag.reason, flag.variant, flag.metadata.code],
          [false, 'DISABLED', 'denied', 'disabled']);
      }
      assert.deepEqual((await entitlements(user)).disabled, [csv]);
    });
  }

  it('is not what a key gives any more, and the key is good', async () => {
    const told = await ask('/v1/assets/verify', { secret });
    assert.deepEqual([told.good, told.capabilities.includes(csv)], [true, false]);
    assert.ok(told.capabilities.includes('api:unlimited'));
  });

  it('is explained', async () => {
    const { stdout } = await rung('user', 'explain', users.given, csv);
    assert.match(stdout, /^export:csv: not allowed, disabled$/m);
  });

  it('is marked where tiers are shown', async () => {
    const { tiers, addons } = (await api('GET', '/v1/tiers')).json;
    const marks = [...tiers, ...addons].flatMap(({ id, capabilities }) => capabilities
      .filter(({ disabled }) => disabled).map(({ id: name, description }) =>
        [id, name, description]));
    assert.deepEqual(marks, [['pro', csv, 'Export reports as CSV'],
      ['export-pack', csv, 'Export reports as CSV']]);
  });

  it('takes nothing else from anybody', async () => {
    for (const [name, doc] of Object.entries(await all(entitlements))) {
      const before = holding(first[name]);
      before.capabilities = before.capabilities.filter((capability) => capability !== csv);
      assert.deepEqual(holding(doc), before, name);
    }
  });

  it('is one version of each, with its record and its notice', async () => {
    const rows = await all(rowsOf);
    for (const name of Object.keys(everybody)) {
      const { version, audit, outbox } = rows[name];
      assert.deepEqual([version, audit, outbox],
        [rowsBefore[name].version + 1, version, rowsBefore[name].outbox + 1], name);
    }
    const [record] = await sql(`select actor, detail from audit
      where user_id = '${users.monthly}' and n = ${rows.monthly.version}`);
    assert.equal(record.actor, 'time');
    assert.deepEqual(JSON.parse(record.detail).delta.capabilities, { gain: [], lose: [csv] });
  });

  it('is another answer under another tag, and one only', async () => {
    for (const [name, user] of Object.entries(everybody)) {
      const { status, etag } = await tagOf(user, { 'If-None-Match': tags[name] });
      assert.deepEqual([status, etag === tags[name]], [200, false], name);
      assert.deepEqual(await tagOf(user, { 'If-None-Match': etag }), { status: 304, etag }, name);
    }
    assert.equal((await bulk(higher, { 'If-None-Match': bulkTag })).status, 200);
  });

  it('is told to who waits', { skip: plainCgi }, async () => {
    const { status, json } = await waiter;
    assert.equal(status, 200);
    assert.deepEqual([json.version, json.disabled], [first.once.version + 1, [csv]]);
  });

  it('is not promised by an upgrade, nor given by its payment', async () => {
    const user = newUser();
    const token = await clientToken(user);
    const preview = await api('POST', '/v1/upgrades/preview', { key: token,
      body: { target_tier: 'pro' } });
    assert.equal(preview.status, 200, preview.text);
    const { reference, answer } = await startPaying(user);
    for (const { optimistic, delta } of [preview.json,
      { ...answer, delta: answer.session.delta }]) {
      assert.equal(optimistic.tier, 'pro');
      assert.ok(!optimistic.capabilities.includes(csv));
      assert.deepEqual(optimistic.disabled, [csv]);
      assert.ok(delta.capabilities.gain.includes(added));
      assert.ok(!delta.capabilities.gain.includes(csv));
    }
    await tell(paid(reference));
    assert.equal((await entitlements(user)).tier, 'pro');
    assert.equal(await can(user, csv), false);
    await assertWhole(user);
  });

  it('is taken by the sweep from who never asks', async () => {
    const { code, stderr } = await rung('sweep');
    assert.ok(code === 0 || code === 3, stderr);
    assert.equal((await rowsOf(quiet)).version, rowsBefore.quiet.version + 1);
  });

  describe('and enabled again', () => {
    let back;

    before(async () => {
      back = await rung('matrix', 'diff', '-', { input: on });
      await applyMatrix(on);
      await inForce(() => allSay(holders, true));
      await matrixSettled();
    });

    it('is told beforehand', () => {
      const lines = back.stdout.split('\n');
      for (const line of [`everybody: ${csv} is enabled again`, `pro: gains ${csv}`]) {
        assert.ok(lines.includes(line), `${line}: ${back.stdout}`);
      }
    });

    it('is back with all who had it, as it was', async () => {
      for (const [name, doc] of Object.entries(await all(entitlements))) {
        assert.deepEqual(holding(doc), holding(first[name]), name);
        assert.equal('disabled' in doc, false, name);
        assert.equal(doc.version, first[name].version + 2, name);
      }
    });

    it('has left every trail whole', async () => {
      for (const user of Object.values(everybody)) await assertWhole(user);
    });

    it('is no more work: a version that moves no switch touches no buyer', async () => {
      const touched = () => sqlValue(
        `select touched from users where user_id = '${users.monthly}'`);
      await entitlements(users.monthly);
      const was = await touched();
      await putInForce(exampleMatrix);
      await entitlements(users.monthly);
      assert.equal(await touched(), was);
    });
  });
});

describe('an add-on that is given to who bought a tier', () => {
  it('is looked at once when a matrix is applied, not at each read', async () => {
    const user = newUser();
    await buy(user);
    await override(user, 'grant_addon', 'export-pack');
    await putInForce(on);
    await entitlements(user);
    const row = async () => (await sql(`select touched, ver, derived_under from users
      where user_id = '${user}'`))[0];
    const was = await row();
    await entitlements(user);
    assert.deepEqual(await row(), was);
  });
});
