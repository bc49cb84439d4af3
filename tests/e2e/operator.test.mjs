// What an operator can do by hand, and find out: giving and withholding, and
// why somebody holds what they hold.
import assert from 'node:assert/strict';
import { afterEach, before, describe, it } from 'node:test';
import { api, can, checkKey, clientToken, entitlements, newUser, now, paid, rung, sql,
  sqlValue } from './lib.mjs';
import { assertPointer, assertProblem, refundEvent, rowsOf } from './more.mjs';
import { Dispute, assertWhole, assetOf, backToToday, day, has, hour, life, seconds, startPaying,
  subscribe, tell, wait } from './stripe-life.mjs';

afterEach(backToToday);

function iso(moment) {
  return new Date(moment * 1000).toISOString();
}

// ---- Overrides ------------------------------------------------------------

const because = { reason: 'ticket 812', operator: 'ann' };

function give(user, kind, name, more = {}, options = {}) {
  return api('POST', `/v1/users/${user}/overrides`,
    { body: { kind, name, ...because, ...more }, ...options });
}

async function given(user, kind, name, more = {}) {
  const { status, json, text } = await give(user, kind, name, more);
  assert.equal(status, 201, text);
  return json;
}

function takeBack(user, id) {
  return api('POST', `/v1/users/${user}/overrides/${id}/revoke`);
}

async function overrides(user) {
  return (await api('GET', `/v1/users/${user}/overrides`)).json.data;
}

// Each kind: what the API and the command are told, and how it shows.
const limit = 'api:requests_per_day';
const gifts = [
  ['a capability', ['grant_capability', 'export:csv'], 'capability:export:csv',
    (doc) => doc.capabilities.includes('export:csv')],
  ['the lack of one', ['revoke_capability', 'read:public'], 'without:read:public',
    (doc) => !doc.capabilities.includes('read:public')],
  ['a tier', ['grant_tier', 'enterprise'], 'tier:enterprise',
    (doc) => doc.tier === 'enterprise' && doc.status === 'active'],
  ['an add-on', ['grant_addon', 'export-pack'], 'addon:export-pack',
    (doc) => doc.capabilities.includes('export:csv')],
  ['a limit', ['set_limit', limit, { value: 5000 }], `limit:${limit}=5000`,
    (doc) => doc.limits[limit].value === 5000],
  ['no limit at all', ['set_limit', limit, { value: 'unlimited' }], `limit:${limit}=unlimited`,
    (doc) => doc.limits[limit].unlimited],
];

describe('an override', () => {
  for (const [what, [kind, name, more], operand, shows] of gifts) {
    it(`of ${what} by the API shows at once, and is gone when it is taken back`, async () => {
      const user = newUser();
      const before = await entitlements(user);
      assert.ok(!shows(before));
      const override = await given(user, kind, name, more);
      assert.ok(shows(await entitlements(user)));
      assert.equal((await takeBack(user, override.id)).status, 200);
      const doc = await entitlements(user);
      assert.deepEqual([doc.tier, doc.capabilities, doc.limits],
        [before.tier, before.capabilities, before.limits]);
      await assertWhole(user);
    });

    it(`of ${what} by the command is the same`, async () => {
      const user = newUser();
      const granted = await rung('user', 'grant', user, operand, '--reason', 'ticket 812',
        '--operator', 'ann');
      assert.equal(granted.code, 0, granted.stderr);
      assert.ok(shows(await entitlements(user)));
      const [one] = await overrides(user);
      assert.deepEqual([one.id, one.kind, one.name, one.value, one.reason, one.operator],
        [granted.stdout.trim(), kind, name, more?.value ?? null, because.reason,
          because.operator]);
      const taken = await rung('user', 'revoke', user, one.id);
      assert.equal(taken.code, 0, taken.stderr);
      assert.ok(!shows(await entitlements(user)));
      await assertWhole(user);
    });
  }

  it('is one version, one audit record that names it, and a notice', async () => {
    const user = newUser();
    const override = await given(user, 'grant_capability', 'export:csv');
    const { version, audit, outbox } = await rowsOf(user);
    assert.deepEqual([version, audit, outbox], [1, 1, 1]);
    const [{ cause }] = await sql(`select cause from audit where user_id = '${user}'`);
    assert.equal(cause, override.id);
    assert.equal(await sqlValue(`select type from outbox where user_id = '${user}'`),
      'rung.entitlement.changed');
  });

  it('is listed for ever, with who gave it and why', async () => {
    const user = newUser();
    const first = await given(user, 'grant_tier', 'pro', { until: iso(now() + day) });
    await given(user, 'grant_addon', 'export-pack');
    await takeBack(user, first.id);
    const list = await overrides(user);
    assert.deepEqual(list.map(({ name, reason, operator, ended_at: ended }) =>
      [name, reason, operator, ended !== null]),
    [['pro', 'ticket 812', 'ann', true], ['export-pack', 'ticket 812', 'ann', false]]);
    const { stdout } = await rung('user', 'overrides', user);
    assert.match(stdout, /taken back .*grant_tier .*pro .*ann .*ticket 812\n/);
    assert.match(stdout, /in force .*grant_addon .*export-pack .*for good .*ann/);
  });

  life('ends with its date, without cron, in one version', async (user) => {
    const end = now() + 10 * day;
    await given(user, 'grant_tier', 'pro', { until: iso(end) });
    assert.equal(seconds((await has(user, 'pro')).ends_at), end);
    const { version } = await rowsOf(user);
    await wait(10 * day - 30);
    await has(user, 'pro');
    await wait(60);
    const doc = await has(user, 'free');
    assert.equal(assetOf(doc, 'api_key'), undefined);
    const rows = await rowsOf(user);
    assert.deepEqual([rows.version, rows.audit], [version + 1, version + 1]);
    assert.match((await rung('user', 'overrides', user)).stdout, / over /);
  });

  life('by the command ends after the duration it names', async (user) => {
    await rung('user', 'grant', user, 'capability:export:csv', '--reason', 'trial',
      '--until', '30d');
    const [{ until }] = await overrides(user);
    assert.ok(Math.abs(seconds(until) - (now() + 30 * day)) < 60, until);
    await wait(30 * day - hour);
    assert.equal(await can(user, 'export:csv'), true);
    await wait(2 * hour);
    assert.equal(await can(user, 'export:csv'), false);
  });

  life('is kept by all that comes later', async (user) => {
    await given(user, 'grant_capability', 'sso:saml');
    await given(user, 'revoke_capability', 'export:csv');
    await given(user, 'set_limit', limit, { value: 70000 });
    const isKept = async (tier, status) => {
      const doc = await has(user, tier, status);
      assert.ok(doc.capabilities.includes('sso:saml'));
      assert.ok(!doc.capabilities.includes('export:csv'));
      assert.equal(doc.limits[limit].value, 70000);
    };
    await isKept('free');
    const subscription = await subscribe(user);
    await isKept('pro');
    await wait(30 * day);
    await subscription.renew();
    await isKept('pro');
    await wait(day);
    await new Dispute(subscription.first).opened();
    await subscription.tell('paused', { status: 'paused' });
    await isKept('free', 'suspended');
    await subscription.deleted();
    await isKept('free');
  });

  it('is refused without reason, operator, or a name that there is', async () => {
    const user = newUser();
    const refused = [
      ['grant_tier', 'pro', { reason: undefined }, '/reason'],
      ['grant_tier', 'pro', { reason: '' }, '/reason'],
      ['grant_tier', 'pro', { operator: undefined }, '/operator'],
      ['grant_tier', 'platinum', {}, '/name'],
      ['grant_tier', 'export-pack', {}, '/name'],
      ['grant_addon', 'pro', {}, '/name'],
      ['grant_capability', 'export:cvs', {}, '/name'],
      ['revoke_capability', 'export:cvs', {}, '/name'],
      ['set_limit', 'api:requests', { value: 1 }, '/name'],
      ['set_limit', limit, {}, '/value'],
      ['set_limit', limit, { value: -1 }, '/value'],
      ['set_limit', limit, { value: 'many' }, '/value'],
      ['grant_everything', 'pro', {}, '/kind'],
      ['grant_tier', 'pro', { until: iso(now() - 60) }, '/until'],
      ['grant_tier', 'pro', { until: 'tomorrow' }, '/until'],
    ];
    for (const [kind, name, more, pointer] of refused) {
      assertPointer(await give(user, kind, name, more), 422, 'invalid-value', pointer);
    }
    assert.deepEqual(await overrides(user), []);
    assert.equal((await rowsOf(user)).version, 0);
  });

  it('is refused by the command as well, with the status that says whose fault', async () => {
    const user = newUser();
    const refused = [
      [2, ['tier:pro']],
      [2, ['pro', '--reason', 'x']],
      [2, ['tier:', '--reason', 'x']],
      [2, [`limit:${limit}`, '--reason', 'x']],
      [2, [`limit:${limit}=-5`, '--reason', 'x']],
      [2, ['tier:pro', '--reason', 'x', '--until', 'soon']],
      [1, ['tier:pro', '--reason', '']],
      [1, ['tier:pro', '--reason', 'x', '--operator', '']],
      [1, ['tier:platinum', '--reason', 'x']],
      [1, ['addon:pro', '--reason', 'x']],
      [1, ['capability:export:cvs', '--reason', 'x']],
      [1, ['limit:api:requests=5', '--reason', 'x']],
      [1, ['tier:pro', '--reason', 'x', '--until', '2020-01-01T00:00:00Z']],
    ];
    for (const [code, args] of refused) {
      const answer = await rung('user', 'grant', user, ...args);
      assert.equal(answer.code, code, `${args.join(' ')}: ${answer.stderr}`);
      assert.match(answer.stderr, /^rung: ./, args.join(' '));
    }
    assert.deepEqual(await overrides(user), []);
  });

  it('is taken back once, and only from its own user', async () => {
    const [user, other] = [newUser(), newUser()];
    const { id } = await given(user, 'grant_tier', 'pro');
    assertProblem(await takeBack(other, id), 422, 'invalid-value');
    await has(user, 'pro');
    assert.equal((await takeBack(user, id)).status, 200);
    const rows = await rowsOf(user);
    assertProblem(await takeBack(user, id), 422, 'invalid-value');
    assert.equal((await rung('user', 'revoke', user, id)).code, 1);
    assert.deepEqual(await rowsOf(user), rows);
  });

  it('is for server keys alone', async () => {
    const user = newUser();
    for (const key of [checkKey, await clientToken(user)]) {
      assertProblem(await give(user, 'grant_tier', 'pro', {}, { key }), 403, 'not-allowed');
      assertProblem(await api('GET', `/v1/users/${user}/overrides`, { key }), 403,
        'not-allowed');
    }
    await has(user, 'free');
  });

  it('given by two at once is there twice and lost by neither', async () => {
    const user = newUser();
    await Promise.all([given(user, 'grant_capability', 'export:csv'),
      given(user, 'grant_capability', 'sso:saml')]);
    const { capabilities, version } = await entitlements(user);
    assert.ok(capabilities.includes('export:csv') && capabilities.includes('sso:saml'));
    assert.equal(version, 2);
  });
});

// ---- Explaining -----------------------------------------------------------

describe('an explanation', () => {
  const user = newUser('explained');
  let bought;
  let event;
  let higher;
  let override;

  async function explain(...more) {
    const { code, stdout, stderr } = await rung('user', 'explain', user, ...more,
      '--format', 'json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  }

  before(async () => {
    bought = await startPaying(user);
    event = (await tell(paid(bought.reference))).id;
    higher = await subscribe(user, { price: 'price_ent' }, 19900);
    override = await given(user, 'grant_capability', 'export:csv');
  });

  it('names each purchase with its state, its tier and the matrix version', async () => {
    const { purchases, matrix_version: version } = await explain();
    assert.deepEqual(purchases.map(({ key, state, sold, matrix_version: pin }) =>
      [key, state, sold, pin]).sort(), [
      [`stripe/payment/${bought.reference}`, 'active', [{ tier: 'pro', quantity: 1 }], version],
      [`stripe/subscription/${higher.id}`, 'active', [{ tier: 'enterprise', quantity: 1 }],
        version],
    ]);
  });

  it('names the session and the provider\'s event behind a purchase', async () => {
    const { purchases } = await explain();
    const own = purchases.find(({ session }) => session === bought.session);
    assert.equal(own.pinned_by, 'session');
    assert.deepEqual(own.objects, [{ key: own.key, first_event: event }]);
    const other = purchases.find(({ session }) => session === null);
    assert.equal(other.pinned_by, 'time of purchase');
    assert.equal(other.objects.length, 3);
    const told = await sql(`select event_id from inbox where user_id = '${user}'`);
    for (const { key, first_event: id } of other.objects) {
      assert.ok(told.some((row) => row.event_id === id), key);
    }
  });

  it('traces a capability to the purchase that carries it', async () => {
    const { capability } = await explain('sso:saml');
    assert.deepEqual(capability, { name: 'sso:saml', allowed: true, code: 'granted-by-tier',
      tier: 'enterprise', cause: `stripe/subscription/${higher.id}` });
  });

  it('traces a capability to the override that gives it', async () => {
    const { capability, overrides: list } = await explain('export:csv');
    assert.deepEqual([capability.allowed, capability.code, capability.cause],
      [true, 'granted-by-override', override.id]);
    assert.deepEqual(list.map(({ id, in_force: inForce }) => [id, inForce]),
      [[override.id, true]]);
  });

  it('says the same as the check does', async () => {
    for (const name of ['sso:saml', 'export:csv', 'write:limited', 'no:such']) {
      const { capability } = await explain(name);
      const { json } = await api('GET', `/v1/users/${user}/can/${name}`, { key: checkKey });
      assert.deepEqual([capability.allowed, capability.code], [json.allowed, json.code], name);
    }
  });

  it('is for people as well', async () => {
    const { stdout } = await rung('user', 'explain', user, 'sso:saml');
    assert.match(stdout, /^sso:saml: allowed, granted-by-tier$/m);
    assert.match(stdout, new RegExp(`because of stripe/subscription/${higher.id}$`, 'm'));
    assert.match(stdout, /follows matrix version \d+, by time of purchase$/m);
    assert.match(stdout, /first told by evt_/);
    assert.match(stdout, new RegExp(`^override ${override.id}: .*in force$`, 'm'));
  });

  it('says how much of the money went back', async () => {
    const buyer = newUser('part-back');
    const { reference } = await startPaying(buyer);
    await tell(paid(reference));
    await tell(refundEvent(reference, 700));
    const { stdout } = await rung('user', 'explain', buyer);
    assert.match(stdout, /^ {2}refunded 700 of 2900$/m);
    assert.doesNotMatch((await rung('user', 'explain', user)).stdout, /refunded/);
  });

  it('writes nothing, not even for who is unknown', async () => {
    const [rows, other] = [await rowsOf(user), newUser()];
    await explain('sso:saml');
    assert.equal((await rung('user', 'explain', other)).code, 0);
    assert.deepEqual(await rowsOf(user), rows);
    assert.equal(await sqlValue(`select count(*) from users where user_id = '${other}'`), '0');
  });
});
