// Whole lives played by the sandbox, the same for each provider: at the
// checkout page, by what happens next, and with what goes wrong on the way.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { api, applyMatrix, atEnd, clientToken, entitlements, newUser, url, until } from './lib.mjs';
import { assertProblem, exampleMatrix, show } from './more.mjs';
import { putInForce } from './stripe-life.mjs';

const terms = 'amount: 2900, currency: eur, interval: month';
const more = (one, other) => `{id: ${one}, name: monthly, ${terms}}, {id: ${other}, name: trial, ${terms}}`;
const monthly = exampleMatrix
  .replace('        - {id: price_pro_monthly,', `        - {id: price_pro_trial, name: trial, ${terms}}
        - {id: price_pro_monthly, name: monthly,`)
  .replace('paddle: [pri_pro]', `paddle: [pri_pro, ${more('pri_pro_monthly', 'pri_pro_trial')}]`)
  .replace('lemonsqueezy: ["450102"]', `lemonsqueezy: ["450102", ${more('"450112"', '"450113"')}]`);

before(() => putInForce(monthly));
atEnd(() => applyMatrix(exampleMatrix));

const faults = (body) => api('POST', '/sandbox/faults', { key: null, body });
atEnd(() => faults({}));

const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const press = (page, action) =>
  api('POST', page, { key: null, body: `action=${action}`, headers: form });

// A buyer whom our checkout has sent on to the provider's page.
async function atCheckout(provider, more = {}) {
  const user = newUser();
  const { json, text } = await api('POST', '/v1/upgrades', { key: await clientToken(user),
    body: { target_tier: 'pro', price: 'monthly', quantity: 2, ...more,
      checkout: { provider, success_url: `${url}/demo/`, cancel_url: `${url}/demo/` } } });
  assert.ok(json.session, text);
  const { status, headers, text: why } = await api('GET', json.checkout.url, { key: null });
  assert.equal(status, 303, why);
  return { user, session: json.session.id, page: headers.location };
}

const act = async (provider, body) => {
  const { status, text, json } = await api('POST', '/sandbox/act',
    { key: null, body: { provider, ...body } });
  assert.equal(status, 200, text);
  return json;
};

const checkoutOf = (page) => decodeURIComponent(new URL(page).pathname.split('/').pop());

async function played(provider) {
  const { [provider]: all } = (await api('GET', `/sandbox?provider=${provider}`, { key: null })).json;
  return all;
}

for (const provider of ['stripe', 'paddle', 'lemonsqueezy']) {
  describe(`a life at ${provider}`, () => {
    it('goes from the first payment to the end', async () => {
      const { user, session, page } = await atCheckout(provider);
      const checkout = checkoutOf(page);
      const now = async () => {
        const { tier, status, quantity } = await entitlements(user);
        return [tier, status, quantity];
      };
      const next = (doing, more = {}) => act(provider, { checkout, do: doing, ...more });

      const back = await press(page, 'pay');
      assert.equal(back.status, 303, back.text);
      assert.match(back.headers.location, new RegExp(`rung_session=${session}`));
      assert.deepEqual(await now(), ['pro', 'active', 2]);
      assert.equal((await show(session)).json.session.status, 'completed');
      await next('seats', { quantity: 5 });
      assert.deepEqual(await now(), ['pro', 'active', 5]);
      await next('fail');
      assert.deepEqual(await now(), ['pro', 'grace', 5]);
      await next('recover');
      assert.deepEqual(await now(), ['pro', 'active', 5]);
      await next('renew');
      assert.deepEqual(await now(), ['pro', 'active', 5]);
      await next('pause');
      assert.deepEqual((await now())[1], 'suspended');
      await next('resume');
      assert.deepEqual(await now(), ['pro', 'active', 5]);
      await next('refund_partial');
      assert.deepEqual(await now(), ['pro', 'active', 5]);
      await next('cancel');
      assert.notEqual((await entitlements(user)).ends_at, null);
      await next('uncancel');
      assert.equal((await entitlements(user)).ends_at, null);
      await next('cancel');
      await next('end_period');
      assert.deepEqual((await now()).slice(0, 2), ['free', 'default']);
    });

    it('begins with a trial where the price has one', async () => {
      const { user, page } = await atCheckout(provider, { price: 'trial' });
      await press(page, 'pay');
      assert.equal((await entitlements(user)).status, 'trialing');
      await act(provider, { checkout: checkoutOf(page), do: 'renew' });
      const { tier, status, quantity } = await entitlements(user);
      assert.deepEqual([tier, status, quantity], ['pro', 'active', 2]);
    });

    it('is refunded in full, and nothing remains', async () => {
      const { user, page } = await atCheckout(provider);
      await press(page, 'pay');
      await act(provider, { checkout: checkoutOf(page), do: 'refund' });
      assert.equal((await entitlements(user)).tier, 'free');
    });

    it('loses a dispute', async () => {
      const { user, page } = await atCheckout(provider);
      await press(page, 'pay');
      await act(provider, { checkout: checkoutOf(page), do: 'dispute' });
      await act(provider, { checkout: checkoutOf(page), do: 'dispute_lost' });
      assert.equal((await entitlements(user)).tier, 'free');
    });

    it('pays after the bank has asked', async () => {
      const { user, page } = await atCheckout(provider);
      const { status, headers } = await press(page, '3ds');
      assert.equal(status, 303);
      assert.match((await api('GET', headers.location, { key: null })).text, /Your bank asks/);
      assert.equal((await entitlements(user)).tier, 'free');
      await press(page, 'pay');
      assert.equal((await entitlements(user)).tier, 'pro');
    });

    it('pays slowly', async () => {
      const { user, page } = await atCheckout(provider);
      await press(page, 'slow');
      assert.match((await api('GET', page, { key: null })).text, /on its way/);
      assert.equal((await entitlements(user)).tier, 'free');
      await press(page, 'arrive');
      assert.equal((await entitlements(user)).tier, 'pro');
    });

    it('is abandoned, and then nobody can pay', async () => {
      const { user, page } = await atCheckout(provider);
      assert.equal((await press(page, 'abandon')).status, 303);
      assertProblem(await press(page, 'pay'), 422, 'invalid-transition');
      assert.equal((await entitlements(user)).tier, 'free');
    });

    it('loses deliveries on the way, which stay in the list and can be sent again', async () => {
      const { user, page } = await atCheckout(provider);
      await faults({ provider, drop: 100 });
      await press(page, 'pay');
      await faults({ provider });
      assert.equal((await entitlements(user)).tier, 'free');
      const { events } = await played(provider);
      const lost = events.filter(({ delivered }) => delivered === 0);
      assert.ok(lost.length >= 2, JSON.stringify(lost));
      await act(provider, { do: 'resend' });
      assert.equal((await entitlements(user)).tier, 'pro');
    });

    it('ends the same when deliveries come twice and in the opposite order', async () => {
      const { user, page } = await atCheckout(provider);
      await faults({ provider, duplicate: 100, reorder: true });
      await press(page, 'pay');
      await faults({ provider });
      const { tier, quantity } = await entitlements(user);
      assert.deepEqual([tier, quantity], ['pro', 2]);
    });

    it('declines the next payment when asked to', async () => {
      const { user, page } = await atCheckout(provider);
      await faults({ provider, decline: 1 });
      const { headers } = await press(page, 'pay');
      assert.match((await api('GET', headers.location, { key: null })).text, /declined/);
      await press(page, 'pay');
      assert.equal((await entitlements(user)).tier, 'pro');
    });

    it('delivers late when asked to', async () => {
      const { user, page } = await atCheckout(provider);
      await faults({ provider, delay: 1 });
      await press(page, 'pay');
      await faults({ provider });
      assert.equal((await entitlements(user)).tier, 'free');
      await until(async () => (await entitlements(user)).tier === 'pro', { within: 10000,
        what: 'the payment' });
    });

    it('is shown to its buyer, who cancels', async () => {
      const { user, page } = await atCheckout(provider);
      await press(page, 'pay');
      const { status, json, text } = await api('POST', `/v1/users/${user}/portal`,
        { body: { return_url: `${url}/demo/` } });
      assert.equal(status, 200, text);
      const { subscription } = await act(provider, { checkout: checkoutOf(page), do: 'uncancel' });
      const portal = await api('GET', json.url, { key: null });
      assert.match(portal.text, /Cancel at the end/);
      const pressed = await api('POST', json.url, { key: null, headers: form,
        body: `action=cancel&subscription=${subscription.id}` });
      assert.equal(pressed.status, 303, pressed.text);
      assert.notEqual((await entitlements(user)).ends_at, null);
    });
  });
}

describe('the hand behind the scenes', () => {
  it('drops the ones that are named', async () => {
    const { page } = await atCheckout('stripe');
    await faults({ provider: 'stripe', drop: ['invoice.paid'] });
    await press(page, 'pay');
    await faults({});
    const { events } = await played('stripe');
    const [lost] = events.filter(({ type }) => type === 'invoice.paid');
    assert.equal(lost.delivered, 0);
    await act('stripe', { do: 'resend', event: lost.id });
  });

  it('knows what cannot be', async () => {
    for (const body of [{ provider: 'stripe', do: 'fly' }, { provider: 'cash', do: 'renew' },
      { provider: 'stripe', do: 'renew', subscription: 'sub_none' }, { provider: 'stripe', do: 'renew' }])
      assertProblem(await api('POST', '/sandbox/act', { key: null, body }), 422, 'invalid-value');
    for (const body of [{ drop: 'all' }, { drop: [null] }, { delay: -1 }])
      assertProblem(await faults(body), 422, 'invalid-value');
  });
});
