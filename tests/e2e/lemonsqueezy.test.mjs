// Lemon Squeezy through the web server: every recorded delivery, what a
// purchase buys, and that it is bought once however often it is told.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { can, clock, entitlements, fixture, newUser, sql, sqlValue, start, top } from './lib.mjs';
import { assertProblem, exampleMatrix, holding, rowsOf, show } from './more.mjs';
import { asRecorded, clockAt, deliverLemon, idFor, lemon, lemonMatrix, lemonSignature,
  startLemon, tellLemon, variants } from './lemon-life.mjs';
import { assertWhole, putInForce } from './stripe-life.mjs';

const dir = path.join(top, 'tests/fixtures');
const names = readdirSync(path.join(dir, 'lemonsqueezy')).map((file) => path.parse(file).name)
  .sort();
const afterAll = Date.parse('2026-11-01T12:00:00Z') / 1000;

function stateOf(event) {
  return sqlValue(`select state from inbox where provider = 'lemonsqueezy'
    and event_id = '${event.meta.webhook_id}'`);
}

async function sessionOf(id) {
  const { status, reason } = (await show(id)).json.session;
  return [status, reason];
}

describe('a recorded delivery of Lemon Squeezy', () => {
  before(() => clock(afterAll - Math.floor(Date.now() / 1000)));
  after(() => clock(0));

  it('is one of 30', () => {
    assert.equal(names.length, 30);
  });

  for (const name of names) {
    it(`${name} is answered 200, kept as it came, and a copy the second time`, async () => {
      const bytes = fixture(name, 'lemonsqueezy');
      const event = JSON.parse(bytes);
      const first = await deliverLemon(bytes);
      assert.equal(first.status, 200, first.text);
      assert.ok(['applied', 'ignored', 'deferred', 'quarantined']
        .includes(await stateOf(event)));
      const again = await deliverLemon(bytes);
      assert.equal(again.status, 200, again.text);
      assert.deepEqual(await sql(`select type, hex(body_digest) as digest,
        length(body) as bytes from inbox where event_id = '${event.meta.webhook_id}'`),
      [{ type: event.meta.event_name, bytes: String(bytes.length),
        digest: createHash('sha256').update(bytes).digest('hex').toUpperCase() }]);
    });
  }

  it('has the signature that is documented', () => {
    const { files, secrets } = JSON.parse(readFileSync(path.join(dir, 'signatures.json')));
    for (const name of names) {
      assert.equal(lemonSignature(fixture(name, 'lemonsqueezy'), secrets.lemonsqueezy),
        files[`lemonsqueezy/${name}.json`].header, name);
    }
  });
});

describe('a delivery of Lemon Squeezy', () => {
  const bytes = () => Buffer.from(JSON.stringify(lemon('order_created.one-time', newUser())));
  const refused = {
    'without a signature': (body) => deliverLemon(body, { signature: null }),
    'with an empty signature': (body) => deliverLemon(body, { signature: '' }),
    'signed with another secret': (body) => deliverLemon(body, { secret: 'another' }),
    'with its signature in upper case': (body) => deliverLemon(body,
      { signature: lemonSignature(body).toUpperCase() }),
    'changed on its way': (body) => deliverLemon(Buffer.concat([body, Buffer.from(' ')]),
      { signature: lemonSignature(body) }),
  };
  for (const [what, send] of Object.entries(refused)) {
    it(`${what} is refused and leaves nothing`, async () => {
      const body = bytes();
      assertProblem(await send(body), 400, 'bad-signature');
      assert.equal(await stateOf(JSON.parse(body)), undefined);
    });
  }

  it('is what its body says, whatever the header X-Event-Name does', async () => {
    const user = newUser();
    await putInForce(lemonMatrix());
    await clockAt('2026-09-02');
    const answer = await deliverLemon(lemon('order_created.one-time', user),
      { headers: { 'X-Event-Name': 'order_refunded' } });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(await can(user, 'export:csv'), true);
    await clock(0);
    await putInForce(exampleMatrix);
  });
});

describe('what is paid at Lemon Squeezy', () => {
  before(async () => {
    await putInForce(lemonMatrix());
    await clockAt('2026-09-01T10:00:00Z');
  });
  after(async () => {
    await clock(0);
    await putInForce(exampleMatrix);
  });

  it('completes the session that it names and asked for it', async () => {
    const user = newUser();
    const session = await startLemon(user, { target_tier: 'pro', quantity: 5 });
    await tellLemon(lemon('subscription_created', user, { session }));
    const doc = await entitlements(user);
    assert.deepEqual([doc.tier, doc.quantity, doc.status], ['pro', 5, 'active']);
    assert.deepEqual(await sessionOf(session), ['completed', null]);
  });

  it('is 1 when 5 were asked for and 1 was paid', async () => {
    const user = newUser();
    const session = await startLemon(user, { target_tier: 'pro', quantity: 5 });
    await tellLemon(lemon('subscription_created', user, { session, change: (attributes) => {
      attributes.first_subscription_item.quantity = 1;
    } }));
    const doc = await entitlements(user);
    assert.deepEqual([doc.tier, doc.quantity], ['pro', 1]);
    assert.deepEqual(await sessionOf(session), ['failed', 'other_price_paid']);
  });

  it('is the cheaper variant when the buyer turned to that', async () => {
    const user = newUser();
    const session = await startLemon(user, { target_tier: 'team', quantity: 5 });
    await tellLemon(lemon('subscription_created', user, { session }));
    assert.equal((await entitlements(user)).tier, 'pro');
    assert.deepEqual(await sessionOf(session), ['failed', 'other_price_paid']);
  });

  it('is its payer\'s, although custom_data names the session of another', async () => {
    const [user, other] = [newUser(), newUser()];
    const session = await startLemon(other, { target_tier: 'pro', quantity: 5 });
    await tellLemon(lemon('subscription_created', user, { session }));
    assert.equal((await entitlements(user)).tier, 'pro');
    assert.equal((await entitlements(other)).tier, 'free');
    assert.notEqual((await sessionOf(session))[0], 'completed');
  });

  it('is a gift of what was paid when custom_data names another user', async () => {
    const [payer, other] = [newUser('payer'), newUser('other')];
    const asked = await startLemon(payer, { target_tier: 'pro', quantity: 5 });
    const theirs = await startLemon(other, { target_tier: 'team', quantity: 9 });
    await tellLemon(lemon('subscription_created', payer, { change: (_, event) => {
      event.meta.custom_data = { rung_user: other };
    } }));
    const doc = await entitlements(other);
    assert.deepEqual([doc.tier, doc.quantity], ['pro', 5]);
    assert.equal((await entitlements(payer)).tier, 'free');
    for (const session of [asked, theirs])
      assert.deepEqual(await sessionOf(session), ['pending', null]);
  });

  it('takes nothing from another user whom custom_data names', async () => {
    const [payer, other] = [newUser('payer'), newUser('other')];
    await tellLemon(lemon('subscription_updated.upgrade', other));
    const before = holding(await entitlements(other));
    assert.deepEqual([before.tier, before.quantity], ['team', 5]);
    const given = { change: (_, event) => { event.meta.custom_data = { rung_user: other }; } };
    for (const name of ['subscription_created', 'subscription_expired']) {
      await tellLemon(lemon(name, payer, given));
      assert.deepEqual(holding(await entitlements(other)), before, name);
    }
    assert.equal((await entitlements(payer)).tier, 'free');
  });

  it('is the session\'s user\'s when custom_data names no user', async () => {
    const user = newUser();
    const session = await startLemon(user, { target_tier: 'team', quantity: 5 });
    await tellLemon(lemon('subscription_created', newUser(), { change: (_, event) => {
      event.meta.custom_data = { rung_session: session };
    } }));
    const doc = await entitlements(user);
    assert.deepEqual([doc.tier, doc.quantity], ['pro', 5]);
  });

  it('is what the variant is worth, whatever else custom_data claims', async () => {
    const user = newUser();
    await tellLemon(lemon('subscription_created', user, { change: (_, event) => {
      Object.assign(event.meta.custom_data, { tier: 'enterprise', quantity: '900',
        variant_id: String(variants.team), rung_session: '../../x' });
    } }));
    const doc = await entitlements(user);
    assert.deepEqual([doc.tier, doc.quantity], ['pro', 5]);
  });

  it('waits when it names nobody', async () => {
    const event = await tellLemon(lemon('order_created.one-time', newUser(),
      { change: (_, whole) => { delete whole.meta.custom_data; } }));
    assert.equal(await stateOf(event), 'deferred');
  });

  it('is kept for an operator when no tier sells the variant', async () => {
    const user = newUser();
    const event = await tellLemon(lemon('order_created.one-time', user,
      { change: (attributes) => { attributes.first_order_item.variant_id = 999; } }));
    assert.equal(await stateOf(event), 'quarantined');
    assert.equal((await rowsOf(user)).grants, 0);
  });

  it('is nothing when it is of the other mode', async () => {
    const user = newUser();
    const event = await tellLemon(lemon('order_created.one-time', user,
      { change: (attributes, whole) => {
        attributes.test_mode = false;
        whole.meta.test_mode = false;
      } }));
    assert.equal(await stateOf(event), 'ignored');
    assert.equal(await can(user, 'export:csv'), false);
  });

  it('is nothing when it says both modes, and an operator is told', async () => {
    const user = newUser();
    const event = lemon('order_created.one-time', user,
      { change: (attributes) => { attributes.test_mode = false; } });
    await tellLemon(event);
    const id = `x:${createHash('sha256').update(JSON.stringify(event)).digest('hex')}`;
    assert.equal(await sqlValue(`select state from inbox where event_id = '${id}'`),
      'quarantined');
    assert.equal(await can(user, 'export:csv'), false);
  });

  it('is nothing when it was paid to another store', async () => {
    const user = newUser();
    const event = await tellLemon(lemon('order_created.one-time', user,
      { change: (attributes) => { attributes.store_id += 1; } }));
    assert.equal(await stateOf(event), 'ignored');
    assert.equal(await can(user, 'export:csv'), false);
  });

  it('once is an add-on, until it is refunded in full or was a fraud', async () => {
    const orders = [['order_refunded.partial', true], ['order_refunded.full', false],
      ['order_refunded.fraudulent', false]];
    for (const [name, kept] of orders) {
      const user = newUser();
      const session = await startLemon(user, { addons: ['export-pack'] });
      await tellLemon(lemon('order_created.pending', user, { session }));
      assert.equal(await can(user, 'export:csv'), false);
      assert.equal((await show(session)).json.session.payment_status, 'processing');
      await tellLemon(lemon('order_created.one-time', user, { session }));
      assert.equal(await can(user, 'export:csv'), true);
      assert.deepEqual(await sessionOf(session), ['completed', null]);
      await tellLemon(lemon(name, user, { session }));
      assert.equal(await can(user, 'export:csv'), kept, name);
    }
  });

  it('is refunded by a bill that names nobody', async () => {
    const user = newUser();
    await clockAt('2026-10-09');
    for (const name of ['subscription_updated.renewed',
      'subscription_payment_success.renewal']) await tellLemon(lemon(name, user));
    assert.equal((await entitlements(user)).tier, 'pro');
    await tellLemon(lemon('subscription_payment_refunded.full', user));
    assert.equal((await entitlements(user)).tier, 'free');
    await clockAt('2026-09-01T10:00:00Z');
  });

  it('as a start\'s payment reference is found by its number and kind', async () => {
    const user = newUser();
    const order = idFor(5400101, user);
    const { json, status, text } = await start(user, undefined, {
      target_tier: undefined, addons: ['export-pack'],
      payment: { provider: 'lemonsqueezy', reference: `order:${order}` } });
    assert.equal(status, 201, text);
    await tellLemon(lemon('order_created.one-time', user,
      { change: (_, event) => { delete event.meta.custom_data; } }));
    assert.equal(await can(user, 'export:csv'), true);
    assert.deepEqual(await sessionOf(json.session.id), ['completed', null]);
  });
});

const begun = ['order_created.subscription', 'subscription_created',
  'subscription_payment_success.initial', 'subscription_updated.after-create'];
const story = [...begun, 'subscription_updated.upgrade', 'subscription_plan_changed',
  'subscription_payment_success.updated', 'subscription_updated.seats',
  'subscription_updated.downgrade', 'subscription_updated.renewed',
  'subscription_payment_success.renewal', 'subscription_cancelled'];

describe('an order of a subscription', () => {
  after(async () => {
    await clock(0);
    await putInForce(exampleMatrix);
  });

  for (const interval of [true, false]) {
    it(`is one grant with it, the matrix ${interval ? '' : 'not '}saying that it renews`,
      async () => {
        await clock(0);
        await putInForce(lemonMatrix({ interval }));
        await clockAt('2026-09-02');
        for (const order of [begun, [...begun].reverse()]) {
          const user = newUser();
          for (const name of order) await tellLemon(lemon(name, user));
          const doc = await entitlements(user);
          assert.deepEqual([doc.tier, doc.quantity, doc.status], ['pro', 5, 'active']);
          assert.equal(asRecorded(doc.renews_at), '2026-10-01T11:00:02.000Z');
          assert.equal((await rowsOf(user)).tiers_granted, 1);
        }
      });
  }

  it('grants nothing alone where the matrix says that its price renews', async () => {
    await clock(0);
    await putInForce(lemonMatrix());
    await clockAt('2026-09-02');
    const user = newUser();
    await tellLemon(lemon('order_created.subscription', user));
    assert.equal((await entitlements(user)).tier, 'free');
  });
});

describe('what is told twice', () => {
  before(async () => {
    await putInForce(lemonMatrix());
    await clockAt('2026-10-06');
  });
  after(async () => {
    await clock(0);
    await putInForce(exampleMatrix);
  });

  const count = (event) => sqlValue(`select count(*) from inbox
    where provider = 'lemonsqueezy' and ref = '${event.data.id}'`);

  it('under its webhook_id is one delivery', async () => {
    const event = lemon('order_created.one-time', newUser());
    await tellLemon(event);
    await tellLemon(event);
    assert.equal(await count(event), '1');
  });

  it('without a webhook_id is one delivery, though its links are signed anew', async () => {
    const user = newUser();
    const told = (signature) => lemon('subscription_created', user,
      { change: (attributes, event) => {
        delete event.meta.webhook_id;
        for (const name of Object.keys(attributes.urls)) {
          attributes.urls[name] = `https://example.com/?signature=${signature}`;
        }
        event.data.attributes = Object.fromEntries(
          Object.entries(attributes).sort(() => signature - 1));
      } });
    const first = await tellLemon(told(1));
    const { version } = await entitlements(user);
    await tellLemon(told(2));
    await tellLemon(told(0));
    assert.equal(await count(first), '1');
    assert.equal((await entitlements(user)).version, version);
  });

  it('with every id new still grants once', async () => {
    const user = newUser();
    for (const name of story) await tellLemon(lemon(name, user));
    const rows = await rowsOf(user);
    const doc = await entitlements(user);
    for (const name of [...story, ...story]) {
      await tellLemon(lemon(name, user, { change: (_, event) => {
        event.meta.webhook_id = randomUUID();
      } }));
    }
    for (const name of story) {
      await tellLemon(lemon(name, user,
        { change: (_, event) => { delete event.meta.webhook_id; } }));
    }
    assert.deepEqual(await rowsOf(user), rows);
    assert.deepEqual(await entitlements(user), doc);
    assert.equal(rows.tiers_granted, 1);
  });

  it('in any order ends the same', async () => {
    const user = newUser();
    for (const name of story) await tellLemon(lemon(name, user));
    const expected = holding(await entitlements(user));
    assert.deepEqual([expected.tier, expected.quantity], ['pro', 8]);
    let seed = 7;
    for (let round = 0; round < 10; round += 1) {
      const shuffled = [...story];
      for (let i = shuffled.length - 1; i > 0; i -= 1) {
        seed = (seed * 48271) % 2147483647;
        const j = seed % (i + 1);
        [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
      }
      const buyer = newUser();
      for (const name of shuffled) await tellLemon(lemon(name, buyer));
      const doc = await entitlements(buyer);
      assert.deepEqual(holding(doc), expected, shuffled.join());
      assert.equal(asRecorded(doc.ends_at), '2026-11-01T11:00:02.000Z', shuffled.join());
      assert.equal((await rowsOf(buyer)).tiers_granted, 1, shuffled.join());
    }
  });
});

describe('a life at Lemon Squeezy', () => {
  before(() => putInForce(lemonMatrix()));
  after(async () => {
    await clock(0);
    await putInForce(exampleMatrix);
  });

  const lives = {
    'fails to renew, recovers and is told of its new period': [
      ['2026-09-02', begun, 'pro', 'active', 5],
      ['2026-09-19', ['subscription_updated.upgrade', 'subscription_updated.seats'],
        'team', 'active', 8],
      ['2026-09-21', ['subscription_updated.downgrade'], 'pro', 'active', 8],
      ['2026-10-02', ['subscription_payment_failed', 'subscription_updated.past_due'],
        'pro', 'grace', 8],
      ['2026-10-05', ['subscription_payment_recovered', 'subscription_unpaused'],
        'pro', 'active', 8]],
    'fails to renew for good': [
      ['2026-09-02', begun, 'pro', 'active', 5],
      ['2026-10-02', ['subscription_updated.past_due'], 'pro', 'grace', 8],
      ['2026-10-16', ['subscription_updated.unpaid'], 'free', 'suspended', 1],
      ['2026-11-02', ['subscription_expired'], 'free', 'default', 1]],
    'is paused without service, and goes on': [
      ['2026-10-02', ['subscription_updated.renewed'], 'pro', 'active', 8],
      ['2026-10-11', ['subscription_paused.void'], 'free', 'suspended', 1],
      ['2026-10-13', ['subscription_unpaused'], 'pro', 'active', 8]],
    'is paused free of charge, for as long as it takes': [
      ['2026-10-02', ['subscription_updated.renewed'], 'pro', 'active', 8],
      ['2026-10-11', ['subscription_paused.free'], 'pro', 'active', 8],
      ['2027-06-01', [], 'pro', 'active', 8]],
    'is cancelled, thinks again, and comes to its end': [
      ['2026-10-02', ['subscription_updated.renewed'], 'pro', 'active', 8],
      ['2026-10-06', ['subscription_cancelled'], 'pro', 'active', 8],
      ['2026-10-07', ['subscription_resumed'], 'pro', 'active', 8],
      ['2026-11-02', ['subscription_expired'], 'free', 'default', 1]],
    'begins with a trial': [
      ['2026-09-02', ['order_created.subscription', 'subscription_created.trial'],
        'pro', 'trialing', 1],
      ['2026-09-16', [], 'pro', 'grace', 1]],
  };
  for (const [what, steps] of Object.entries(lives)) {
    it(what, async () => {
      const user = newUser();
      for (const [date, events, ...expected] of steps) {
        await clockAt(`${date}T12:00:00Z`);
        for (const name of events) await tellLemon(lemon(name, user));
        const { tier, status, quantity } = await entitlements(user);
        assert.deepEqual([tier, status, quantity], expected, date);
      }
      await assertWhole(user);
    });
  }
});
