// One story in the words of three providers: at each step the three buyers
// hold the same.  The bodies are recorded ones, retold by `rung trigger`; the
// signatures are made by Stripe's own library and as the others document
// theirs, and Paddle's own library must accept what we do.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Environment, Paddle } from '@paddle/paddle-node-sdk';
import { api, applyMatrix, deliver, entitlements, env, newUser, now, rung } from './lib.mjs';
import { exampleMatrix } from './more.mjs';

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
const users = Object.fromEntries(providers.map((name) => [name, newUser(`three-${name}`)]));

// Times fall in the order of the story, so that whole seconds tell them apart.
let minute = 60;
const objects = {};

// What this provider says: one recorded event or several, each with changes.
async function tell(provider, events, { tier, quantity }) {
  for (const [name, ...sets] of events) {
    minute -= 1;
    const args = ['trigger', provider, name, '--print', '--user', users[provider],
      '--tier', tier, '--quantity', String(quantity), '--ago', `${minute}m`];
    for (const set of sets) args.push('--set', set.replace('$SUB', objects[provider] ?? ''));
    const { code, stdout, stderr } = await rung(...args);
    assert.equal(code, 0, stderr);
    const body = stdout.trimEnd();
    const answer = await send[provider](body);
    assert.equal(answer.status, 200, `${provider} ${name}: ${answer.text}`);
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

const story = [
  {
    step: 'a trial begins', tier: 'pro', quantity: 2, then: ['pro', 2, 'trialing'],
    stripe: [['customer.subscription.updated.activated', 'data.object.status=trialing',
      `data.object.trial_end=${later}`]],
    paddle: [['subscription.trialing', 'data.id=$SUB']],
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
    paddle: [['transaction.completed.renewal'], ['subscription.updated.renewed']],
    lemonsqueezy: [['subscription_payment_success.renewal'],
      ['subscription_payment_recovered'], ['subscription_updated.renewed']],
  },
  {
    step: 'part of it is refunded', tier: 'enterprise', quantity: 7,
    then: ['enterprise', 7, 'active'],
    stripe: [['charge.refunded.subscription-payment', 'data.object.refunded=false',
      'data.object.amount_refunded=100']],
    paddle: [['adjustment.updated.refund-partial-approved']],
    lemonsqueezy: [['subscription_payment_refunded.partial']],
  },
  {
    step: 'the buyer cancels', tier: 'enterprise', quantity: 7, then: ['enterprise', 7, 'active'],
    ends: true,
    stripe: [['customer.subscription.updated.cancel_at_period_end']],
    paddle: [['subscription.updated.scheduled-cancel']],
    lemonsqueezy: [['subscription_cancelled']],
  },
  {
    step: 'it ends', tier: 'enterprise', quantity: 7, then: ['free', 1, 'default'],
    stripe: [['customer.subscription.deleted']],
    paddle: [['subscription.canceled']],
    lemonsqueezy: [['subscription_expired']],
  },
];

describe('one story in three columns', () => {
  before(async () => {
    await applyMatrix(matrix);
    const { stdout } = await rung('trigger', 'paddle', 'subscription.activated', '--print',
      '--user', users.paddle);
    objects.paddle = JSON.parse(stdout).data.id;
  });
  after(() => applyMatrix(exampleMatrix));

  for (const { step, then, ends = false, ...columns } of story) {
    it(step, async () => {
      const holdings = {};
      const began = minute;
      for (const provider of providers) {
        minute = began;
        await tell(provider, columns[provider], columns);
        holdings[provider] = held(await entitlements(users[provider]));
      }
      minute = began - Math.max(...providers.map((name) => columns[name].length));
      const { tier, quantity, status } = holdings.stripe;
      assert.deepEqual([tier, quantity, status], then);
      assert.equal(holdings.stripe.ends, ends);
      assert.deepEqual(holdings.paddle, holdings.stripe, 'Paddle and Stripe');
      assert.deepEqual(holdings.lemonsqueezy, holdings.stripe, 'Lemon Squeezy and Stripe');
    });
  }
});

// A refund in full takes back what was granted, whoever pays it back.
describe('money that goes back in full', () => {
  const back = {
    stripe: [['payment_intent.succeeded'], ['charge.refunded.full']],
    paddle: [['transaction.completed.one-time'], ['adjustment.updated.refund-full-approved']],
    lemonsqueezy: [['order_created.one-time'], ['order_refunded.full']],
  };

  for (const provider of ['paddle', 'lemonsqueezy'])
    it(`takes access with it at ${provider}`, async () => {
      users[provider] = newUser(`back-${provider}`);
      minute = 60;
      await tell(provider, back[provider].slice(0, 1), { tier: 'pro', quantity: 1 });
      assert.equal((await entitlements(users[provider])).tier, 'pro');
      await tell(provider, back[provider].slice(1), { tier: 'pro', quantity: 1 });
      assert.equal((await entitlements(users[provider])).tier, 'free');
    });
});
