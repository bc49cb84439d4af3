// Deliveries: once or fifty times, before or after their session, signed or
// not, known or not.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, afterEach, before, describe, it, test } from 'node:test';
import Stripe from 'stripe';
import { api, can, clientToken, clock, deliver, entitlements, env, newPayment, newUser, now, paid,
  rung, sql, sqlValue, start, stripeEvent } from './lib.mjs';
import { assertProblem, figures, holding, inboxRows, inboxState, refundEvent, rowsOf, show,
  subscriptionEvent } from './more.mjs';

// A user with a pending upgrade, and the event that pays it.
async function pending() {
  const user = newUser();
  const reference = newPayment();
  const { json } = await start(user, 'pro', { payment: { provider: 'stripe', reference } });
  return { user, session: json.session.id, reference, event: paid(reference) };
}

describe('copies of a delivery', () => {
  it('are answered 200 and change nothing', async () => {
    const { user, event } = await pending();
    await deliver(event);
    const [rows, doc] = [await rowsOf(user), await entitlements(user)];
    assert.equal((await deliver(event)).status, 200);
    assert.deepEqual(await rowsOf(user), rows);
    assert.deepEqual(await entitlements(user), doc);
  });

  it('50 at once are 50 answers 200, one grant, one record, one version', async () => {
    const [one, many] = [await pending(), await pending()];
    await deliver(one.event);
    const before = await rowsOf(many.user);
    const answers = await Promise.all(Array.from({ length: 50 },
      () => deliver(many.event)));
    assert.deepEqual(answers.map(({ status }) => status), Array(50).fill(200));
    const after = await rowsOf(many.user);
    assert.equal(after.tiers_granted, 1);
    assert.equal(after.audit, before.audit + 1);
    assert.equal(after.version, before.version + 1);
    assert.deepEqual(after, await rowsOf(one.user), 'as after a single delivery');
  });

  it('that differ in their body are kept aside and change nothing', async () => {
    const { user, event } = await pending();
    await deliver(event);
    const rows = await rowsOf(user);
    assert.equal((await deliver({ ...event, pending_webhooks: 7 })).status, 200);
    assert.deepEqual(await rowsOf(user), rows);
    assert.equal(await sqlValue(`select count(*) from inbox_conflicts
      where event_id = '${event.id}'`), '1');
  });

  it('under two event ids of one payment are one grant', async () => {
    const { user, reference, event } = await pending();
    await deliver(event);
    const rows = await rowsOf(user);
    assert.equal((await deliver(paid(reference))).status, 200);
    assert.deepEqual(await rowsOf(user), rows);
  });
});

describe('two starts at once', () => {
  it('are one 201 and one 409 with the other\'s session', async () => {
    const user = newUser();
    const answers = await Promise.all([start(user, 'pro'), start(user, 'enterprise')]);
    answers.sort((a, b) => a.status - b.status);
    const [won, lost] = answers;
    assert.equal(won.status, 201, won.text);
    assertProblem(lost, 409, 'upgrade-in-progress');
    assert.deepEqual(lost.json.session, won.json.session);
    assert.equal((await rowsOf(user)).sessions, 1);
  });

  it('or twenty are one session', async () => {
    const user = newUser();
    const answers = await Promise.all(Array.from({ length: 20 }, () => start(user)));
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [201, ...Array(19).fill(409)]);
    assert.equal((await rowsOf(user)).sessions, 1);
  });
});

describe('a delivery before its session', () => {
  it('is kept, and applied when the session comes', async () => {
    const user = newUser();
    const reference = newPayment();
    const event = paid(reference);
    assert.equal((await deliver(event)).status, 200);
    assert.equal(await inboxState(event), 'deferred');
    const { json } = await start(user, 'pro',
      { payment: { provider: 'stripe', reference } });
    assert.equal((await show(json.session.id)).json.session.status, 'completed');
    assert.equal((await entitlements(user)).tier, 'pro');
    assert.equal(await inboxState(event), 'applied');
  });

  it('ends as one after it does', async () => {
    const reference = newPayment();
    const early = newUser();
    await deliver(paid(reference));
    await start(early, 'pro', { payment: { provider: 'stripe', reference } });
    const { user, event } = await pending();
    await deliver(event);
    assert.deepEqual(holding(await entitlements(early)), holding(await entitlements(user)));
  });

  it('and at the same moment is applied all the same', async () => {
    for (let i = 0; i < 10; i++) {
      const user = newUser();
      const reference = newPayment();
      const [started] = await Promise.all([
        start(user, 'pro', { payment: { provider: 'stripe', reference } }),
        deliver(paid(reference)),
      ]);
      assert.equal(started.status, 201, started.text);
      assert.equal((await entitlements(user)).tier, 'pro');
      assert.equal((await rowsOf(user)).tiers_granted, 1);
    }
  });
});

// Money is nobody's until something says whose it is: so long it waits, also
// the word that it went back.
describe('a delivery whose link is not known yet', () => {
  const waiting = async () => {
    const all = await figures();
    return ['', '_age_seconds'].map((what) => all.get(`rung_deliveries_deferred${what}`));
  };

  // As another of the recorded deliveries would tell it of this user.
  async function tell(user, provider, event, ago = '0s') {
    const { code, stdout, stderr } = await rung('trigger', provider, event, '--user', user,
      '--tier', 'pro', '--ago', ago, '--format', 'json');
    assert.equal(code, 0, stdout + stderr);
    return JSON.parse(stdout);
  }
  const rows = (user) => sql(`select type, state, why from inbox where user_id = '${user}'
    order by type`);

  // What other tests left waiting is out of sight for a while.
  before(() => sql(`update inbox set state = 'quarantined', why = concat('aside ', why)
    where state = 'deferred'`));
  after(() => sql(`update inbox set state = 'deferred', why = substr(why, 7)
    where state = 'quarantined' and why like 'aside %'`));
  afterEach(() => clock(0));

  const stories = [
    ['a refund', 'stripe', ['charge.refunded.subscription-payment', 'invoice_payment.paid'],
      ['customer.subscription.updated.activated', 'invoice.paid.subscription_cycle'], 'default'],
    ['a refund', 'paddle', ['adjustment.updated.refund-full-approved'],
      ['transaction.completed.one-time'], 'default'],
    ['a chargeback', 'paddle', ['adjustment.created.chargeback'],
      ['transaction.completed.one-time'], 'suspended'],
    ['a refund', 'lemonsqueezy', ['subscription_payment_refunded.full'],
      ['subscription_updated.renewed'], 'default'],
  ];
  for (const [what, provider, early, links, end] of stories)
    it(`waits: ${what} at ${provider}; its age grows, and it is applied with the link`, async () => {
      const user = newUser('waits');
      assert.deepEqual(await waiting(), [0, 0]);
      for (const event of early) {
        const told = await tell(user, provider, event);
        assert.deepEqual([told.state, told.user], ['deferred', ''], event);
      }
      const [count, young] = await waiting();
      assert.equal(count, early.length);
      assert.ok(young < 60, young);
      await clock(7200);
      const [, age] = await waiting();
      assert.ok(age >= 7200 && age < 7260, age);
      for (const event of links) await tell(user, provider, event, '3h');
      assert.deepEqual(await waiting(), [0, 0]);
      assert.deepEqual((await rows(user)).map(({ state, why }) => [state, why]),
        Array(early.length + links.length).fill(['applied', '']));
      assert.equal((await entitlements(user)).status, end);
      assert.equal((await rung('replay', user)).code, 0);
    });

  it('is applied when a session names its payment, too', async () => {
    const [user, reference] = [newUser('waits'), newPayment()];
    const events = [refundEvent(reference, 2900), paid(reference)];
    for (const event of events) {
      await deliver(event);
      assert.equal(await inboxState(event), 'deferred');
    }
    await clock(7200);
    const [count, age] = await waiting();
    assert.ok(count === 2 && age >= 7200 && age < 7260, `${count}, ${age}`);
    await start(user, 'pro', { payment: { provider: 'stripe', reference } });
    assert.deepEqual(await waiting(), [0, 0]);
    for (const event of events) assert.equal(await inboxState(event), 'applied');
    assert.equal((await entitlements(user)).tier, 'free');
  });

  it('does not wait when no money is in it', async () => {
    const event = subscriptionEvent('created', { price: 'price_pro_monthly', status: 'incomplete' });
    await deliver(event);
    assert.equal(await inboxState(event), 'applied');
    assert.deepEqual(await waiting(), [0, 0]);
  });
});

describe('a signature', () => {
  const sign = (event, at, { secret = env.RUNG_STRIPE_SECRET, scheme = 'v1' } = {}) => {
    const mac = createHmac('sha256', secret).update(`${at}.${JSON.stringify(event)}`)
      .digest('hex');
    return `t=${at},${scheme}=${mac}`;
  };
  const good = (event) => sign(event, now());

  // The server's second may turn while a delivery is on its way, so what is
  // ahead is so by one second more than would do.
  const refused = [
    ['that is missing', () => null],
    ['that is empty', () => ''],
    ['that is none', () => 'sincerely yours'],
    ['of other bytes', (event) => good({ ...event, livemode: true })],
    ['of another secret', (event) => sign(event, now(), { secret: 'whsec_another' })],
    ['of the scheme v0 only', (event) => sign(event, now(), { scheme: 'v0' })],
    ['301 seconds old', (event) => sign(event, now() - 301)],
    ['310 seconds ahead', (event) => sign(event, now() + 310)],
    ['without a time', (event) => good(event).replace(/^t=\d+,/, '')],
    ['of another time than it says', (event) => good(event)
      .replace(/^t=\d+/, `t=${now() - 5}`)],
    ['cut short', (event) => good(event).slice(0, -2)],
    ['with a tail', (event) => `${good(event)}00`],
  ];
  for (const [what, make] of refused) {
    it(`${what} is refused and leaves no row`, async () => {
      const { user, event } = await pending();
      const rows = await inboxRows();
      const answer = await deliver(event, { signature: make(event) });
      assertProblem(answer, 400, 'bad-signature');
      assert.equal(await inboxRows(), rows);
      assert.equal(await inboxState(event), undefined);
      assert.equal((await rowsOf(user)).version, 1);
    });
  }

  const taken = [
    ['almost 300 seconds old', (event) => sign(event, now() - 297)],
    ['almost 300 seconds ahead', (event) => sign(event, now() + 297)],
    ['behind one of another secret', (event) => {
      const at = now();
      const other = sign(event, at, { secret: 'whsec_another' });
      return `${other},${sign(event, at).split(',')[1]}`;
    }],
    ['beside a decoy v0', (event) => `${good(event)},v0=${'0'.repeat(64)}`],
  ];
  for (const [what, make] of taken) {
    it(`${what} is taken`, async () => {
      const { user, event } = await pending();
      assert.equal((await deliver(event, { signature: make(event) })).status, 200);
      assert.equal((await entitlements(user)).tier, 'pro');
    });
  }

  it('tells a sender nothing of which check failed', async () => {
    const event = paid(newPayment());
    const details = new Set();
    for (const [, make] of refused) {
      details.add((await deliver(event, { signature: make(event) })).json.detail);
    }
    assert.equal(details.size, 1);
  });
});

describe('a delivery we have no use for', () => {
  // Recorded and answered 200, and the user named in it has nothing of it.
  const useless = [
    ['of an unknown type', 'ignored', (user) => stripeEvent('customer.tax_id.updated',
      { id: 'txi_1', object: 'tax_id', metadata: { rung_user: user } })],
    ['of a price nobody sells', 'quarantined', (user) => subscriptionEvent('updated', {
      user, price: 'price_of_a_stranger', from: now(), until: now() + 86400 })],
    ['of a connected account', 'ignored', (user) => ({ ...subscriptionEvent('updated', {
      user, price: 'price_pro_monthly', from: now(), until: now() + 86400 }),
    account: 'acct_1stranger' })],
    ['of the other mode', 'ignored', (user) => ({ ...subscriptionEvent('updated', {
      user, price: 'price_pro_monthly', from: now(), until: now() + 86400 }),
    livemode: true })],
    ['that is thin', 'ignored', (user) => ({ id: paid(user).id, object: 'v2.core.event',
      type: 'v1.billing.meter.error_report_triggered', livemode: false,
      created: new Date().toISOString() })],
  ];
  for (const [what, state, make] of useless) {
    it(`${what} is recorded and grants nothing`, async () => {
      const user = newUser();
      const event = make(user);
      assert.equal((await deliver(event)).status, 200);
      assert.equal(await inboxState(event), state);
      const { tier, status } = await entitlements(user);
      assert.deepEqual({ tier, status }, { tier: 'free', status: 'default' });
    });
  }

  it('but signed is kept even if it cannot be read', async () => {
    const rows = await inboxRows();
    const answer = await deliver(`{"id": "evt_${newPayment()}", "type": `);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(await inboxRows(), rows + 1);
  });

  it('but signed does not lose a payment to a repeated member', async () => {
    const { user, event } = await pending();
    const text = JSON.stringify(event).replace('"object":"event"',
      '"object":"thing","object":"event"');
    assert.equal((await deliver(text)).status, 200);
    assert.equal(await can(user, 'export:csv'), true);
  });
});

describe("a seller's own address", () => {
  const at = (seller) => ({ where: `/v1/sellers/${seller}/webhooks/stripe` });

  it('takes the same deliveries, once at both addresses', async () => {
    const { user, event } = await pending();
    assert.equal((await deliver(event, at(1))).status, 200);
    assert.equal((await entitlements(user)).tier, 'pro');
    const rows = await rowsOf(user);
    assert.equal((await deliver(event)).status, 200);
    assert.deepEqual(await rowsOf(user), rows);
  });

  it('takes none that is not signed', async () => {
    const { user, event } = await pending();
    assertProblem(await deliver(event, { ...at(1), secret: 'whsec_another' }), 400,
      'bad-signature');
    assert.equal((await entitlements(user)).tier, 'free');
  });

  it('is there for nobody else', async () => {
    const { user, event } = await pending();
    for (const seller of ['0', '2', '-1', 'x', '4294967297', '18446744073709551617'])
      assertProblem(await deliver(event, at(seller)), 404, 'unknown-path');
    assert.equal((await entitlements(user)).tier, 'free');
  });
});

test('a delivery of 200 KiB is taken', async () => {
  const { user, event } = await pending();
  event.data.object.description = Array.from({ length: 4 }, () => 'x'.repeat(50000));
  assert.equal((await deliver(event)).status, 200);
  assert.equal((await entitlements(user)).tier, 'pro');
});

test('a delivery of more than 256 KiB is refused as too large', async () => {
  const answer = await deliver(`${JSON.stringify(paid(newPayment()))}${' '.repeat(256 << 10)}`);
  assertProblem(answer, 413, 'body-too-large');
});

test('a provider without a secret or a name has no route', async () => {
  for (const provider of ['nobody', 'STRIPE']) {
    const payload = JSON.stringify(paid(newPayment()));
    const answer = await api('POST', `/v1/webhooks/${provider}`, { key: null, body: payload,
      headers: { 'Stripe-Signature': Stripe.webhooks.generateTestHeaderString(
        { payload, secret: env.RUNG_STRIPE_SECRET }) } });
    assertProblem(answer, 404, 'unknown-path');
  }
});

test('a delivery needs no key, and a key does not replace the signature', async () => {
  const event = paid(newPayment());
  const answer = await deliver(event, { signature: null,
    headers: { 'X-API-Key': env.RUNG_SERVER_KEY } });
  assertProblem(answer, 400, 'bad-signature');
  assert.equal(await inboxState(event), undefined);
});

test('a client token is no help to a delivery\'s session either', async () => {
  const user = newUser();
  const token = await clientToken(user);
  const answer = await deliver(paid(newPayment(), { user }), { signature: null,
    headers: { 'X-API-Key': token } });
  assertProblem(answer, 400, 'bad-signature');
});
