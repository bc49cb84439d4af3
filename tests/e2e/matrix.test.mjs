// What is sold: a new version is in force within a second and without a
// restart, and a bad file never is.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { api, applyMatrix, atEnd, can, checkKey, deliver, entitlements, inForce, newPayment, newUser,
  paid, programs, rung, sql, start } from './lib.mjs';
import { exampleMatrix } from './more.mjs';

async function buy(tier = 'pro') {
  const user = newUser();
  const reference = newPayment();
  const { status, text } = await start(user, tier,
    { payment: { provider: 'stripe', reference } });
  assert.equal(status, 201, text);
  await deliver(paid(reference));
  return user;
}

async function version() {
  return (await api('GET', '/v1/tiers')).json.matrix_version;
}

atEnd(() => applyMatrix(exampleMatrix));

describe('a capability that is added', () => {
  const added = `beta:thing-${Date.now()}`;
  const yaml = exampleMatrix.replace('capabilities: [read:public, write:unlimited, export:csv,',
    `capabilities: [read:public, write:unlimited, export:csv, ${added},`);
  const columns = () => sql(`select table_name, column_name from information_schema.columns
    where table_schema = database() order by 1, 2`);
  let old;
  let versionBefore;
  let pidsBefore;
  let columnsBefore;

  before(async () => {
    old = await buy();
    versionBefore = await version();
    pidsBefore = programs().map(({ pid }) => pid).sort();
    columnsBefore = await columns();
    await applyMatrix(yaml);
  });

  it('is a new buyer\'s within a second', async () => {
    await inForce(async () => can(await buy(), added));
  });

  it('has taken no restart and no change of the schema', async () => {
    assert.deepEqual(await columns(), columnsBefore);
    for (const pid of pidsBefore) {
      assert.ok(programs().some((program) => program.pid === pid), `${pid} still runs`);
    }
  });

  it('is a new version of the matrix', async () => {
    await inForce(async () => await version() === versionBefore + 1);
  });

  it('is not an old buyer\'s: a purchase keeps the matrix it was bought under', async () => {
    assert.equal(await can(old, added), false);
    assert.equal(await can(old, 'export:csv'), true);
  });

  it('is known to who has not bought it', async () => {
    await inForce(async () => (await api('GET', `/v1/users/${newUser()}/can/${added}`,
      { key: checkKey })).json.code === 'not-in-tier');
  });
});

describe('what the default tier carries', () => {
  it('follows the newest matrix, for those who are known as well', async () => {
    const known = newUser();
    const { json } = await start(known);
    await api('POST', `/v1/upgrades/${json.session.id}/cancel`);
    assert.equal(await can(known, 'export:all'), false);
    await applyMatrix(exampleMatrix.replace('[read:public, write:limited]',
      '[read:public, write:limited, export:all]'));
    await inForce(async () => await can(newUser(), 'export:all') &&
      can(known, 'export:all'));
  });

  it('is refreshed once: a version, and no more of it', async () => {
    const user = newUser();
    const { json } = await start(user);
    await api('POST', `/v1/upgrades/${json.session.id}/cancel`);
    const { version: first } = await entitlements(user);
    await applyMatrix(exampleMatrix.replace('{max: 100, per: day}', '{max: 101, per: day}'));
    await inForce(async () => (await entitlements(user))
      .limits['api:requests_per_day'].value === 101);
    assert.equal((await entitlements(user)).version, first + 1);
    assert.equal((await entitlements(user)).version, first + 1);
  });
});

describe('rung matrix check', () => {
  let dir;
  before(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'rung-matrix-'));
    chmodSync(dir, 0o755); // rung may run as another user
  });
  after(() => rmSync(dir, { recursive: true }));

  function check(yaml, verb = 'check') {
    const file = path.join(dir, 'matrix.yaml');
    writeFileSync(file, yaml);
    return rung('matrix', verb, file);
  }

  function lineOf(yaml, text) {
    return yaml.slice(0, yaml.indexOf(text)).split('\n').length;
  }

  it('is content with the example', async () => {
    const { code, stdout, stderr } = await check(exampleMatrix);
    assert.equal(code, 0, stdout + stderr);
  });

  const mistakes = [
    ['a name with a slip, and suggests the right one', 'capabilites: [oops]',
      (yaml) => yaml.replace('    capabilities: [read:public, write:limited]',
        '    capabilites: [oops]'), /capabilities/],
    ['a rank that is no number', 'rank: ten',
      (yaml) => yaml.replace('rank: 10', 'rank: ten'), /ten|number/],
    ['a tier of the same rank', 'rank: 10 # twice',
      (yaml) => yaml.replace('rank: 20', 'rank: 10 # twice'), /rank/],
    ['a price in two tiers', 'id: price_pro_monthly, amount: 19900',
      (yaml) => yaml.replace('id: price_ent, amount: 19900',
        'id: price_pro_monthly, amount: 19900'), /enterprise.*claimed.*pro/],
    ['a default tier that is not there', 'default_tier: fre',
      (yaml) => yaml.replace('default_tier: free', 'default_tier: fre'), /free/],
    ['an alias', 'free: &anchor',
      (yaml) => yaml.replace('  free:\n', '  free: &anchor\n'), /anchor/],
    ['a key that is there twice', 'rank: 11',
      (yaml) => yaml.replace('rank: 10', 'rank: 10\n    rank: 11'), /twice|again|already/],
  ];
  for (const [what, at, spoil, hint] of mistakes) {
    it(`names ${what}, with its place`, async () => {
      const yaml = spoil(exampleMatrix);
      assert.notEqual(yaml, exampleMatrix);
      const { code, stdout, stderr } = await check(yaml);
      const said = stdout + stderr;
      assert.equal(code, 1, said);
      const places = [...said.matchAll(/matrix\.yaml:(\d+):(\d+): /g)];
      assert.ok(places.length > 0, said);
      assert.ok(places.some((place) => Number(place[1]) === lineOf(yaml, at)), said);
      assert.match(said, hint);
    });
  }

  it('names all mistakes, not the first', async () => {
    const yaml = exampleMatrix.replace('rank: 10', 'rank: ten')
      .replace('default_tier: free', 'default_tier: fre').replace('grace: 7d', 'grace: soon');
    const { stdout, stderr } = await check(yaml);
    const lines = new Set([...(stdout + stderr).matchAll(/matrix\.yaml:(\d+):\d+: /g)]
      .map((place) => Number(place[1])));
    for (const text of ['rank: ten', 'default_tier: fre', 'grace: soon']) {
      assert.ok(lines.has(lineOf(yaml, text)), `${text}: ${stdout}${stderr}`);
    }
  });

  it('says the same as data', async () => {
    const file = path.join(dir, 'matrix.yaml');
    writeFileSync(file, exampleMatrix.replace('rank: 10', 'rank: ten'));
    const { code, stdout } = await rung('matrix', 'check', file, '--format', 'json');
    assert.equal(code, 1);
    const [finding] = JSON.parse(stdout).findings;
    assert.equal(finding.line, lineOf(exampleMatrix, 'rank: 10'));
    assert.match(finding.path, /pro.*rank/);
  });

  it('fails for a file that is not there', async () => {
    assert.equal((await rung('matrix', 'check', path.join(dir, 'no'))).code, 1);
  });

  it('is done before anything is applied: a bad file changes nothing', async () => {
    const before = await version();
    const { code } = await check(exampleMatrix.replace('rank: 10', 'rank: ten'), 'apply');
    assert.equal(code, 1);
    assert.equal((await sql('select max(version) as v from matrices'))[0].v, String(before));
  });

  it('is not needed for what is in force already', async () => {
    await applyMatrix(exampleMatrix);
    const { code } = await check(exampleMatrix, 'apply');
    assert.equal(code, 3);
  });
});
