// Paddle: its recorded deliveries as they came, its stories in any order, and
// what a payment buys there.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Paddle } from '@paddle/paddle-node-sdk';
import { api, applyMatrix, atEnd, can, clientToken, clock, entitlements, newUser, now, sql, top,
  until } from './lib.mjs';
import { assertProblem, checkoutBody, exampleMatrix, holding, inboxState, rowsOf,
  show } from './more.mjs';
import { adjustment, event, newId, occurred, paddleMatrix, post, prices, recorded, retold, secret,
  signature, subscription, tell, transaction } from './paddle-life.mjs';

const day = 86400;
const names = readdirSync(path.join(top, 'tests/fixtures/paddle'))
  .map((file) => path.parse(file).name).sort();

// Put the server's clock at this moment, in unix seconds.
function at(moment) {
  return clock(moment - Math.floor(Date.now() / 1000));
}

before(async () => {
  await applyMatrix(paddleMatrix);
  await until(async () => (await api('GET', '/v1/tiers')).json.tiers.length === 4);
});
atEnd(async () => {
  await clock(0);
  await applyMatrix(exampleMatrix);
});

// What Paddle's own library makes of these bytes.  It allows five seconds by
// the machine's clock.
function unmarshal(bytes) {
  const header = signature(bytes, { timestamp: Math.floor(Date.now() / 1000) });
  return new Paddle('unused').webhooks.unmarshal(bytes.toString(), secret, header);
}

// A session that the buyer's page started by checkout.
async function sessionOf(user, more = {}) {
  const body = checkoutBody('pro', more);
  body.checkout.provider = 'paddle';
  const { json, text } = await api('POST', '/v1/upgrades', { key: await clientToken(user), body });
  assert.ok(json.session, text);
  return json.session.id;
}

async function sessionNow(id) {
  const { status, reason, payment_status: payment } = (await show(id)).json.session;
  return [status, reason, payment];
}

function whole(doc) {
  return [doc.tier, doc.quantity, doc.status];
}

describe('a recorded delivery of Paddle', () => {
  before(() => at(occurred('subscription.canceled') + 3600));
  after(() => clock(0));

  it('is one of 33', () => {
    assert.equal(names.length, 33);
  });

  for (const name of names) {
    it(`${name} is read by Paddle's own library, answered 200, and a copy the second time`,
      async () => {
        const bytes = recorded(name);
        const sent = JSON.parse(bytes);
        const theirs = await unmarshal(bytes);
        assert.equal(theirs.eventId, sent.event_id);
        assert.equal(theirs.eventType, sent.event_type);
        for (const answer of [await post(bytes), await post(bytes)]) {
          assert.equal(answer.status, 200, answer.text);
        }
        assert.deepEqual(await sql(`select type, hex(body_digest) as digest
          from inbox where event_id = '${sent.event_id}'`), [{ type: sent.event_type,
          digest: createHash('sha256').update(bytes).digest('hex').toUpperCase() }]);
      });
  }

  it('is applied in the end, to whom it names or whose transaction it names', async () => {
    const ids = names.map((name) => `'${JSON.parse(recorded(name)).event_id}'`);
    assert.deepEqual(await sql(`select user_id, state, count(*) as deliveries from inbox
      where event_id in (${ids}) group by user_id, state order by user_id`), [
      { user_id: 'user_2001', state: 'applied', deliveries: '15' },
      { user_id: 'user_2002', state: 'applied', deliveries: '17' },
      { user_id: 'user_2003', state: 'applied', deliveries: '1' }]);
  });
});

describe('a delivery to Paddle\'s route', () => {
  const known = () => transaction('completed', { names: { rung_user: newUser() } });

  it('with the signature of another secret is refused and leaves no trace', async () => {
    const sent = known();
    assertProblem(await post(sent, { key: 'pdl_ntfset_another' }), 400, 'bad-signature');
    assert.equal(await inboxState(sent), undefined);
  });

  it('that is older or newer than the tolerance is refused', async () => {
    for (const off of [-301, 310]) {
      assertProblem(await post(known(), { timestamp: now() + off }), 400, 'bad-signature');
    }
  });

  it('may carry more than one signature', async () => {
    const sent = JSON.stringify(known());
    const good = signature(sent);
    const other = `h1=${'0'.repeat(64)}`;
    for (const header of [`${good};${other}`, good.replace(';', `;${other};h2=x;`)]) {
      const answer = await post(sent, { headers: { 'Paddle-Signature': header } });
      assert.equal(answer.status, 200, answer.text);
    }
  });

  it('that cannot be read is kept for an operator', async () => {
    for (const sent of [event('transaction.completed', { id: newId('txn') }),
      event('subscription.updated', null)]) {
      await tell(sent);
      const digest = createHash('sha256').update(JSON.stringify(sent)).digest('hex');
      assert.equal(await inboxState({ id: `x:${digest}` }), 'quarantined');
    }
  });

  it('of a type that nobody knows is answered 200', async () => {
    const sent = event('payout.of_next_year', { id: newId('pay') });
    await tell(sent);
    assert.equal(await inboxState({ id: sent.event_id }), 'ignored');
  });
});

// ---- Stories --------------------------------------------------------------

const bought = [
  ['transaction.payment_failed.checkout', ['free', 1, 'default'], false],
  ['transaction.paid.one-time', ['free', 1, 'default'], true],
  ['transaction.completed.one-time', ['free', 1, 'default'], true],
];
const asked = [bought[0],
  ['transaction.updated.action-required', ['free', 1, 'default'], false],
  ['transaction.updated.payment-pending', ['free', 1, 'default'], false],
  ...bought.slice(1)];
const begun = [
  ['subscription.created', ['pro', 5, 'active']],
  ['subscription.activated', ['pro', 5, 'active']],
  ['transaction.completed.subscription-first', ['pro', 5, 'active']],
];
const lowered = [...begun,
  ['subscription.updated.upgrade', ['team', 5, 'active']],
  ['transaction.completed.subscription-update', ['team', 5, 'active']],
  ['subscription.updated.seats', ['team', 8, 'active']],
  ['subscription.updated.downgrade', ['pro', 8, 'active']],
];
const renewed = [...lowered,
  ['subscription.updated.renewed', ['pro', 8, 'active']],
  ['transaction.completed.renewal', ['pro', 8, 'active']],
];
const stories = {
  'bought once, after a word with the bank': asked,
  'bought once and refunded': [...bought,
    ['adjustment.created.refund-full-pending', ['free', 1, 'default'], true],
    ['adjustment.updated.refund-full-approved', ['free', 1, 'default'], false]],
  'bought once, and the refund refused': [...bought,
    ['adjustment.created.refund-full-pending', ['free', 1, 'default'], true],
    ['adjustment.updated.refund-full-rejected', ['free', 1, 'default'], true]],
  'bought once and refunded in part': [...bought,
    ['adjustment.created.refund-partial-pending', ['free', 1, 'default'], true],
    ['adjustment.updated.refund-partial-approved', ['free', 1, 'default'], true]],
  'charged back and reversed': [...bought,
    ['adjustment.created.chargeback-warning', ['free', 1, 'default'], true],
    ['adjustment.created.chargeback', ['free', 1, 'suspended'], false],
    ['adjustment.created.chargeback-reverse', ['free', 1, 'default'], true],
    ['adjustment.updated.chargeback-reversed', ['free', 1, 'default'], true]],
  'a subscription to its end': [...renewed,
    ['subscription.updated.scheduled-cancel', ['pro', 8, 'active']],
    ['subscription.canceled', ['free', 1, 'default']]],
  'a renewal whose money went back': [...renewed,
    ['adjustment.updated.refund-renewal-approved', ['free', 1, 'default']]],
  'a renewal that failed and was paid': [...lowered,
    ['transaction.payment_failed.renewal', ['pro', 8, 'grace']],
    ['transaction.past_due', ['pro', 8, 'grace']],
    ['subscription.past_due', ['pro', 8, 'grace']],
    ['transaction.completed.renewal', ['pro', 8, 'active']]],
  'paused and resumed': [...renewed,
    ['subscription.paused', ['free', 1, 'suspended']],
    ['subscription.resumed', ['pro', 8, 'active']]],
};

// Tell it in this order, each twice at its own time, and look at the end.
async function told(order, session) {
  const user = newUser('paddle');
  const end = Math.max(...order.map(occurred)) + 1;
  await at(end);
  for (const name of order) {
    await tell(retold(name, user, session));
    await tell(retold(name, user, session));
  }
  return { user, doc: await entitlements(user) };
}

describe('a story of Paddle', () => {
  after(() => clock(0));

  for (const [name, story] of Object.entries(stories)) {
    const order = story.map(([file]) => file);

    it(`${name}, step by step`, async () => {
      const user = newUser('paddle');
      for (const [file, expected, exports] of story) {
        await at(occurred(file) + 1);
        await tell(retold(file, user));
        assert.deepEqual(whole(await entitlements(user)), expected, file);
        if (exports !== undefined) assert.equal(await can(user, 'export:csv'), exports, file);
      }
      assert.ok((await rowsOf(user)).tiers_granted <= 1);
    });

    it(`${name}, ends the same in other orders and with copies`, async () => {
      const { doc } = await told(order);
      const turned = order.map((_, i) => order[(i * 5 + 2) % order.length]);
      const orders = [[...order].reverse()];
      if (new Set(turned).size === order.length) orders.push(turned);
      for (const other of orders) {
        assert.deepEqual(holding((await told(other)).doc), holding(doc), other.join(' '));
      }
    });
  }

  it('completes the session that a page started, with the first word of money', async () => {
    const user = newUser('paddle');
    await at(occurred('subscription.created') - 60);
    const session = await sessionOf(user, { quantity: 5 });
    await at(occurred('subscription.created') + 1);
    await tell(retold('subscription.created', user, session));
    assert.deepEqual(await sessionNow(session), ['completed', null, 'paid']);
    await tell(retold('transaction.completed.subscription-first', user, session));
    assert.deepEqual(whole(await entitlements(user)), ['pro', 5, 'active']);
    assert.equal((await rowsOf(user)).tiers_granted, 1);
  });

  it('says when it renews and when it ends', async () => {
    const { user, doc } = await told([...renewed.map(([file]) => file)]);
    assert.equal(Date.parse(doc.renews_at), Date.parse('2026-11-01T11:00:05.449Z'));
    await at(occurred('subscription.updated.scheduled-cancel') + 1);
    await tell(retold('subscription.updated.scheduled-cancel', user));
    const planned = await entitlements(user);
    assert.equal(Date.parse(planned.ends_at), Date.parse('2026-11-01T11:00:05.449Z'));
    await at(Date.parse('2026-11-01T11:00:06Z') / 1000);
    assert.equal((await entitlements(user)).tier, 'free');
  });
});

// ---- What a payment buys --------------------------------------------------

describe('a payment at Paddle', () => {
  it('of one when five were asked for grants one, and the session fails', async () => {
    const user = newUser();
    const session = await sessionOf(user, { quantity: 5 });
    await tell(subscription('created', { quantity: 1, names: { rung_session: session,
      rung_user: user } }));
    assert.deepEqual(whole(await entitlements(user)), ['pro', 1, 'active']);
    assert.deepEqual(await sessionNow(session), ['failed', 'other_price_paid', 'paid']);
  });

  it('of a cheaper tier grants that tier', async () => {
    const user = newUser();
    const session = await sessionOf(user, { target_tier: 'team' });
    await tell(subscription('created', { price: prices.pro, names: { rung_session: session,
      rung_user: user } }));
    assert.deepEqual(whole(await entitlements(user)), ['pro', 1, 'active']);
    assert.equal(await can(user, 'export:all'), false);
    assert.deepEqual(await sessionNow(session), ['failed', 'other_price_paid', 'paid']);
  });

  it('of an add-on grants no tier, whatever its session asked for', async () => {
    const user = newUser();
    const session = await sessionOf(user, { target_tier: 'team' });
    await tell(transaction('completed', { names: { rung_session: session, rung_user: user } }));
    assert.equal((await entitlements(user)).tier, 'free');
    assert.equal(await can(user, 'export:csv'), true);
    assert.equal(await can(user, 'export:all'), false);
    assert.deepEqual(await sessionNow(session), ['failed', 'other_price_paid', 'paid']);
  });

  it('of a price that nobody sells is kept for an operator', async () => {
    const user = newUser();
    const session = await sessionOf(user);
    const sent = await tell(transaction('completed', { price: 'pri_of_nobody',
      names: { rung_session: session, rung_user: user } }));
    assert.equal((await entitlements(user)).tier, 'free');
    assert.equal(await inboxState({ id: sent.event_id }), 'quarantined');
  });

  it('that names another\'s session gives what was paid to the user it names, and nothing to'
    + ' the other', async () => {
    const [payer, other] = [newUser('payer'), newUser('other')];
    const session = await sessionOf(other, { target_tier: 'team' });
    await tell(subscription('created', { price: prices.pro, names: { rung_session: session,
      rung_user: payer } }));
    assert.deepEqual(whole(await entitlements(payer)), ['pro', 1, 'active']);
    assert.equal((await entitlements(other)).tier, 'free');
    assert.notEqual((await sessionNow(session))[0], 'completed');
  });

  it('that names another user is a gift of what was paid', async () => {
    const [payer, other] = [newUser('payer'), newUser('other')];
    const session = await sessionOf(payer);
    await tell(transaction('completed', { names: { rung_user: other } }));
    assert.equal(await can(other, 'export:csv'), true);
    assert.equal(await can(payer, 'export:csv'), false);
    assert.deepEqual(await sessionNow(session), ['pending', null, 'unpaid']);
  });

  it('that names only a session is its user\'s', async () => {
    const user = newUser();
    const session = await sessionOf(user, { target_tier: undefined, addons: ['export-pack'] });
    await tell(transaction('completed', { names: { rung_session: session } }));
    assert.equal(await can(user, 'export:csv'), true);
    assert.deepEqual(await sessionNow(session), ['completed', null, 'paid']);
  });

  it('that names nobody waits, and is granted when its subscription says whose it is',
    async () => {
      const user = newUser();
      const [sub, txn] = [newId('sub'), newId('txn')];
      const sent = await tell(transaction('paid', { id: txn, price: prices.pro, monthly: true,
        subscription_id: sub }));
      assert.equal(await inboxState({ id: sent.event_id }), 'deferred');
      await tell(subscription('created', { id: sub, transaction_id: txn,
        names: { rung_user: user } }));
      assert.deepEqual(whole(await entitlements(user)), ['pro', 1, 'active']);
      assert.equal((await rowsOf(user)).tiers_granted, 1);
    });

  it('for a price that renews grants nothing before its subscription is there', async () => {
    const user = newUser();
    const txn = newId('txn');
    const names = { rung_user: user };
    await tell(transaction('paid', { id: txn, price: prices.pro, monthly: true, names }));
    assert.equal((await entitlements(user)).tier, 'free');
    await tell(transaction('completed', { id: txn, price: prices.pro, monthly: true, names,
      subscription_id: newId('sub'), billing_period: {
        starts_at: new Date(now() * 1000).toISOString(),
        ends_at: new Date((now() + 30 * day) * 1000).toISOString() } }));
    assert.deepEqual(whole(await entitlements(user)), ['pro', 1, 'active']);
  });

  it('of nothing for another card sells nothing', async () => {
    const user = newUser();
    await tell(transaction('completed', { price: prices.team, monthly: true, amount: 0,
      origin: 'subscription_payment_method_change', names: { rung_user: user } }));
    assert.equal((await entitlements(user)).tier, 'free');
    assert.equal((await rowsOf(user)).grants, 0);
  });

  it('told as paid and as completed, in both orders, is one purchase', async () => {
    for (const order of [['paid', 'completed'], ['completed', 'paid']]) {
      const user = newUser();
      const id = newId('txn');
      for (const type of order) {
        await tell(transaction(type, { id, quantity: 1, names: { rung_user: user } }));
      }
      assert.equal(await can(user, 'export:csv'), true);
      const [{ count }] = await sql(`select count(*) as count from grants
        where user_id = '${user}' and slot = '' and live = 1`);
      assert.equal(count, '1');
    }
  });

  it('that fails leaves the session open for another try', async () => {
    const user = newUser();
    const session = await sessionOf(user, { target_tier: undefined, addons: ['export-pack'] });
    const names = { rung_session: session, rung_user: user };
    const id = newId('txn');
    await tell(transaction('payment_failed', { id, names, status: 'ready' }));
    assert.deepEqual(await sessionNow(session), ['pending', null, 'failed']);
    await at(now() + 60);
    await tell(transaction('updated', { id, names, status: 'ready',
      payments: [{ status: 'action_required' }] }));
    assert.deepEqual(await sessionNow(session), ['pending', null, 'requires_action']);
    await tell(transaction('paid', { id, names }));
    assert.deepEqual(await sessionNow(session), ['completed', null, 'paid']);
    await clock(0);
  });

  it('that is canceled fails its session', async () => {
    const user = newUser();
    const session = await sessionOf(user);
    await tell(transaction('canceled', { names: { rung_session: session, rung_user: user } }));
    assert.deepEqual(await sessionNow(session), ['failed', 'abandoned', 'unpaid']);
  });

  it('whose chargeback is reversed by a notice of its own gives access again, and a second'
    + ' chargeback takes it', async () => {
    const user = newUser();
    const id = newId('txn');
    const moment = now();
    await tell(transaction('completed', { id, names: { rung_user: user } }));
    const steps = [['chargeback', false], ['chargeback_reverse', true], ['chargeback', false]];
    for (const [i, [action, exports]] of steps.entries()) {
      await at(moment + (i + 1) * day);
      await tell(adjustment('created', id, { action }));
      assert.equal(await can(user, 'export:csv'), exports, `${i} ${action}`);
    }
    await clock(0);
  });
});
