// The provider's own page for its buyer, asked for by the shop's back end or by
// the buyer's page.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { clientToken, newUser, serverKey } from './lib.mjs';
import { assertPointer, assertProblem } from './more.mjs';
import { configured, FakeApi, shop, subscriptionObject, upgrade } from './asking.mjs';
import { subscribe } from './stripe-life.mjs';

let fake;
let config;
before(async () => {
  fake = await new FakeApi(() => null).listen();
  config = configured(fake.url);
});

function playing(subscription) {
  fake.asked.length = 0;
  fake.answer = ({ method, path }) => {
    if (method === 'GET' && path.endsWith(subscription.id)) {
      return { json: subscriptionObject(subscription) };
    }
    return path.endsWith('/v1/billing_portal/sessions')
      ? { json: { url: 'https://billing.example/p/1' } } : { status: 404, json: {} };
  };
}

const ask = (user, { key = serverKey, body = { return_url: shop } } = {}) =>
  upgrade(config, 'POST', `/v1/users/${user}/portal`, { key, body });

describe('the portal', () => {
  it('of a subscriber is the provider\'s page, which leads back', async () => {
    const user = newUser();
    const subscription = await subscribe(user);
    playing(subscription);
    const { status, json, text } = await ask(user);
    assert.equal(status, 200, text);
    assert.deepEqual(json, { provider: 'stripe', url: 'https://billing.example/p/1' });
    const { form } = fake.last('POST', '/v1/billing_portal/sessions');
    assert.deepEqual({ ...form }, { customer: `cus_${subscription.id}`, return_url: shop });
  });

  it('is asked for by the buyer\'s own page as well, for nobody else', async () => {
    const user = newUser();
    playing(await subscribe(user));
    const key = await clientToken(user);
    assert.equal((await ask('me', { key })).status, 200);
    assertProblem(await ask(newUser(), { key }), 403, 'wrong-user');
    assertProblem(await ask('me', { key: await clientToken(user, ['read']) }), 403,
      'not-allowed');
  });

  it('of who bought nothing is 422 and asks nobody', async () => {
    fake.asked.length = 0;
    assertProblem(await ask(newUser()), 422, 'invalid-transition');
    assert.equal(fake.asked.length, 0);
  });

  it('of a provider that does not answer is 503', async () => {
    const user = newUser();
    await subscribe(user);
    fake.answer = () => ({ status: 502 });
    assertProblem(await ask(user), 503, 'checkout-unavailable');
  });

  it('leads back to listed origins only', async () => {
    const user = newUser();
    assertPointer(await ask(user, { body: { return_url: 'https://other.example/' } }), 422,
      'url-not-allowed', '/return_url');
    assertPointer(await ask(user, { body: {} }), 422, 'invalid-value', '/return_url');
  });
});
