// One subscription through all its changes, at each provider as the sandbox
// plays it: every step is a start, a page and a button.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { api, atEnd, clientToken, entitlements, newUser, until } from './lib.mjs';
import { assertProblem, exampleMatrix, show } from './more.mjs';
import { putInForce, wait, backToToday } from './stripe-life.mjs';

const monthly = (id, amount) => `[{id: "${id}", amount: ${amount}, currency: eur, interval: month}]`;

// The example, whose prices renew at every provider.
const matrix = exampleMatrix
  .replace('{id: price_pro_monthly, amount: 2900, currency: eur}',
    '{id: price_pro_monthly, amount: 2900, currency: eur, interval: month}')
  .replace('paddle: [pri_pro]', `paddle: ${monthly('pri_pro', 2900)}`)
  .replace('lemonsqueezy: ["450102"]', `lemonsqueezy: ${monthly('450102', 2900)}`)
  .replace('        - {id: price_ent, amount: 19900, currency: eur}',
    `        - {id: price_ent, amount: 19900, currency: eur, interval: month}
      paddle: ${monthly('pri_ent', 19900)}
      lemonsqueezy: ${monthly('450103', 19900)}`);

const back = 'http://localhost/shop';
const press = (where) => api('POST', where, { key: null, body: 'action=pay',
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });

before(() => putInForce(matrix));
atEnd(async () => {
  await backToToday();
  await putInForce(exampleMatrix);
});

class Buyer {
  constructor(provider) {
    this.user = newUser();
    this.provider = provider;
  }

  async start(body, provider = this.provider) {
    this.key ??= await clientToken(this.user);
    return api('POST', '/v1/upgrades', { key: this.key, body: { ...body,
      checkout: { provider, success_url: back, cancel_url: back } } });
  }

  async subscribe() {
    const { json } = await this.start({ target_tier: 'pro' });
    const { headers, text } = await api('GET', json.checkout.url, { key: null });
    assert.ok(headers.location, text);
    assert.equal((await press(headers.location)).status, 303);
    await this.ends(json, 'completed', { tier: 'pro', quantity: 1 });
  }

  // Start, look at the page, press; the answer of the button.
  async change(body, words) {
    await wait(60); // their events tell whole seconds
    const { json, text } = await this.start(body);
    assert.ok(json.checkout, text);
    const page = await api('GET', json.checkout.url, { key: null });
    assert.match(page.text, words);
    return { json, answer: await press(json.checkout.url) };
  }

  async ends({ session }, status, holding) {
    await until(async () => (await show(session.id)).json.session.status === status,
      { within: 15000, what: `${status} at ${this.provider}` });
    const { tier, quantity } = await entitlements(this.user);
    assert.deepEqual({ tier, quantity }, holding);
  }

  async changes(body, words, holding) {
    const { json, answer } = await this.change(body, words);
    assert.equal(answer.status, 303, answer.text);
    assert.equal(answer.headers.location, `${back}?rung_session=${json.session.id}`);
    await this.ends(json, 'completed', holding);
  }
}

const plans = { stripe: true, paddle: false, lemonsqueezy: false };
const endsAtOnce = { stripe: true, paddle: true, lemonsqueezy: false };

for (const provider of Object.keys(plans)) {
  describe(`a subscription at ${provider}`, () => {
    const buyer = new Buyer(provider);

    it('is bought', () => buyer.subscribe());

    it('is not bought elsewhere beside it', async () => {
      const other = provider === 'stripe' ? 'paddle' : 'stripe';
      assertProblem(await buyer.start({ target_tier: 'enterprise' }, other), 409,
        'subscribed-elsewhere');
    });

    it('goes up, in tier and in seats', async () => {
      await buyer.changes({ target_tier: 'enterprise' }, /EUR 1[67]\d\.\d\d/,
        { tier: 'enterprise', quantity: 1 });
      await buyer.changes({ target_tier: 'enterprise', quantity: 3 }, /EUR 39\d\.\d\d/,
        { tier: 'enterprise', quantity: 3 });
    });

    it('goes down when its period ends, or the provider\'s why is told', async () => {
      const { json, answer } = await buyer.change(
        { target_tier: 'pro', effective: 'period_end' }, /becomes.*on \d{4}-/s);
      if (!plans[provider]) assertProblem(answer, 422, 'invalid-transition');
      await buyer.ends(json, plans[provider] ? 'completed' : 'failed',
        { tier: 'enterprise', quantity: 3 });
    });

    it('is ended with its period, and goes on after all', async () => {
      const held = { tier: 'enterprise', quantity: 3 };
      await buyer.changes({ target_tier: 'free' }, /ends on \d{4}-/, held);
      assert.notEqual((await entitlements(buyer.user)).ends_at, null);
      await buyer.changes({ target_tier: 'enterprise', quantity: 3 }, /goes on/, held);
      assert.equal((await entitlements(buyer.user)).ends_at, null);
    });

    it('goes down at once', () => buyer.changes({ target_tier: 'pro' }, /becomes.*at once/s,
      { tier: 'pro', quantity: 1 }));

    it('has a page of the provider', async () => {
      const { status, json, text } = await api('POST', `/v1/users/${buyer.user}/portal`,
        { body: { return_url: back } });
      assert.equal(status, 200, text);
      assert.equal(json.provider, provider);
      assert.ok(json.url.startsWith('http'));
    });

    it('is ended at once, or the provider\'s why is told', async () => {
      const { json, answer } = await buyer.change({ target_tier: 'free', effective: 'now' },
        /ends at once/);
      if (!endsAtOnce[provider]) assertProblem(answer, 422, 'invalid-transition');
      await buyer.ends(json, endsAtOnce[provider] ? 'completed' : 'failed',
        { tier: endsAtOnce[provider] ? 'free' : 'pro', quantity: 1 });
    });
  });
}
