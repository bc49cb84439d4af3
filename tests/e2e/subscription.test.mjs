// A subscription's whole life, told by the recorded deliveries in both shapes
// of their time, at their own time and in any order.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { api, applyMatrix, atEnd, can, clientToken, clock, entitlements, newUser,
  until } from './lib.mjs';
import { checkoutBody, deliverRetold, exampleMatrix, holding, recordedMatrix, rowsOf,
  show } from './more.mjs';

const begun = 1788260400; // 2026-09-01, five seconds before the first delivery
const renewed = 1790852405;
const periodEnd = 1793530805;
const day = 86400;

// Put the server's clock at this moment, in unix seconds.
function at(moment) {
  return clock(moment - Math.floor(Date.now() / 1000));
}

before(async () => {
  await at(begun);
  await applyMatrix(recordedMatrix);
  await until(async () => (await api('GET', '/v1/tiers')).json.tiers.length === 4);
});
atEnd(async () => {
  await clock(0);
  await applyMatrix(exampleMatrix);
});

const created = 'customer.subscription.created.incomplete';
const activated = 'customer.subscription.updated.activated';
const upgraded = 'customer.subscription.updated.upgrade';
const seats = 'customer.subscription.updated.seats';
const downgraded = 'customer.subscription.updated.downgrade';
const cancelling = 'customer.subscription.updated.cancel_at_period_end';
const deleted = 'customer.subscription.deleted';
const firstPaid = 'invoice.paid.subscription_create';
const cyclePaid = 'invoice.paid.subscription_cycle';
const old = '.api-2024-06-20';

// Each with the moment at which it was sent, and what the user then has.
const story = [
  [created, 1788260405, ['free', 1, 'default']],
  [activated, 1788260408, ['pro', 5, 'active']],
  [firstPaid, 1788260408, ['pro', 5, 'active']],
  ['checkout.session.completed.subscription', 1788260409, ['pro', 5, 'active']],
  [upgraded, 1789556406, ['team', 5, 'active']],
  ['invoice.paid.subscription_update-proration', 1789556409, ['team', 5, 'active']],
  [seats, 1789719300, ['team', 8, 'active']],
  [downgraded, 1789892100, ['pro', 8, 'active']],
  [cyclePaid, 1790856041, ['pro', 8, 'active']],
  ['invoice_payment.paid', 1790856041, ['pro', 8, 'active']],
  [cancelling, 1791220800, ['pro', 8, 'active']],
];
const names = story.map(([name]) => name);
const inOldShape = names.map((name) =>
  ([upgraded, cyclePaid].includes(name) ? name + old : name));

function seatsOf(doc) {
  return doc.assets.find(({ slot }) => slot === 'seats')?.metadata.seats;
}

function whole(doc) {
  return [doc.tier, doc.quantity, doc.status];
}

describe('a subscription that the buyer\'s page started', () => {
  const user = newUser('team');
  let session;
  let documents = [];

  before(async () => {
    await at(begun);
    const { json, text } = await api('POST', '/v1/upgrades', { key: await clientToken(user),
      body: checkoutBody('pro', { quantity: 5, price: 'recorded' }) });
    assert.ok(json.session, text);
    session = json.session.id;
    documents = [];
    for (const [name, moment] of story) {
      await at(moment + 1);
      await deliverRetold(name, user, session);
      documents.push(await entitlements(user));
    }
  });

  for (const [i, [name, , expected]] of story.entries()) {
    it(`after ${name} is ${expected.join(' ')}`, () => {
      assert.deepEqual(whole(documents[i]), expected);
      assert.equal(seatsOf(documents[i]), expected[0] === 'free' ? undefined : expected[1]);
    });
  }

  it('completes its session when it is first paid', async () => {
    const { status, reason } = (await show(session)).json.session;
    assert.deepEqual({ status, reason }, { status: 'completed', reason: null });
  });

  it('has the capabilities of the tier it is on', () => {
    const [pro, team] = [documents[1], documents[4]].map((doc) => doc.capabilities);
    assert.ok(!pro.includes('export:all') && team.includes('export:all'));
    assert.deepEqual(documents[7].capabilities, pro);
  });

  it('keeps its assets through upgrade and downgrade', () => {
    const ids = (doc) => doc.assets.map(({ slot, id }) => `${slot} ${id}`).sort();
    assert.deepEqual(ids(documents[7]), ids(documents[1]));
    assert.deepEqual(ids(documents[4]), ids(documents[1]));
  });

  it('says when it renews, and then when it ends', () => {
    assert.equal(Date.parse(documents[1].renews_at), renewed * 1000);
    assert.equal(Date.parse(documents[8].renews_at), periodEnd * 1000);
    assert.equal(Date.parse(documents[10].ends_at), periodEnd * 1000);
  });

  it('raises its version only with a change', () => {
    const versions = documents.map(({ version }) => version);
    for (const i of [2, 3, 5]) assert.ok(versions[i] - versions[i - 1] <= 1);
    assert.deepEqual(versions, [...versions].sort((a, b) => a - b));
  });

  it('is one purchase with one grant', async () => {
    assert.equal((await rowsOf(user)).tiers_granted, 1);
  });

  it('holds until its last second, without a delivery', async () => {
    await at(periodEnd - 30);
    assert.deepEqual(whole(await entitlements(user)), ['pro', 8, 'active']);
    assert.equal(await can(user, 'export:csv'), true);
  });

  it('is over with its last second, without a delivery', async () => {
    await at(periodEnd + 1);
    assert.equal((await entitlements(user)).tier, 'free');
    assert.equal(await can(user, 'export:csv'), false);
  });

  it('stays over when its end is delivered, and what came before comes again',
    async () => {
      await at(1793530809 + 1);
      await deliverRetold(deleted, user, session);
      const doc = await entitlements(user);
      assert.deepEqual(whole(doc), ['free', 1, 'default']);
      for (const name of inOldShape) await deliverRetold(name, user, session);
      assert.deepEqual(holding(await entitlements(user)), holding(doc));
    });
});

// The same each time: a test that fails must fail again.
function shuffled(list, seed) {
  const order = [...list];
  let state = seed * 2654435761 % 4294967296;
  for (let i = order.length - 1; i > 0; i--) {
    state = (state * 1664525 + 1013904223) % 4294967296;
    const j = Math.floor(state / 4294967296 * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

describe('the deliveries of one subscription in any order', () => {
  const later = 1791220800 + 3600;
  let expected;

  async function endOf(list) {
    const user = newUser('shuffled');
    for (const name of list) await deliverRetold(name, user);
    return holding(await entitlements(user));
  }

  before(async () => {
    await at(later);
    expected = await endOf(names);
  });

  it('end on the tier and seats that were paid last', () => {
    assert.deepEqual([expected.tier, expected.quantity, expected.status],
      ['pro', 8, 'active']);
  });

  it('of the older shape end in the same state', async () => {
    assert.deepEqual(await endOf(inOldShape), expected);
  });

  it('of both shapes at once end in the same state', async () => {
    assert.deepEqual(await endOf([...names, ...inOldShape]), expected);
  });

  it('backwards end in the same state', async () => {
    assert.deepEqual(await endOf([...names].reverse()), expected);
  });

  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    it(`shuffled by ${seed} end in the same state`, async () => {
      assert.deepEqual(await endOf(shuffled(seed % 2 ? names : inOldShape, seed)), expected);
    });
  }

  it('all at once end in the same state', async () => {
    const user = newUser('shuffled');
    await Promise.all([...names, ...names].map((name) => deliverRetold(name, user)));
    assert.deepEqual(holding(await entitlements(user)), expected);
  });

  for (const seed of [11, 12, 13]) {
    it(`with their end among them, shuffled by ${seed}, end with nothing`, async () => {
      const end = await endOf(shuffled([...names, deleted], seed));
      assert.deepEqual([end.tier, end.quantity, end.status], ['free', 1, 'default']);
    });
  }
});

describe('a subscription that goes another way', () => {
  // What is delivered after the renewal, the moment to look at, and what is
  // seen then.
  const ways = [
    ['whose renewal fails is in grace', ['invoice.payment_failed',
      'customer.subscription.updated.past_due'], 1790856041 + 60, ['pro', 8, 'grace']],
    ['that needs the buyer for its renewal is in grace', [
      'invoice.payment_action_required', 'customer.subscription.updated.past_due'],
    1790856041 + 60, ['pro', 8, 'grace']],
    ['whose renewal never comes is suspended after its grace', ['invoice.payment_failed',
      'customer.subscription.updated.past_due'], 1790856041 + 9 * day,
    ['free', 1, 'suspended']],
    ['that is paused is suspended', [cyclePaid, 'customer.subscription.paused'],
      1791622800 + 60, ['free', 1, 'suspended']],
    ['that is resumed is active again', [cyclePaid, 'customer.subscription.paused',
      'customer.subscription.resumed'], 1791795600 + 60, ['pro', 8, 'active']],
    ['whose bills pause goes on', [cyclePaid,
      'customer.subscription.updated.pause_collection'], 1791709200 + 60,
    ['pro', 8, 'active']],
  ];
  for (const [what, more, moment, expected] of ways) {
    it(what, async () => {
      const user = newUser('way');
      await at(moment);
      for (const name of [created, activated, firstPaid, upgraded, seats, downgraded,
        ...more]) {
        await deliverRetold(name, user);
      }
      const doc = await entitlements(user);
      assert.deepEqual([doc.tier, doc.status], [expected[0], expected[2]]);
      if (expected[0] !== 'free') assert.equal(doc.quantity, expected[1]);
      if (expected[2] === 'suspended') {
        assert.equal(doc.assets.find(({ slot }) => slot === 'api_key').status, 'SUSPENDED');
      }
    });
  }

  it('whose upgrade waits for money is not upgraded', async () => {
    const user = newUser('way');
    await at(1789556406 + 60);
    for (const name of [created, activated, firstPaid,
      'customer.subscription.updated.pending_update']) await deliverRetold(name, user);
    assert.deepEqual(whole(await entitlements(user)), ['pro', 5, 'active']);
    await at(1789556730 + 60);
    await deliverRetold('customer.subscription.pending_update_applied', user);
    assert.deepEqual(whole(await entitlements(user)), ['team', 5, 'active']);
  });

  it('whose renewal is given back in full is revoked', async () => {
    const user = newUser('way');
    await at(1791453600 + 60);
    for (const name of [created, activated, firstPaid, downgraded, cyclePaid,
      'invoice_payment.paid', 'charge.refunded.subscription-payment']) {
      await deliverRetold(name, user);
    }
    assert.equal((await entitlements(user)).tier, 'free');
  });

  it('and whose refund is heard of before its payment is revoked as well', async () => {
    const user = newUser('way');
    await at(1791453600 + 60);
    for (const name of ['charge.refunded.subscription-payment', 'invoice_payment.paid',
      cyclePaid, downgraded, activated, created, firstPaid]) {
      await deliverRetold(name, user);
    }
    assert.equal((await entitlements(user)).tier, 'free');
  });
});

describe('an add-on bought once', () => {
  // The recorded checkouts name no price, so what they buy is the session's.
  async function bought(list, moment) {
    const user = newUser('pack');
    await at(1788256842 - 60);
    const { json, text } = await api('POST', '/v1/upgrades', { key: await clientToken(user),
      body: { addons: ['export-pack'], price: 'recorded',
        checkout: checkoutBody().checkout } });
    assert.ok(json.session, text);
    await at(moment);
    for (const name of list) await deliverRetold(name, user, json.session.id);
    return user;
  }

  const paidFor = ['checkout.session.completed.payment-paid', 'payment_intent.succeeded'];
  const cases = [
    ['is there', paidFor, 1788256842 + 60, true],
    ['is there in the other order', [...paidFor].reverse(), 1788256842 + 60, true],
    ['is kept when a part is given back', [...paidFor, 'charge.refunded.partial',
      'refund.created.partial'], 1788609601 + 60, true],
    ['goes when all is given back', [...paidFor, 'charge.refunded.partial',
      'refund.created.partial', 'charge.refunded.full'], 1788696001 + 60, false],
    ['is suspended by a dispute', [...paidFor, 'charge.dispute.created'],
      1789891200 + 60, false],
    ['comes back when the dispute is won', [...paidFor, 'charge.dispute.created',
      'charge.dispute.closed.won'], 1792339200 + 60, true],
    ['comes back when that is heard of first', [...paidFor, 'charge.dispute.closed.won',
      'charge.dispute.created'], 1792339200 + 60, true],
    ['is gone when the dispute is lost', [...paidFor, 'charge.dispute.created',
      'charge.dispute.closed.lost'], 1792339200 + 60, false],
  ];
  for (const [what, list, moment, has] of cases) {
    it(what, async () => {
      const user = await bought(list, moment);
      assert.equal(await can(user, 'export:csv'), has);
    });
  }

  it('by a slow payment is there when the money is, not before', async () => {
    const user = await bought(['checkout.session.completed.payment-unpaid-sepa',
      'payment_intent.processing'], 1788339790 + 60);
    assert.equal(await can(user, 'export:csv'), false);
    const { json } = await api('GET', `/v1/users/${user}/entitlements`);
    assert.equal(json.session.payment_status, 'processing');
    await at(1788671564 + 60);
    await deliverRetold('checkout.session.async_payment_succeeded', user, json.session.id);
    assert.equal(await can(user, 'export:csv'), true);
  });

  it('by a slow payment that bounces is not', async () => {
    const user = await bought(['checkout.session.completed.payment-unpaid-sepa',
      'payment_intent.processing'], 1788339790 + 60);
    const { json } = await api('GET', `/v1/users/${user}/entitlements`);
    await at(1788671564 + 60);
    await deliverRetold('checkout.session.async_payment_failed', user, json.session.id);
    assert.equal(await can(user, 'export:csv'), false);
    assert.equal((await show(json.session.id)).json.session.status, 'failed');
  });

  it('whose first attempts fail may still be bought', async () => {
    const user = await bought(['payment_intent.requires_action.3ds',
      'payment_intent.payment_failed'], 1788256842 + 60);
    const { json } = await api('GET', `/v1/users/${user}/entitlements`);
    assert.equal(json.session.payment_status, 'failed');
    for (const name of paidFor) await deliverRetold(name, user, json.session.id);
    assert.equal(await can(user, 'export:csv'), true);
  });

  it('whose checkout expires is not', async () => {
    const user = await bought(['checkout.session.expired'], 1788256842 + 60);
    assert.equal(await can(user, 'export:csv'), false);
    const { json } = await api('GET', `/v1/users/${user}/entitlements`);
    assert.equal(json.session, null);
  });
});
