// The lives of customers, each told once from beginning to end: what Stripe
// says, what time does, and what the buyer has after each step.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { api, can, entitlements, now, paid } from './lib.mjs';
import { assertProblem, checkoutEvent, exampleMatrix, holding, recordedMatrix, refundEvent,
  show, startCheckout } from './more.mjs';
import { Dispute, Refund, assetOf, buy, day, declined, has, hour, life, putInForce, seconds,
  startPaying, subscribe, Subscription, tell, wait } from './stripe-life.mjs';

const limitOf = (doc) => doc.limits['api:requests_per_day'];

describe('a subscription', () => {
  life('that is downgraded loses the difference and keeps its key', async (user) => {
    const subscription = await subscribe(user, { price: 'price_ent' }, 19900);
    const before = await has(user, 'enterprise');
    assert.ok(before.capabilities.includes('sso:saml'));
    await wait(day);
    await subscription.updated({ price: 'price_pro_monthly' });
    const doc = await has(user, 'pro');
    assert.ok(!doc.capabilities.includes('sso:saml'));
    assert.equal(limitOf(doc).value, 50000);
    assert.equal(assetOf(doc, 'seats'), undefined);
    assert.equal(assetOf(doc, 'storage').metadata.limit, 10000);
    assert.equal(assetOf(doc, 'api_key').id, assetOf(before, 'api_key').id);
  });

  life('that is cancelled ends at once and never comes back', async (user) => {
    const subscription = await subscribe(user);
    await has(user, 'pro');
    await wait(day);
    await subscription.deleted();
    const doc = await has(user, 'free');
    assert.equal(assetOf(doc, 'api_key'), undefined);
    await wait(day);
    await subscription.updated({ status: 'active', canceled_at: null, ended_at: null });
    await has(user, 'free');
  });

  life('that is cancelled at its period\'s end is held to the very second', async (user) => {
    const subscription = await subscribe(user);
    await wait(day);
    await subscription.updated({ cancel_at_period_end: true, cancel_at: subscription.is.until,
      canceled_at: now() });
    const doc = await has(user, 'pro');
    assert.equal(seconds(doc.ends_at), subscription.is.until);
    assert.equal(doc.renews_at, null);
    await wait(29 * day - 20);
    await has(user, 'pro');
    await wait(40);
    await has(user, 'free');
    await subscription.deleted();
    await has(user, 'free');
  });

  life('whose cancellation is taken back renews again', async (user) => {
    const subscription = await subscribe(user);
    const end = subscription.is.until;
    await wait(day);
    await subscription.updated({ cancel_at_period_end: true, cancel_at: end });
    assert.equal(seconds((await has(user, 'pro')).ends_at), end);
    await wait(day);
    await subscription.updated({ cancel_at_period_end: false, cancel_at: null });
    const doc = await has(user, 'pro');
    assert.equal(doc.ends_at, null);
    assert.equal(seconds(doc.renews_at), end);
    await wait(28 * day);
    await has(user, 'pro', 'grace');
    await subscription.renew();
    await has(user, 'pro');
  });

  life('that is paused is suspended, and resumed has the same key', async (user) => {
    const subscription = await subscribe(user);
    const before = await has(user, 'pro');
    await wait(day);
    await subscription.tell('paused', { status: 'paused' });
    const doc = await has(user, 'free', 'suspended');
    assert.ok(!doc.capabilities.includes('export:csv'));
    assert.equal(assetOf(doc, 'api_key').status, 'SUSPENDED');
    assert.equal(assetOf(doc, 'storage').metadata.limit, 100);
    await wait(day);
    await subscription.tell('resumed', { status: 'active' });
    const resumed = await has(user, 'pro');
    assert.deepEqual(holding(resumed), holding(before));
    assert.equal(assetOf(resumed, 'api_key').id, assetOf(before, 'api_key').id);
  });

  life('on trial becomes a paid one', async (user) => {
    const end = now() + 14 * day;
    const subscription = new Subscription(user,
      { status: 'trialing', until: end, trial_end: end });
    await subscription.tell('created');
    const doc = await has(user, 'pro', 'trialing');
    assert.equal(seconds(doc.trial_ends_at), end);
    await wait(14 * day + hour);
    await has(user, 'pro', 'grace');
    await subscription.renew();
    const paying = await has(user, 'pro');
    assert.equal(paying.trial_ends_at, null);
    assert.equal(seconds(paying.renews_at), end + 30 * day);
  });

  life('on trial that nobody pays ends with the trial', async (user) => {
    const end = now() + 14 * day;
    const subscription = new Subscription(user,
      { status: 'trialing', until: end, trial_end: end });
    await subscription.tell('created');
    await has(user, 'pro', 'trialing');
    await wait(14 * day);
    await subscription.deleted();
    await has(user, 'free');
  });

  life('that is past due is in grace until it is paid', async (user) => {
    const subscription = await subscribe(user);
    const { until: end } = subscription.is;
    await wait(30 * day + hour);
    await subscription.bill('payment_failed', { from: end, until: end + 30 * day });
    await subscription.updated({ status: 'past_due', from: end, until: end + 30 * day });
    const doc = await has(user, 'pro', 'grace');
    assert.equal(seconds(doc.grace_ends_at), end + 7 * day);
    assert.ok(doc.capabilities.includes('export:csv'));
    await wait(3 * day);
    await subscription.bill('paid');
    const mended = await has(user, 'pro');
    assert.equal(mended.grace_ends_at, null);
    assert.equal(seconds(mended.renews_at), end + 30 * day);
    await wait(hour);
    await subscription.updated({ status: 'active' });
    await has(user, 'pro');
  });

  life('that is past due and never paid is suspended, then over', async (user) => {
    const subscription = await subscribe(user);
    const { until: end } = subscription.is;
    await wait(30 * day + hour);
    await subscription.updated({ status: 'past_due', from: end, until: end + 30 * day });
    await has(user, 'pro', 'grace');
    await wait(7 * day);
    await has(user, 'free', 'suspended');
    await subscription.updated({ status: 'unpaid' });
    await has(user, 'free', 'suspended');
    await wait(14 * day);
    await subscription.deleted();
    const doc = await has(user, 'free');
    assert.equal(assetOf(doc, 'api_key'), undefined);
  });

  life('whose bill is refunded is taken back until the next one is paid', async (user) => {
    const subscription = await subscribe(user);
    await wait(10 * day);
    await new Refund(subscription.first).made();
    await has(user, 'free');
    await wait(20 * day);
    await subscription.renew();
    await has(user, 'pro');
  });

  life('whose older bill is refunded stays', async (user) => {
    const subscription = await subscribe(user);
    await wait(30 * day);
    await subscription.renew();
    await wait(day);
    await new Refund(subscription.first).made();
    await has(user, 'pro');
  });

  life('that is disputed is suspended, and a dispute won restores it', async (user) => {
    const subscription = await subscribe(user);
    const before = await has(user, 'pro');
    const dispute = new Dispute(subscription.first);
    await wait(day);
    await dispute.opened();
    const doc = await has(user, 'free', 'suspended');
    assert.equal(assetOf(doc, 'api_key').status, 'SUSPENDED');
    await wait(20 * day);
    await dispute.won();
    assert.deepEqual(holding(await has(user, 'pro')), holding(before));
  });

  life('without news is in grace, then suspended, and back with the news', async (user) => {
    const subscription = await subscribe(user, { price: 'price_ent' }, 19900);
    const before = await has(user, 'enterprise');
    await wait(30 * day + hour);
    const doc = await has(user, 'enterprise', 'grace');
    assert.deepEqual(doc.capabilities, before.capabilities);
    assert.equal(seconds(doc.grace_ends_at), subscription.is.until + 3 * day);
    await wait(3 * day);
    const late = await has(user, 'free', 'suspended');
    assert.equal(assetOf(late, 'api_key').status, 'SUSPENDED');
    assert.equal(await can(user, 'sso:saml'), false);
    await subscription.renew(19900);
    assert.deepEqual(holding(await has(user, 'enterprise')), holding(before));
  });
});

describe('seats', () => {
  before(() => putInForce(recordedMatrix));
  after(() => putInForce(exampleMatrix));

  life('go up and down with the quantity', async (user) => {
    await wait(hour);
    const subscription = await subscribe(user, { quantity: 5 }, 5 * 2900);
    for (const quantity of [5, 8, 2]) {
      await subscription.updated({ quantity });
      const doc = await has(user, 'pro');
      assert.equal(doc.quantity, quantity);
      assert.equal(assetOf(doc, 'seats').metadata.seats, quantity);
      assert.equal(assetOf(doc, 'storage').metadata.limit, 10000);
      await wait(day);
    }
  });
});

describe('two purchases', () => {
  life('of two subscriptions the higher counts, and the other is left', async (user) => {
    await subscribe(user);
    const before = await has(user, 'pro');
    await wait(day);
    const higher = await subscribe(user, { price: 'price_ent' }, 19900);
    const both = await has(user, 'enterprise');
    assert.ok(!both.capabilities.includes('export:csv'));
    await wait(day);
    await higher.deleted();
    assert.deepEqual(holding(await has(user, 'pro')), holding(before));
  });

  life('an add-on bought once adds to a subscription and outlives it', async (user) => {
    const subscription = await subscribe(user, { price: 'price_ent' }, 19900);
    assert.equal(await can(user, 'export:csv'), false);
    await wait(day);
    await buy(user, undefined, { target_tier: undefined, addons: ['export-pack'] });
    const both = await has(user, 'enterprise');
    for (const name of ['sso:saml', 'export:csv']) assert.ok(both.capabilities.includes(name));
    await wait(day);
    await subscription.deleted();
    const doc = await entitlements(user);
    assert.equal(doc.tier, 'free');
    assert.ok(doc.capabilities.includes('export:csv'));
    assert.ok(!doc.capabilities.includes('sso:saml'));
  });

  life('a gift lifts a subscription and leaves it when it is over', async (user) => {
    const subscription = await subscribe(user, { quantity: 5 }, 5 * 2900);
    const end = now() + 10 * day;
    const { status, text } = await api('POST', `/v1/users/${user}/overrides`, { body: {
      kind: 'grant_tier', name: 'enterprise', until: new Date(end * 1000).toISOString(),
      reason: 'an apology', operator: 'ann' } });
    assert.equal(status, 201, text);
    const doc = await has(user, 'enterprise');
    assert.equal(doc.quantity, 5);
    assert.equal(seconds(doc.ends_at), end);
    await wait(day);
    await subscription.updated({ quantity: 6 });
    assert.equal((await has(user, 'enterprise')).quantity, 6);
    await wait(9 * day + hour);
    assert.equal((await has(user, 'pro')).quantity, 6);
  });
});

describe('a second trial', () => {
  life('of one user gives nothing until it is paid', async (user) => {
    const trial = (more = {}) => new Subscription(user, { status: 'trialing',
      until: now() + 14 * day, trial_end: now() + 14 * day, ...more });
    const first = trial();
    await first.tell('created');
    await has(user, 'pro', 'trialing');
    await wait(day);
    await first.deleted();
    await has(user, 'free');
    const second = trial({ price: 'price_ent' });
    await second.tell('created');
    await second.bill('paid', { amount: 0 });
    const doc = await has(user, 'free');
    assert.equal(doc.trial_ends_at, null);
    assert.equal(await can(user, 'sso:saml'), false);
    await wait(14 * day + hour);
    await has(user, 'free');
    await second.renew(19900);
    const paying = await has(user, 'enterprise');
    assert.equal(seconds(paying.renews_at), second.is.until);
    assert.equal(await can(user, 'sso:saml'), true);
  });
});

describe('a single payment', () => {
  life('refunded in full takes back what it bought', async (user) => {
    const { reference, session } = await buy(user);
    const before = await has(user, 'pro');
    await wait(day);
    await tell(refundEvent(reference, 2900));
    const doc = await has(user, 'free');
    assert.equal(assetOf(before, 'api_key').status, 'PENDING');
    assert.equal(assetOf(doc, 'api_key'), undefined);
    assert.equal((await show(session)).json.session.status, 'completed');
  });

  life('refunded in part keeps what it bought, until the rest follows', async (user) => {
    const { reference } = await buy(user);
    await wait(day);
    await new Refund(reference, { amount: 1000 }).made();
    await has(user, 'pro');
    await wait(day);
    await new Refund(reference, { amount: 1900 }).tell('created', 'succeeded');
    await has(user, 'free');
  });

  life('whose refund fails afterwards gives access again', async (user) => {
    const { reference } = await buy(user);
    const before = await has(user, 'pro');
    const refund = new Refund(reference);
    await wait(day);
    await refund.made();
    await has(user, 'free');
    await wait(5 * day);
    await refund.failed();
    const doc = await has(user, 'pro');
    assert.deepEqual(holding(doc), holding(before));
    assert.equal(assetOf(doc, 'api_key').id, assetOf(before, 'api_key').id);
  });

  life('whose dispute is lost is gone for good', async (user) => {
    const { reference } = await buy(user);
    await has(user, 'pro');
    const dispute = new Dispute(reference);
    await wait(day);
    await dispute.opened();
    await has(user, 'free', 'suspended');
    await wait(30 * day);
    await dispute.lost();
    const doc = await has(user, 'free');
    assert.equal(assetOf(doc, 'api_key'), undefined);
  });

  life('for a session that expired buys all the same', async (user) => {
    const { reference, session } = await startPaying(user);
    await wait(2 * hour);
    await has(user, 'free');
    assert.equal((await show(session)).json.session.status, 'expired');
    await tell(paid(reference));
    await has(user, 'pro');
    assert.equal((await show(session)).json.session.status, 'expired');
  });

  life('that fails leaves the old tier, and a second try lifts it', async (user) => {
    await subscribe(user);
    const before = await has(user, 'pro');
    await wait(day);
    const { reference, session } = await startPaying(user, 'enterprise');
    await declined(reference);
    assert.deepEqual(holding(await has(user, 'pro')), holding(before));
    const { json } = await show(session);
    assert.deepEqual([json.session.status, json.session.payment_status],
      ['pending', 'failed']);
    await wait(60);
    await tell(paid(reference));
    await has(user, 'enterprise');
    assert.equal((await show(session)).json.session.status, 'completed');
  });
});
