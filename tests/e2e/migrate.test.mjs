// A matrix that grows: who has bought keeps what was bought, until an operator
// moves purchases on, with a preview and an undo.  And what is shown before an
// upgrade is what the upgrade then gives.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { api, can, entitlements, newPayment, newUser, paid, plainCgi, rung, sql,
  start } from './lib.mjs';
import { exampleMatrix, holding, rowsOf, show } from './more.mjs';
import { Refund, assertWhole, backToToday, buy, day, has, putInForce, subscribe, tell,
  wait } from './stripe-life.mjs';

const added = `beta:thing-${Date.now()}`;
const forAll = `beta:all-${Date.now()}`;

function replaced(yaml, ...pairs) {
  return pairs.reduce((text, [from, to]) => {
    assert.ok(text.includes(from), from);
    return text.replace(from, to);
  }, yaml);
}

// Pro and the export pack gain something, and so does the default tier.
const grown = replaced(exampleMatrix,
  ['[read:public, write:unlimited, export:csv, ',
    `[read:public, write:unlimited, ${added}, export:csv, `],
  ['    capabilities: [export:csv]\n', `    capabilities: [export:csv, ${added}]\n`],
  ['[read:public, write:limited]', `[read:public, write:limited, ${forAll}]`]);

async function override(user, kind, name) {
  const { status, json, text } = await api('POST', `/v1/users/${user}/overrides`,
    { body: { kind, name, reason: 'a gift', operator: 'ann' } });
  assert.equal(status, 201, text);
  return json.id;
}

async function inForce() {
  return (await api('GET', '/v1/tiers')).json.matrix_version;
}

describe('a matrix with more in it', () => {
  const users = Object.fromEntries(['monthly', 'once', 'given', 'lifted', 'paused', 'packed',
    'higher', 'ended', 'default'].map((name) => [name, newUser(name)]));
  const buyers = ['monthly', 'once', 'given', 'lifted', 'paused', 'packed', 'higher'];
  const gaining = ['monthly', 'once', 'given', 'packed'];
  let gift;
  let subscription;
  let oldVersion;
  let newVersion;
  let diffOfFile;
  let first; // what each had before anything was applied

  async function all(read) {
    const names = Object.keys(users);
    const values = await Promise.all(names.map((name) => read(users[name])));
    return Object.fromEntries(names.map((name, i) => [name, values[i]]));
  }

  // What the command said of our users, and the rest of its words.
  async function migrate(...more) {
    const { code, stdout, stderr } = await rung('matrix', 'migrate', ...more);
    assert.equal(code, 0, stderr);
    const lines = stdout.trimEnd().split('\n');
    const of = Object.fromEntries(Object.entries(users).map(([name, user]) =>
      [name, lines.find((line) => line.startsWith(`${user}:`))?.slice(user.length + 2)]));
    return { of, lines: lines.slice(0, -1), sum: lines.at(-1) };
  }

  before(async () => {
    await putInForce(exampleMatrix);
    await wait(5);
    oldVersion = await inForce();
    await subscribe(users.monthly);
    await buy(users.once);
    await subscribe(users.given);
    await override(users.given, 'grant_capability', 'sso:saml');
    await subscribe(users.lifted);
    gift = await override(users.lifted, 'grant_tier', 'enterprise');
    subscription = await subscribe(users.paused);
    await subscription.tell('paused', { status: 'paused' });
    await buy(users.packed, undefined, { target_tier: undefined, addons: ['export-pack'] });
    await subscribe(users.higher, { price: 'price_ent' }, 19900);
    await (await subscribe(users.ended)).deleted();
    const { json } = await start(users.default);
    await api('POST', `/v1/upgrades/${json.session.id}/cancel`);
    first = await all(entitlements);
    diffOfFile = await rung('matrix', 'diff', '-', { input: grown });
    await wait(5);
    await putInForce(grown);
    newVersion = await inForce();
    assert.ok(newVersion > oldVersion);
  });
  after(async () => {
    await backToToday();
    await putInForce(exampleMatrix);
  });

  it('is told apart before it is applied', () => {
    const { code, stdout, stderr } = diffOfFile;
    assert.equal(code, 0, stderr);
    for (const [name, gained] of [['pro', added], ['add-on export-pack', added],
      ['free', forAll]]) {
      assert.ok(stdout.split('\n').includes(`${name}: gains ${gained}`), stdout);
    }
    assert.ok(!/enterprise: |loses|limit/.test(stdout), stdout);
  });

  it('is told apart afterwards, with how many stand on which version', async () => {
    const { code, stdout } = await rung('matrix', 'diff');
    assert.equal(code, 0);
    assert.ok(stdout.includes(`pro: gains ${added}\n`), stdout);
    const count = new RegExp(`^(\\d+) users on purchases of version ${oldVersion}$`, 'm');
    assert.ok(Number(count.exec(stdout)?.[1]) >= 4, stdout);
  });

  it('has no difference from itself', async () => {
    const { code } = await rung('matrix', 'diff', '-', { input: grown });
    assert.equal(code, 3);
  });

  const differences = [
    [['export:csv, api:unlimited]', 'api:unlimited]'], 'pro: loses export:csv'],
    [['limit: 10000}', 'limit: 20000}'],
      'pro: asset storage: STORAGE_QUOTA 10000 -> STORAGE_QUOTA 20000'],
    [['max: 50000, per: day', 'max: 60000, per: day'],
      'pro: limit api:requests_per_day: 50000 per day -> 60000 per day'],
    [['prefix: pk_ent_}', 'prefix: pk_big_}'], 'enterprise: asset api_key: API_KEY pk_ent_, ' +
      'overlap 0 s -> API_KEY pk_big_, overlap 0 s'],
    [['grace: 7d', 'grace: 8d'], 'pro: grace 604800 s -> 691200 s'],
    [['rank: 20', 'rank: 30'], 'enterprise: rank 20 -> 30'],
    [['refund_partial: keep', 'refund_partial: revoke'],
      'policy: refund_partial: keep -> revoke'],
    [['  enterprise:\n', '  business:\n'], 'enterprise: is gone'],
  ];
  for (const [change, line] of differences) {
    it(`would say "${line}"`, async () => {
      const { stdout } = await rung('matrix', 'diff', '-', { input: replaced(grown, change) });
      assert.ok(stdout.split('\n').includes(line), stdout);
    });
  }

  it('changes nobody who has bought', async () => {
    const now = await all(entitlements);
    for (const name of ['monthly', 'once', 'given', 'higher']) {
      assert.deepEqual(now[name], first[name], name);
    }
    for (const name of ['lifted', 'packed', 'paused']) {
      assert.equal(await can(users[name], added), false, name);
    }
  });

  it('is at once that of who is on the default tier', async () => {
    for (const user of [users.default, newUser()]) {
      const doc = await entitlements(user);
      assert.ok(doc.capabilities.includes(forAll));
      assert.equal(doc.matrix_version, newVersion);
    }
    const { version } = await entitlements(users.default);
    assert.equal(version, first.default.version + 1);
  });

  describe('when purchases are moved on to it', () => {
    let rowsBefore;
    let dry;
    let rowsAfterDry;
    let waiter;
    let said;

    before(async () => {
      await all(entitlements);
      rowsBefore = await all(rowsOf);
      dry = await migrate('--dry-run');
      rowsAfterDry = await all(rowsOf);
      if (!plainCgi) {
        waiter = api('GET',
          `/v1/watch/users/${users.monthly}?since=${rowsBefore.monthly.version}&wait=20`);
      }
      said = await migrate();
    });

    it('the preview changes nothing', () => {
      assert.deepEqual(rowsAfterDry, rowsBefore);
    });

    it('the preview tells each who gains, and no one else', () => {
      for (const name of gaining) assert.equal(dry.of[name], `+${added}`, name);
      assert.equal(dry.of.higher, 'nothing gained or lost');
      assert.equal(dry.of.lifted, 'nothing gained or lost');
      assert.equal(dry.of.paused, 'nothing gained or lost');
      assert.equal(dry.of.ended, undefined);
      assert.equal(dry.of.default, undefined);
    });

    it('the preview tells the same as is then done', () => {
      assert.deepEqual(said.lines, dry.lines);
      assert.equal(said.sum, dry.sum.replace('would be moved', 'moved'));
      assert.match(said.sum, /^\d+ users moved$/);
    });

    it('buyers have it at once, on the new version', async () => {
      for (const name of gaining) {
        assert.equal(await can(users[name], added), true, name);
      }
      for (const name of ['monthly', 'once', 'given', 'higher']) {
        assert.equal((await entitlements(users[name])).matrix_version, newVersion, name);
      }
    });

    it('it is one version, one record that names the matrix, and a notice', async () => {
      const rows = await all(rowsOf);
      for (const name of gaining) {
        const { version, audit, outbox } = rows[name];
        assert.deepEqual([version, audit, outbox],
          [rowsBefore[name].version + 1, version, rowsBefore[name].outbox + 1], name);
        const [record] = await sql(`select a.cause, a.detail, o.type from audit a
          join outbox o on o.user_id = a.user_id and o.ver = a.n
          where a.user_id = '${users[name]}' and a.n = ${version}`);
        assert.equal(record.cause, `matrix ${newVersion}`);
        assert.equal(record.type, 'rung.entitlement.changed');
        assert.deepEqual(JSON.parse(record.detail).delta.capabilities,
          { gain: [added], lose: [] });
      }
    });

    it('who waits is woken', { skip: plainCgi }, async () => {
      const { status, json } = await waiter;
      assert.equal(status, 200);
      assert.ok(json.capabilities.includes(added));
    });

    it('the grants of purchases stay as they were', async () => {
      const rows = await all(rowsOf);
      for (const name of buyers) {
        assert.deepEqual([rows[name].grants, rows[name].tiers_granted],
          [rowsBefore[name].grants, rowsBefore[name].tiers_granted], name);
      }
    });

    it('who ended or never bought is left alone', async () => {
      const rows = await all(rowsOf);
      for (const name of ['ended', 'default']) {
        assert.deepEqual(rows[name], rowsBefore[name], name);
      }
    });

    it('an override stays in force', async () => {
      assert.equal(await can(users.given, 'sso:saml'), true);
      assert.equal((await entitlements(users.lifted)).tier, 'enterprise');
    });

    it('the explanation says so', async () => {
      const { stdout } = await rung('user', 'explain', users.monthly, added);
      assert.match(stdout, /: allowed, granted-by-tier$/m);
      assert.ok(stdout.includes(`follows matrix version ${newVersion}, by migration\n`), stdout);
    });

    it('nothing is left to move', async () => {
      const { code, stdout } = await rung('matrix', 'migrate');
      assert.deepEqual([code, stdout], [3, '']);
    });

    it('later news leaves a purchase where it was moved to', async () => {
      await wait(5);
      await subscription.tell('resumed', { status: 'active' });
      await has(users.paused, 'pro');
      assert.equal(await can(users.paused, added), true);
    });

    it('a purchase under a gift was moved too', async () => {
      await api('POST', `/v1/users/${users.lifted}/overrides/${gift}/revoke`);
      await has(users.lifted, 'pro');
      assert.equal(await can(users.lifted, added), true);
    });

    it('trails are whole and histories told again end there', async () => {
      for (const user of Object.values(users)) await assertWhole(user);
    });

    describe('and back', () => {
      const back = [...gaining, 'lifted', 'paused'];
      let undone;
      let version;

      before(async () => {
        version = (await rowsOf(users.monthly)).version;
        dry = await migrate('--undo', '--dry-run');
        undone = await migrate('--undo');
      });

      it('the preview tells the same as is then done', () => {
        for (const name of back) assert.equal(undone.of[name], `-${added}`, name);
        assert.deepEqual(undone.lines, dry.lines);
        assert.match(undone.sum, /^\d+ users moved back$/);
      });

      it('buyers have what they had', async () => {
        for (const name of ['monthly', 'once', 'given', 'higher']) {
          const doc = await entitlements(users[name]);
          assert.deepEqual(holding(doc), holding(first[name]), name);
          assert.equal(doc.matrix_version, oldVersion, name);
        }
        for (const name of back) assert.equal(await can(users[name], added), false, name);
        assert.equal((await rowsOf(users.monthly)).version, version + 1);
      });

      it('an override stays in force', async () => {
        assert.equal(await can(users.given, 'sso:saml'), true);
      });

      it('nothing is left to undo', async () => {
        assert.equal((await rung('matrix', 'migrate', '--undo')).code, 3);
      });

      it('the log has it all, in order', async () => {
        const { stdout } = await rung('matrix', 'log');
        const words = stdout.split('\n').filter((line) =>
          new RegExp(` ${newVersion} +\\S`).test(line)).map((line) =>
          / (applied|moved to|moved back from) /.exec(line)?.[1]);
        assert.deepEqual(words, ['applied', 'moved to', 'moved back from']);
      });

      it('trails are whole and histories told again end there', async () => {
        for (const user of Object.values(users)) await assertWhole(user);
      });
    });
  });
});

describe('the preview of an upgrade', () => {
  afterEach(backToToday);

  async function readIt(user, wish, reference) {
    const rows = await rowsOf(user);
    const body = { user, target_tier: 'pro', quantity: 1,
      payment: { provider: 'stripe', reference }, ...wish };
    const { status, json, text } = await api('POST', '/v1/upgrades/preview', { body });
    assert.equal(status, 200, text);
    assert.deepEqual(await rowsOf(user), rows, 'a preview writes nothing');
    return { body, ...json };
  }

  function assertDelta(delta, was, is) {
    assert.deepEqual(delta.capabilities, {
      gain: is.capabilities.filter((name) => !was.capabilities.includes(name)),
      lose: was.capabilities.filter((name) => !is.capabilities.includes(name)) });
  }

  // What is asked for, and what the user has done before.
  const buying = [
    ['of a new user', {}, () => {}],
    ['to the highest tier', { target_tier: 'enterprise' }, () => {}],
    ['of five seats', { quantity: 5 }, () => {}],
    ['of an add-on', { target_tier: undefined, addons: ['export-pack'] }, () => {}],
    ['of who bought once', { target_tier: 'enterprise' }, (user) => buy(user)],
    ['beside a subscription', { target_tier: 'enterprise' }, (user) => subscribe(user)],
    ['of who is paused', { target_tier: 'enterprise' }, async (user) => {
      const subscription = await subscribe(user);
      await subscription.tell('paused', { status: 'paused' });
    }],
    ['of who was refunded', {}, async (user) => {
      await new Refund((await subscribe(user)).first).made();
    }],
    ['of who has overrides', {}, async (user) => {
      await override(user, 'grant_capability', 'sso:saml');
      await override(user, 'revoke_capability', 'export:csv');
    }],
    ['below a gift', {}, (user) => override(user, 'grant_tier', 'enterprise')],
  ];
  for (const [what, wish, live] of buying) {
    it(`${what} is what is then given`, async () => {
      const user = newUser();
      await live(user);
      const was = await entitlements(user);
      const preview = await readIt(user, wish, newPayment());
      const started = await api('POST', '/v1/upgrades', { body: preview.body });
      assert.equal(started.status, 201, started.text);
      assert.deepEqual(started.json.session.delta, preview.delta);
      await tell(paid(preview.body.payment.reference));
      const is = await entitlements(user);
      assert.deepEqual(holding(preview.optimistic), holding(is));
      assert.deepEqual(holding(started.json.optimistic), holding(is));
      assertDelta(preview.delta, was, is);
      assert.equal((await show(started.json.session.id)).json.session.status, 'completed');
      await assertWhole(user);
    });
  }

  // What a running subscription of two becomes.
  const changing = [
    ['of a subscription', { target_tier: 'enterprise' }, { price: 'price_ent' }],
    ['of a subscription\'s seats', { quantity: 7 }, { quantity: 7 }],
    ['of both', { target_tier: 'enterprise', quantity: 7 },
      { price: 'price_ent', quantity: 7 }],
  ];
  for (const [what, wish, becomes] of changing) {
    it(`${what} is what the change then gives`, async () => {
      const user = newUser();
      const subscription = await subscribe(user, { quantity: 2 }, 5800);
      await wait(day);
      const was = await entitlements(user);
      const preview = await readIt(user, { quantity: 1, ...wish }, subscription.id);
      await subscription.updated({ quantity: 1, ...becomes });
      const is = await entitlements(user);
      assert.deepEqual(holding(preview.optimistic), holding(is));
      assertDelta(preview.delta, was, is);
      await assertWhole(user);
    });
  }
});
