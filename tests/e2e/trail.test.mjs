// Is the audit trail whole, whatever was done to it?  And a customer's life
// told again from what was delivered.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync,
  statSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { api, env, newUser, now, run, rung, sql } from './lib.mjs';
import { inboxRows, rowsOf } from './more.mjs';
import { Refund, Subscription, backToToday, buy, day, has, hour, life, subscribe, wait,
  waitUntil } from './stripe-life.mjs';

afterEach(backToToday);

async function give(user, kind, name, more = {}) {
  const { status, text } = await api('POST', `/v1/users/${user}/overrides`,
    { body: { kind, name, reason: 'ticket 812', operator: 'ann', ...more } });
  assert.equal(status, 201, text);
}

// ---- A database of one's own ----------------------------------------------

// A copy of the database, and a configuration for it: what is broken here
// hurts no other test.
class Copy {
  name = `copy_${randomBytes(6).toString('hex')}`;

  async make() {
    this.dir = mkdtempSync(path.join(tmpdir(), 'rung-copy-'));
    chmodSync(this.dir, 0o755);
    this.tables = (await sql('show tables')).map((row) => Object.values(row)[0]);
    await sql(`create database ${this.name};
      grant all on ${this.name}.* to rung@localhost;
      ${this.tables.map((table) => `create table ${this.name}.${table}
        like ${env.RUNG_DB_NAME}.${table}`).join(';')}`);
    for (const table of this.tables.filter((one) => !Copy.ofUsers.includes(one))) {
      await sql(`insert into ${this.name}.${table} select * from ${table}`);
    }
    this.config = path.join(this.dir, 'rung.yaml');
    const yaml = readFileSync(env.RUNG_CONFIG, 'utf8');
    assert.match(yaml, /^database_name: .*$/m);
    writeFileSync(this.config, yaml.replace(/^database_name: .*$/m,
      `database_name: ${this.name}`), { mode: 0o600 });
    const { uid, gid } = statSync(env.RUNG_CONFIG);
    chownSync(this.config, uid, gid); // rung may run as another user than we
  }

  static ofUsers = ['users', 'sessions', 'objects', 'inbox', 'assets', 'grants', 'overrides',
    'audit', 'outbox'];

  // A folder var of its own too, with a clock this many seconds ahead.
  async ownVar(ahead) {
    this.var = path.join(this.dir, 'var');
    mkdirSync(this.var, { mode: 0o700 });
    const { uid, gid } = statSync(env.RUNG_CONFIG);
    chownSync(this.var, uid, gid);
    writeFileSync(this.config, readFileSync(this.config, 'utf8')
      .replace(/^var: .*$/m, `var: ${this.var}`));
    assert.equal((await this.rung('clock', String(ahead))).code, 0);
  }

  // All of these users, as they are, and nobody else.
  async fill(...users) {
    const list = users.map((user) => `'${user}'`).join(', ');
    await sql(Copy.ofUsers.map((table) => `delete from ${this.name}.${table};
      insert into ${this.name}.${table} select * from ${table} where user_id in (${list})`)
      .join(';'));
  }

  sql(statements) {
    return sql(`use ${this.name}; ${statements}`);
  }

  rung(...args) {
    return run(env.RUNG_BIN, [...args, '--config', this.config]);
  }

  async drop() {
    await sql(`drop database ${this.name}`);
    rmSync(this.dir, { recursive: true, force: true });
  }
}

// ---- The audit trail ------------------------------------------------------

describe('rung audit', () => {
  const copy = new Copy();
  const [user, bystander] = [newUser('broken'), newUser('whole')];
  const mine = `user_id = '${user}'`;
  let last;

  before(async () => {
    await buy(bystander);
    const { reference } = await buy(user);
    await give(user, 'grant_capability', 'sso:saml');
    await new Refund(reference).made();
    await buy(user, 'enterprise');
    last = (await rowsOf(user)).audit;
    assert.ok(last >= 6);
    await copy.make();
  });
  after(() => copy.drop());

  it('verify is content with what nobody touched', async () => {
    await copy.fill(user, bystander);
    const { code, stdout, stderr } = await copy.rung('audit', 'verify');
    assert.deepEqual([code, stdout], [0, '']);
    assert.match(stderr, /^2 users, \d+ records, 0 bad$/m);
  });

  // The record after which nothing is to be trusted, once this is done.
  const changed = ['at = at + 1', 'actor = \'ann\'', 'action = \'upgrade.failed\'',
    'cause = \'evt_other\'', 'request_id = \'other\'', 'detail = \'{}\'',
    'prev_hash = repeat(\'x\', 32)', 'hash = repeat(\'x\', 32)', 'n = n + 100'];
  const third = `audit where ${mine} and n = 3`;
  const insertThird = `insert into audit select seller_id, user_id, 3, at, actor, action,
    cause, request_id, detail, prev_hash, hash from audit where ${mine} and n = 2`;
  const tampering = [
    ...changed.map((set) => [`a change of ${set.split(' ')[0]}`,
      () => `update audit set ${set} where ${mine} and n = 3`, 3]),
    ['a record taken out', () => `delete from ${third}`, 3],
    ['a record taken out and the rest moved up', () => `delete from ${third};
      update audit set n = n - 1 where ${mine} and n > 3 order by n`, 3],
    ['a record put in', () => `update audit set n = n + 1 where ${mine} and n >= 3
      order by n desc; ${insertThird}`, 3],
    ['a record put behind the last one', () => `insert into audit select seller_id, user_id,
      n + 1, at, actor, action, cause, request_id, detail, hash, hash from audit
      where ${mine} and n = ${last}`, () => last + 1],
    ['two records changed about', () => `update audit set n = 0 where ${mine} and n = 3;
      update audit set n = 3 where ${mine} and n = 4;
      update audit set n = 4 where ${mine} and n = 0`, 3],
    ['the tail cut off', () => `delete from audit where ${mine} and n >= ${last - 1}`,
      () => last - 1],
    ['the tail cut off, with the version put back', () => `delete from audit where ${mine}
      and n = ${last}; update users set ver = ver - 1 where ${mine}`, () => last - 1],
    ['all records taken away', () => `delete from audit where ${mine}`, 1],
  ];
  for (const [what, statements, first] of tampering) {
    it(`verify names the first bad record after ${what}`, async () => {
      await copy.fill(user, bystander);
      await copy.sql(statements());
      const { code, stdout } = await copy.rung('audit', 'verify');
      assert.equal(code, 1, stdout);
      const n = typeof first === 'function' ? first() : first;
      assert.match(stdout, new RegExp(`^${user}: record ${n} [^\\n]+\\n$`));
      assert.equal((await copy.rung('audit', 'verify', user)).stdout, stdout);
      assert.equal((await copy.rung('audit', 'verify', bystander)).code, 0);
    });
  }

  const gone = [
    ['the row of a user taken away', [`delete from users where ${mine}`]],
    ['the row and the records of a user taken away', [`delete from users where ${mine}`,
      `delete from audit where ${mine}`]],
    ['all of a user taken away but a single purchase', Copy.ofUsers
      .filter((table) => table !== 'objects')
      .map((table) => `delete from ${table} where ${mine}`)],
  ];
  for (const [what, statements] of gone) {
    it(`verify names the user after ${what}`, async () => {
      await copy.fill(user, bystander);
      await copy.sql(statements.join(';'));
      for (const args of [[], [user]]) {
        const { code, stdout } = await copy.rung('audit', 'verify', ...args);
        assert.equal(code, 1);
        assert.equal(stdout, `${user}: has no row of its own any more\n`);
      }
    });
  }

  it('verify of nobody has nothing to do', async () => {
    assert.equal((await rung('audit', 'verify', newUser())).code, 3);
  });

  it('verify is content while the trail grows', async () => {
    const one = newUser();
    await give(one, 'grant_addon', 'export-pack');
    let growing = true;
    const grow = (async () => {
      for (let i = 0; growing; i++) {
        await give(one, 'set_limit', 'api:requests_per_day', { value: 1000 + i });
      }
    })();
    try {
      for (let i = 0; i < 20; i++) {
        const { code, stdout } = await rung('audit', 'verify', one);
        assert.equal(code, 0, stdout);
      }
    } finally {
      growing = false;
      await grow;
    }
  });

  it('export is one line of JSON for each record, in order', async () => {
    const { code, stdout } = await rung('audit', 'export', user);
    assert.equal(code, 0);
    const records = stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(records.map(({ n }) => n), records.map((record, i) => i + 1));
    assert.equal(records.length, last);
    for (const [i, record] of records.entries()) {
      assert.equal(record.user, user);
      assert.equal(record.prev_hash, i === 0 ? '0'.repeat(64) : records[i - 1].hash);
      for (const member of ['at', 'actor', 'action', 'cause']) assert.ok(record[member], member);
    }
  });

  it('export names each asset that was given or taken', async () => {
    const { stdout } = await rung('audit', 'export', user);
    const steps = stdout.trimEnd().split('\n').map((line) => JSON.parse(line))
      .flatMap(({ detail }) => detail.assets.map(({ id, slot, action }) =>
        [slot, action, /^as_[0-9a-f]{32}$/.test(id)]));
    for (const step of [['api_key', 'provision', true], ['api_key', 'revoke', true],
      ['seats', 'provision', true], ['storage', 'change', true]]) {
      assert.ok(steps.some((one) => one.join() === step.join()), `${step}: ${steps}`);
    }
  });

  it('export of all is that of each, user by user', async () => {
    await copy.fill(user, bystander);
    const [all, ...each] = await Promise.all([[], ...[user, bystander].sort().map((id) => [id])]
      .map((args) => copy.rung('audit', 'export', ...args)));
    assert.equal(all.stdout, each.map(({ stdout }) => stdout).join(''));
  });
});

// ---- Checkpoints ----------------------------------------------------------

describe('rung audit checkpoint', () => {
  const copy = new Copy();
  const [user, bystander] = [newUser('gone'), newUser('stays')];
  const mine = `user_id = '${user}'`;
  let file;

  before(async () => {
    await buy(user);
    await buy(bystander);
    await copy.make();
    await copy.ownVar(120); // what was done just now is from before the checkpoint
    file = path.join(copy.var, 'audit.checkpoints');
  });
  beforeEach(() => copy.fill(user, bystander));
  afterEach(() => rmSync(file, { force: true }));
  after(() => copy.drop());

  async function checkpoint() {
    const { code, stdout, stderr } = await copy.rung('audit', 'checkpoint');
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  }

  async function verify(...args) {
    const { code, stdout, stderr } = await copy.rung('audit', 'verify', ...args);
    return { code, stdout, stderr };
  }

  const recordsOf = async () =>
    Number((await copy.sql('select count(*) as n from audit'))[0].n);

  it('prints the line it appends, for the owner alone to read', async () => {
    const records = await recordsOf();
    const lines = [await checkpoint(), await checkpoint()];
    assert.equal(readFileSync(file, 'utf8'), lines.join(''));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    for (const line of lines) {
      assert.match(line, new RegExp(
        `^\\d{4}-\\d\\d-\\d\\dT[\\d:]+\\.000Z 2 ${records} [0-9a-f]{64} [0-9a-f]{64}\\n$`));
    }
  });

  it('is of what is older than a minute', async () => {
    await copy.rung('clock', '0');
    try {
      assert.match(await checkpoint(), / 0 0 0{64} [0-9a-f]{64}\n$/);
    } finally {
      await copy.rung('clock', '120');
    }
  });

  it('is not needed by verify', async () => {
    const { code, stdout, stderr } = await verify();
    assert.deepEqual([code, stdout], [0, '']);
    assert.match(stderr, /^no checkpoint yet$/m);
  });

  it('leaves verify content while records are added', async () => {
    const before = await recordsOf();
    await checkpoint();
    for (const one of [user, newUser()]) {
      const { code, stderr } = await copy.rung('user', 'grant', one, 'capability:sso:saml',
        '--reason', 'ticket 812');
      assert.equal(code, 0, stderr);
    }
    assert.equal(await recordsOf(), before + 2);
    const { code, stdout, stderr } = await verify();
    assert.deepEqual([code, stdout], [0, '']);
    assert.doesNotMatch(stderr, /no checkpoint/);
    await checkpoint();
  });

  // Each chain is whole after these.
  const wiped = Copy.ofUsers.map((table) => `delete from ${table} where ${mine}`).join(';');
  const tampering = [
    ['every trace of a user is gone', wiped, /of 2 users and \d+ records there are 1 and \d+$/],
    ['a last record is gone and the row fits', `update users set
      audit_hash = (select prev_hash from audit where ${mine} and n = ver) where ${mine};
      delete from audit where ${mine} and n = (select ver from users where ${mine});
      update users set ver = ver - 1 where ${mine}`,
    /of 2 users and \d+ records there are 2 and \d+$/],
    ['a user goes by another name', Copy.ofUsers.map((table) =>
      `update ${table} set user_id = 'someone' where ${mine}`).join(';'), /were changed$/],
  ];
  for (const [what, statements, fault] of tampering) {
    it(`names the checkpoint when ${what}`, async () => {
      await copy.sql(statements);
      const blind = await verify();
      assert.deepEqual([blind.code, blind.stdout], [0, ''], 'the chains are whole');
      await copy.fill(user, bystander);
      const time = (await checkpoint()).split(' ')[0];
      await copy.sql(statements);
      const { code, stdout, stderr } = await verify();
      assert.equal(code, 1);
      assert.ok(stdout.startsWith(`checkpoint of ${time}: `), stdout);
      assert.match(stdout.trimEnd(), fault);
      assert.match(stderr, / 1 bad$/m);
      assert.equal((await verify(bystander)).code, 0);
    });
  }

  it('is not written over a trail that does not fit the one before', async () => {
    const line = await checkpoint();
    await copy.sql(wiped);
    const { code, stdout } = await copy.rung('audit', 'checkpoint');
    assert.equal(code, 1);
    assert.match(stdout, /^checkpoint of /);
    assert.equal(readFileSync(file, 'utf8'), line);
  });

  const edits = [
    ['time', (words) => { words[0] = words[0].replace(/^20/, '19'); }],
    ['users', (words) => { words[1] = '1'; }],
    ['records', (words) => { words[2] += '0'; }],
    ['root', (words) => { words[3] = '0'.repeat(64); }],
    ['seal', (words) => { words[4] = '0'.repeat(64); }],
    ['end', (words) => { words.pop(); }],
  ];
  for (const [what, edit] of edits) {
    it(`is refused with another ${what}`, async () => {
      const words = (await checkpoint()).trimEnd().split(' ');
      edit(words);
      writeFileSync(file, `${words.join(' ')}\n`);
      const { code, stdout } = await verify();
      assert.equal(code, 1);
      assert.equal(stdout, `checkpoint of ${words[0]}: the line was changed, or sealed with`
        + ' another token_key\n');
    });
  }

  it('is held against a copy kept elsewhere', async () => {
    const elsewhere = path.join(copy.dir, 'kept');
    writeFileSync(elsewhere, await checkpoint());
    chmodSync(elsewhere, 0o644); // rung may run as another user than we
    assert.equal((await verify('--checkpoint', elsewhere)).code, 0);
    await copy.sql(wiped);
    rmSync(file);
    await checkpoint(); // as if there had never been another
    assert.equal((await verify()).code, 0);
    const { code, stdout } = await verify('--checkpoint', elsewhere);
    assert.equal(code, 1);
    assert.match(stdout, /^checkpoint of .*: of 2 users /);
  });

  it('that is asked for must be there', async () => {
    const missing = path.join(copy.dir, 'missing');
    assert.ok(!existsSync(missing));
    assert.equal((await verify('--checkpoint', missing)).code, 1);
    assert.equal((await verify(user, '--checkpoint', missing)).code, 2);
  });
});

// ---- Replay ---------------------------------------------------------------

// Twelve months of one customer: more seats, a pause, a renewal that fails
// and is paid late, a part of it given back.
async function aYear(user) {
  const subscription = await subscribe(user, { quantity: 3 });
  for (let month = 1; month <= 12; month++) {
    const { from, until } = subscription.is;
    await waitUntil(from + 8 * day);
    await subscription.updated({ quantity: 3 + month });
    await wait(5 * day);
    await subscription.tell('paused', { status: 'paused' });
    await wait(day);
    await subscription.tell('resumed', { status: 'active' });
    await waitUntil(until + hour);
    await subscription.updated({ status: 'past_due', from: until, until: until + 30 * day });
    await subscription.bill('payment_failed');
    await wait(2 * day);
    const payment = await subscription.bill('paid');
    await subscription.updated({ status: 'active' });
    await wait(day);
    await new Refund(payment, { amount: 500 }).made();
  }
}

describe('rung replay', () => {
  const copy = new Copy();
  const user = newUser('year');
  let replay;
  let took;
  let atItsEnd;
  let rows;

  before(async () => {
    await aYear(user);
    await has(user, 'pro');
    atItsEnd = now();
    rows = [await rowsOf(user), await inboxRows()];
    const began = Date.now();
    replay = await rung('replay', user, '--format', 'json');
    took = Date.now() - began;
    await copy.make();
  });
  after(() => copy.drop());

  it('tells a year of more than a hundred deliveries in under 5 seconds', () => {
    assert.equal(replay.code, 0, replay.stderr);
    const [, deliveries, changes] =
      /^(\d+) deliveries, (\d+) changes; the end is what is stored$/m.exec(replay.stderr);
    assert.ok(Number(deliveries) > 100 && Number(changes) > 50, replay.stderr);
    assert.ok(took < 5000, `${took} ms`);
  });

  it('says what was held when, and what time alone changed', () => {
    const lines = replay.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
    const times = lines.map(({ at }) => at);
    assert.deepEqual(times, [...times].sort());
    assert.ok(lines.some(({ type, status }) => type === 'time' && status === 'grace'));
    assert.ok(lines.some(({ type, status }) =>
      type === 'customer.subscription.paused' && status === 'suspended'));
    assert.equal(Math.max(...lines.map(({ quantity }) => quantity)), 15);
  });

  it('writes nothing', async () => {
    assert.deepEqual([await rowsOf(user), await inboxRows()], rows);
  });

  it('notices that deliveries are missing', async () => {
    await waitUntil(atItsEnd);
    await copy.fill(user);
    assert.equal((await copy.rung('replay', user)).code, 0);
    await copy.sql('delete from inbox order by first_seen desc limit 30');
    const { code, stderr } = await copy.rung('replay', user);
    assert.equal(code, 1);
    assert.match(stderr, /the end is NOT what is stored$/m);
  });

  life('knows what came before anybody could tell whose it is', async (one) => {
    const subscription = new Subscription(one);
    const payment = await subscription.billUnknown();
    await subscription.tell('created');
    await has(one, 'pro');
    await wait(day);
    await new Refund(payment).made();
    await has(one, 'free');
  });

  it('of nobody is empty', async () => {
    const { code, stderr } = await rung('replay', newUser());
    assert.equal(code, 0);
    assert.match(stderr, /^0 deliveries, 0 changes/);
  });
});
