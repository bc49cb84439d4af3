// One story in the words of three providers: at each step the three buyers
// hold the same.  The bodies are recorded ones, retold by `rung trigger`; the
// signatures are made by Stripe's own library and as the others document
// theirs, and Paddle's own library must accept what we do.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Environment, Paddle } from '@paddle/paddle-node-sdk';
import { api, applyMatrix, deliver, entitlements, env, newUser, now, rung,
  serverKey } from './lib.mjs';
import { backTo, exampleMatrix, startCheckout } from './more.mjs';
import { putInForce } from './stripe-life.mjs';

const paddle = new Paddle('pdl_sdbx_apikey_of_nobody', { environment: Environment.sandbox });

// Each tier is sold everywhere, by the seat.
const matrix = `matrix: 1
default_tier: free
tiers:
  free:
    rank: 0
    capabilities: [read:public]
  pro:
    rank: 10
    capabilities: [read:public, export:csv]
    limits: {"api:requests_per_day": {max: 50000, per: day}}
    assets:
      api_key: {type: API_KEY, prefix: pk_pro_}
      seats: {type: SEAT, count: 1, per_seat: yes}
    grace: 7d
    prices:
      stripe: [price_three_pro]
      paddle: [pri_three_pro]
      lemonsqueezy: ["990101"]
  enterprise:
    rank: 20
    capabilities: [read:public, export:csv, sso:saml]
    limits: {"api:requests_per_day": unlimited}
    assets:
      api_key: {type: API_KEY, prefix: pk_ent_}
      seats: {type: SEAT, count: 1, per_seat: yes}
    grace: 7d
    prices:
      stripe: [price_three_ent]
      paddle: [pri_three_ent]
      lemonsqueezy: ["990109"]
`;

const send = {
  stripe: (body) => deliver(body),
  async paddle(body) {
    const ts = now();
    const mac = createHmac('sha256', env.RUNG_PADDLE_SECRET).update(`${ts}:${body}`).digest('hex');
    const header = `ts=${ts};h1=${mac}`;
    assert.ok(await paddle.webhooks.unmarshal(body, env.RUNG_PADDLE_SECRET, header));
    return api('POST', '/v1/webhooks/paddle',
      { key: null, body, headers: { 'Paddle-Signature': header } });
  },
  lemonsqueezy: (body) => api('POST', '/v1/webhooks/lemonsqueezy', {
    key: null,
    body,
    headers: {
      'X-Signature': createHmac('sha256', env.RUNG_LEMONSQUEEZY_SECRET).update(body).digest('hex'),
    },
  }),
};
const providers = Object.keys(send);

// One buyer at each provider.  Times fall in the order of the story, so that
// whole seconds tell them apart.
class Buyers {
  constructor(name) {
    this.users = Object.fromEntries(providers.map((one) => [one, newUser(`${name}-${one}`)]));
    this.minute = 60;
  }

  // The recorded event as this provider would tell it of our buyer.
  async body(provider, name, ...more) {
    const { code, stdout, stderr } = await rung('trigger', provider, name, '--print',
      '--user', this.users[provider], ...more);
    assert.equal(code, 0, stderr);
    return stdout.trimEnd();
  }

  // A change "path=@EVENT" is to the id of what that event is about.
  async change(provider, set) {
    const [path, event] = set.split('=@');
    if (event === undefined) return ['--set', set];
    return ['--set', `${path}=${JSON.parse(await this.body(provider, event)).data.id}`];
  }

  // What this provider says: one recorded event or several, each with changes.
  async tell(provider, events, { tier, quantity, session }) {
    for (const [name, ...sets] of events) {
      this.minute -= 1;
      const more = ['--tier', tier, '--quantity', String(quantity), '--ago', `${this.minute}m`];
      if (session) more.push('--session', session);
      for (const set of sets) more.push(...await this.change(provider, set));
      const body = await this.body(provider, name, ...more);
      const answer = await send[provider](body);
      assert.equal(answer.status, 200, `${provider} ${name}: ${answer.text}`);
    }
  }

  // How much of this buyer's one purchase went back: 'none', 'part' or 'all'.
  async wentBack(provider) {
    const { stdout } = await rung('user', 'explain', this.users[provider], '--format', 'json');
    const { purchases } = JSON.parse(stdout);
    assert.equal(purchases.length, 1, `${provider}: ${stdout}`);
    const [{ amount, refunded }] = purchases;
    return refunded === 0 ? 'none' : refunded < amount ? 'part' : 'all';
  }

  held(provider) {
    return entitlements(this.users[provider]).then(held);
  }
}

// What matters of a holding, without the times and ids of one provider.
function held(doc) {
  return {
    tier: doc.tier,
    quantity: doc.quantity,
    status: doc.status,
    ends: doc.ends_at !== null,
    trial: doc.trial_ends_at !== null,
    capabilities: doc.capabilities,
    limits: Object.fromEntries(Object.entries(doc.limits).map(([name, one]) => [name, one.value])),
    assets: doc.assets.map(({ slot, type, status, metadata }) => ({ slot, type, status, metadata })),
  };
}

const later = String(Math.floor(Date.now() / 1000) + 14 * 86400);
const soon = new Date((Number(later)) * 1000).toISOString();

const untilRenewed = [
  {
    step: 'a trial begins', tier: 'pro', quantity: 2, then: ['pro', 2, 'trialing'],
    stripe: [['customer.subscription.updated.activated', 'data.object.status=trialing',
      `data.object.trial_end=${later}`]],
    paddle: [['subscription.trialing', 'data.id=@subscription.activated']],
    lemonsqueezy: [['subscription_created.trial', `data.attributes.trial_ends_at="${soon}"`,
      'data.attributes.first_subscription_item={"id":1,"price_id":1,"quantity":2}']],
  },
  {
    step: 'it is paid', tier: 'pro', quantity: 2, then: ['pro', 2, 'active'],
    stripe: [['customer.subscription.updated.activated'], ['invoice.paid.subscription_create']],
    paddle: [['subscription.activated'], ['transaction.completed.subscription-first']],
    lemonsqueezy: [['subscription_updated.after-create'], ['subscription_payment_success.initial']],
  },
  {
    step: 'the buyer moves up', tier: 'enterprise', quantity: 2, then: ['enterprise', 2, 'active'],
    stripe: [['customer.subscription.updated.upgrade'],
      ['invoice.paid.subscription_update-proration']],
    paddle: [['subscription.updated.upgrade'], ['transaction.completed.subscription-update']],
    lemonsqueezy: [['subscription_updated.upgrade'], ['subscription_payment_success.updated']],
  },
  {
    step: 'seats are added', tier: 'enterprise', quantity: 7, then: ['enterprise', 7, 'active'],
    stripe: [['customer.subscription.updated.seats']],
    paddle: [['subscription.updated.seats']],
    lemonsqueezy: [['subscription_updated.seats']],
  },
  {
    step: 'a renewal fails', tier: 'enterprise', quantity: 7, then: ['enterprise', 7, 'grace'],
    stripe: [['invoice.payment_failed'], ['customer.subscription.updated.past_due']],
    paddle: [['transaction.payment_failed.renewal'], ['subscription.past_due']],
    lemonsqueezy: [['subscription_payment_failed'], ['subscription_updated.past_due']],
  },
  {
    step: 'it is paid after all', tier: 'enterprise', quantity: 7,
    then: ['enterprise', 7, 'active'],
    stripe: [['invoice.paid.subscription_cycle'], ['invoice_payment.paid'],
      ['customer.subscription.updated.seats']],
    paddle: [['subscription.updated.renewed'], ['transaction.completed.renewal']],
    lemonsqueezy: [['subscription_payment_success.renewal'],
      ['subscription_payment_recovered'], ['subscription_updated.renewed']],
  },
];

const toTheEnd = [
  {
    step: 'part of it is refunded', tier: 'enterprise', quantity: 7,
    then: ['enterprise', 7, 'active'], back: 'part',
    stripe: [['charge.refunded.subscription-payment', 'data.object.refunded=false',
      'data.object.amount_refunded=100']],
    paddle: [['adjustment.updated.refund-renewal-approved', 'data.type=partial',
      'data.totals.total="100"']],
    lemonsqueezy: [['subscription_payment_refunded.partial']],
  },
  {
    step: 'the buyer cancels', tier: 'enterprise', quantity: 7, then: ['enterprise', 7, 'active'],
    ends: true, back: 'part',
    stripe: [['customer.subscription.updated.cancel_at_period_end']],
    paddle: [['subscription.updated.scheduled-cancel']],
    lemonsqueezy: [['subscription_cancelled']],
  },
  {
    step: 'it ends', tier: 'enterprise', quantity: 7, then: ['free', 1, 'default'],
    back: 'part',
    stripe: [['customer.subscription.deleted']],
    paddle: [['subscription.canceled']],
    lemonsqueezy: [['subscription_expired']],
  },
];

const refundedInFull = {
  step: 'all of it is refunded', tier: 'enterprise', quantity: 7, then: ['free', 1, 'default'],
  back: 'all',
  stripe: [['charge.refunded.subscription-payment']],
  paddle: [['adjustment.updated.refund-renewal-approved']],
  lemonsqueezy: [['subscription_payment_refunded.full']],
};

// Tell it step by step, and hold the three buyers against each other.
function tellAll(title, steps) {
  describe(title, () => {
    const buyers = new Buyers('three');

    before(() => putInForce(matrix));
    after(() => applyMatrix(exampleMatrix));

    for (const { step, then, ends = false, back = 'none', ...columns } of steps) {
      it(step, async () => {
        const holdings = {};
        const began = buyers.minute;
        for (const provider of providers) {
          buyers.minute = began;
          await buyers.tell(provider, columns[provider], columns);
          holdings[provider] = await buyers.held(provider);
          assert.equal(await buyers.wentBack(provider), back, `of the money at ${provider}`);
        }
        buyers.minute = began - Math.max(...providers.map((name) => columns[name].length));
        const { tier, quantity, status } = holdings.stripe;
        assert.deepEqual([tier, quantity, status], then);
        assert.equal(holdings.stripe.ends, ends);
        assert.deepEqual(holdings.paddle, holdings.stripe, 'Paddle and Stripe');
        assert.deepEqual(holdings.lemonsqueezy, holdings.stripe, 'Lemon Squeezy and Stripe');
      });
    }
  });
}

tellAll('one story in three columns', [...untilRenewed, ...toTheEnd]);
tellAll('the same until all of the renewal goes back', [...untilRenewed, refundedInFull]);

describe('what was bought once', () => {
  before(() => putInForce(matrix));
  after(() => applyMatrix(exampleMatrix));

  it('goes when its money goes back, in all three columns', async () => {
    const buyers = new Buyers('once');
    const once = {
      stripe: ['payment_intent.succeeded', 'charge.refunded.full'],
      paddle: ['transaction.completed.one-time', 'adjustment.updated.refund-full-approved'],
      lemonsqueezy: ['order_created.one-time', 'order_refunded.full'],
    };
    for (const provider of providers) {
      const { json } = await startCheckout(serverKey, 'pro', { user: buyers.users[provider],
        checkout: { provider, success_url: backTo } });
      const terms = { tier: 'pro', quantity: 1, session: json.session.id };
      buyers.minute = 60;
      await buyers.tell(provider, [[once[provider][0]]], terms);
      const { tier, quantity, status } = await buyers.held(provider);
      assert.deepEqual([tier, quantity, status], ['pro', 1, 'active'], provider);
      await buyers.tell(provider, [[once[provider][1]]], terms);
      assert.equal((await buyers.held(provider)).tier, 'free', provider);
    }
  });
});
