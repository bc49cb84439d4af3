// A running subscription that is changed: by the seller, who names it at the
// start, and by us, through our own page and the provider's API, which the
// test plays.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { altered, api, deliver, entitlements, newUser, now, serverKey, start } from './lib.mjs';
import { assertProblem, show, subscriptionEvent } from './more.mjs';
import { begin, configured, FakeApi, shop, subscriptionObject, upgrade } from './asking.mjs';
import { day, has, life, subscribe, wait } from './stripe-life.mjs';

describe('a start that names a running subscription', () => {
  life('waits until the provider tells of the change', async (user) => {
    const subscription = await subscribe(user);
    await has(user, 'pro');
    await wait(day);
    const { status, json, text } = await start(user, 'enterprise',
      { payment: { provider: 'stripe', reference: subscription.id } });
    assert.equal(status, 201, text);
    assert.equal(json.session.status, 'pending');
    assert.equal(json.optimistic.tier, 'enterprise');
    await has(user, 'pro');
    await subscription.updated({ price: 'price_ent' });
    const shown = await show(json.session.id);
    assert.equal(shown.json.session.status, 'completed');
    await has(user, 'enterprise');
  });
});

// ---- Stripe, as far as changes go -----------------------------------------

const html = { Accept: 'text/html' };
const refused = { status: 400, json: { error: { message: 'It has a test clock' } } };
let fake;
let config;

before(async () => {
  fake = await new FakeApi(() => null).listen();
  config = configured(fake.url);
});

// The provider has this one subscription; `set` answers its change.
function playing(subscription, set = {}) {
  fake.asked.length = 0;
  fake.answer = ({ method, path, form }) => {
    const own = path.endsWith(`/subscriptions/${subscription.id}`);
    if (path.endsWith('/create_preview')) {
      return { json: { object: 'invoice', amount_due: 12345, currency: 'eur', lines: { data: [] } } };
    }
    if (own && method === 'GET') return { json: subscriptionObject(subscription, set.now) };
    if (own && method === 'DELETE') {
      return { json: subscriptionObject(subscription, { status: 'canceled', ended_at: now() }) };
    }
    if (own && 'cancel_at_period_end' in form) {
      const ends = form.cancel_at_period_end === 'true';
      return { json: subscriptionObject(subscription, { cancel_at_period_end: ends,
        cancel_at: ends ? subscription.is.until : null }) };
    }
    if (own && set.change) return set.change(form);
    if (own) {
      Object.assign(subscription.is, { price: form['items[0][price]'],
        quantity: Number(form['items[0][quantity]']) });
      return { json: subscriptionObject(subscription) };
    }
    if (path.endsWith('/subscription_schedules') && set.plan) return set.plan;
    if (path.includes('/subscription_schedules')) {
      return { json: { id: 'sub_sched_1', phases: [{ start_date: subscription.is.from,
        end_date: subscription.is.until, items: [] }] } };
    }
    return { status: 404, json: {} };
  };
}

const changes = ({ id }) => fake.asked.filter((a) => a.method === 'POST' &&
  a.path.endsWith(`/subscriptions/${id}`) && 'items[0][price]' in a.form);
const press = (url, options) => upgrade(config, 'POST', url, { body: 'action=pay', ...options });

// A user with a subscription, one day later, who asks for another tier.
async function changing(user, body = {}, set = {}) {
  const subscription = await subscribe(user);
  await wait(day);
  playing(subscription, set);
  const { status, json, text } = await begin(config, user,
    { target_tier: 'enterprise', ...body });
  assert.equal(status, 201, text);
  return { subscription, json, id: json.session.id, url: json.checkout.url };
}

describe('a start with a running subscription', () => {
  life('asks nobody, charges nothing, and imagines the change', async (user) => {
    const { json } = await changing(user);
    assert.equal(fake.asked.length, 0);
    assert.equal(json.session.status, 'pending');
    assert.equal(json.optimistic.tier, 'enterprise');
    assert.ok(json.session.delta.capabilities.gain.includes('sso:saml'));
    assert.equal('effective_at' in json.session.delta, false);
    await has(user, 'pro');
  });

  life('keeps the price that is paid when only seats are added', async (user) => {
    const subscription = await subscribe(user, { price: 'price_pro_yearly',
      until: now() + 365 * day });
    playing(subscription);
    const { json } = await begin(config, user, { target_tier: 'pro', quantity: 2 });
    await press(json.checkout.url);
    const [asked] = changes(subscription);
    assert.deepEqual([asked.form['items[0][price]'], asked.form['items[0][quantity]']],
      ['price_pro_yearly', '2']);
  });

  life('for what it sells already is refused', async (user) => {
    await subscribe(user);
    assertProblem(await begin(config, user, { target_tier: 'pro' }), 422, 'already-on-tier');
  });

  life('without a checkout is refused: nothing would change it', async (user) => {
    await subscribe(user);
    assertProblem(await api('POST', '/v1/upgrades',
      { body: { user, target_tier: 'enterprise' } }), 422, 'invalid-transition');
  });
});

describe('the page of a change', () => {
  life('shows what changes and what the provider charges, without a script', async (user) => {
    const { url } = await changing(user, { quantity: 2 });
    const { status, text, headers } = await upgrade(config, 'GET', url, { headers: html });
    assert.equal(status, 200, text);
    assert.match(headers['content-type'], /^text\/html/);
    for (const words of ['Pro', 'Enterprise', '2', 'EUR 123.45', '<button']) {
      assert.ok(text.includes(words), words);
    }
    assert.doesNotMatch(text, /<script/);
    assert.doesNotMatch(headers['content-security-policy'], /script-src|unsafe/);
    assert.ok(text.includes(shop), 'a way back');
  });

  life('charges nothing, however often it is looked at', async (user) => {
    const { subscription, url } = await changing(user);
    await upgrade(config, 'GET', url);
    await upgrade(config, 'GET', url);
    await upgrade(config, 'HEAD', url);
    assert.equal(changes(subscription).length, 0);
    await has(user, 'pro');
  });

  life('is shown without a price when the provider does not answer', async (user) => {
    const { url } = await changing(user);
    fake.answer = () => ({ status: 500 });
    const { status, text } = await upgrade(config, 'GET', url);
    assert.equal(status, 200);
    assert.match(text, /payment provider works out/);
    assert.match(text, /<button/);
  });
});

describe('its button', () => {
  life('changes the subscription once, at the price shown', async (user) => {
    const { subscription, url, id } = await changing(user, { quantity: 3 });
    await upgrade(config, 'GET', url);
    const { status, headers, text } = await press(url);
    assert.equal(status, 303, text);
    assert.equal(headers.location, `${shop}?done=1&rung_session=${id}`);
    const [asked, ...more] = changes(subscription);
    assert.equal(more.length, 0);
    assert.equal(asked.form['items[0][id]'], `si_${subscription.id}`);
    assert.equal(asked.form['items[0][price]'], 'price_ent');
    assert.equal(asked.form['items[0][quantity]'], '3');
    assert.ok(asked.headers['idempotency-key'].startsWith(id));
    assert.equal(asked.form.proration_date,
      fake.last('POST', '/create_preview').form['subscription_details[proration_date]']);
    const { session } = (await show(id)).json;
    assert.deepEqual([session.status, session.payment_status], ['completed', 'paid']);
    assert.equal((await entitlements(user)).quantity, 3);
    await has(user, 'enterprise');
  });

  life('pressed again leads on and charges no more', async (user) => {
    const { subscription, url } = await changing(user);
    const first = await press(url);
    const second = await press(url);
    assert.deepEqual([second.status, second.headers.location],
      [303, first.headers.location]);
    assert.equal(changes(subscription).length, 1);
  });

  life('pressed twice at once charges once', async (user) => {
    const { subscription, url } = await changing(user);
    const answer = fake.answer;
    fake.answer = async (asked) => {
      await new Promise((done) => { setTimeout(done, 150); });
      return answer(asked);
    };
    const answers = await Promise.all([press(url), press(url), press(url)]);
    assert.equal(changes(subscription).length, 1);
    assert.ok(answers.some((a) => a.status === 303), answers[0].text);
    for (const late of answers.filter((a) => a.status !== 303)) {
      assertProblem(late, 503, 'checkout-unavailable');
    }
  });

  life('asks again under the same key when the answer was lost', async (user) => {
    const { subscription, url, id } = await changing(user);
    const answer = fake.answer;
    fake.answer = (asked) => {
      const said = answer(asked);
      return 'items[0][price]' in asked.form ? null : said;
    };
    assertProblem(await press(url), 503, 'checkout-unavailable');
    fake.answer = answer;
    assert.equal((await press(url)).status, 303);
    const [lost, heard] = changes(subscription);
    assert.equal(heard.headers['idempotency-key'], lost.headers['idempotency-key']);
    assert.equal(heard.body, lost.body);
    assert.equal((await show(id)).json.session.status, 'completed');
  });

  life('whose answer is never heard is completed by the provider\'s word', async (user) => {
    const { subscription, url, id } = await changing(user, {},
      { change: () => null });
    assertProblem(await press(url), 503, 'checkout-unavailable');
    await subscription.updated({ price: 'price_ent' });
    assert.equal((await show(id)).json.session.status, 'completed');
    assert.equal((await press(url)).status, 303);
  });

  life('needs the key of its session', async (user) => {
    const { url, subscription } = await changing(user);
    assertProblem(await press(altered(url, 'k')), 404, 'unknown-session');
    assert.equal(changes(subscription).length, 0);
  });
});

describe('a change that the bank wants confirmed', () => {
  const waiting = (subscription) => () => ({ json: subscriptionObject(subscription, {
    pending_update: { expires_at: now() + 80000 },
    latest_invoice: { hosted_invoice_url: 'https://invoice.example/i/1' } }) });

  life('sends the buyer there, and is complete when it is paid', async (user) => {
    const set = {};
    const { subscription, url, id } = await changing(user, {}, set);
    set.change = waiting(subscription);
    const { status, headers } = await press(url);
    assert.deepEqual([status, headers.location], [303, 'https://invoice.example/i/1']);
    const { session } = (await show(id)).json;
    assert.deepEqual([session.status, session.payment_status], ['pending', 'requires_action']);
    await has(user, 'pro');
    assert.ok((await upgrade(config, 'GET', url)).text.includes('https://invoice.example/i/1'));
    assert.equal((await press(url)).headers.location, 'https://invoice.example/i/1');
    assert.equal(changes(subscription).length, 1);
    await wait(60);
    await subscription.updated({ price: 'price_ent' });
    assert.equal((await show(id)).json.session.status, 'completed');
    await has(user, 'enterprise');
  });
});

describe('a change that is declined', () => {
  life('says so, changes nothing, and may be tried again', async (user) => {
    const set = {};
    const { subscription, url, id } = await changing(user, {}, set);
    set.change = () => ({ json: subscriptionObject(subscription,
      { pending_update: { expires_at: now() + 80000 } }) });
    const { status, headers } = await press(url);
    assert.equal(status, 303);
    assert.equal(new URL(headers.location).pathname, new URL(url).pathname);
    const { session } = (await show(id)).json;
    assert.deepEqual([session.status, session.payment_status], ['pending', 'failed']);
    await has(user, 'pro');
    assert.match((await upgrade(config, 'GET', headers.location)).text, /declined/);
    set.change = undefined;
    assert.equal((await press(url)).status, 303);
    const keys = changes(subscription).map((a) => a.headers['idempotency-key']);
    assert.equal(new Set(keys).size, 2, 'another try has another key');
    assert.equal((await show(id)).json.session.status, 'completed');
    await has(user, 'enterprise');
  });
});

describe('a change that the provider refuses', () => {
  life('says why and ends the session', async (user) => {
    const { url, id } = await changing(user, {}, { change: () => refused });
    const failed = await press(url);
    assertProblem(failed, 422, 'invalid-transition');
    assert.match(failed.json.detail, /test clock/);
    const { session } = (await show(id)).json;
    assert.deepEqual([session.status, session.reason], ['failed', 'provider_error']);
    await has(user, 'pro');
  });
});

describe('a change at the end of the period', () => {
  life('is planned, tells when, and is complete with the provider\'s yes', async (user) => {
    const { subscription, json, url, id } = await changing(user, { effective: 'period_end' });
    assert.equal(json.optimistic.tier, 'pro');
    assert.ok(json.session.delta.capabilities.gain.includes('sso:saml'));
    assert.equal(Date.parse(json.session.delta.effective_at) / 1000, subscription.is.until);
    assert.ok((await upgrade(config, 'GET', url)).text.includes(
      json.session.delta.effective_at.slice(0, 10)));
    const { status, headers } = await press(url);
    assert.equal(status, 303);
    assert.match(headers.location, /rung_session=/);
    assert.equal(fake.last('POST', '/subscription_schedules/sub_sched_1')
      .form['phases[1][items][0][price]'], 'price_ent');
    assert.equal((await show(id)).json.session.status, 'completed');
    await has(user, 'pro');
  });

  life('that cannot be had is 422 with the provider\'s words', async (user) => {
    const { url } = await changing(user, { effective: 'period_end' }, { plan: refused });
    const failed = await press(url);
    assertProblem(failed, 422, 'invalid-transition');
    assert.match(failed.json.detail, /test clock/);
  });
});

describe('a start of the default tier', () => {
  const free = { target_tier: 'free' };

  life('ends the subscription with its period', async (user) => {
    const { subscription, json, url, id } = await changing(user, free);
    assert.equal(json.optimistic.tier, 'pro');
    assert.equal(Date.parse(json.optimistic.ends_at) / 1000, subscription.is.until);
    assert.ok(json.session.delta.capabilities.lose.includes('export:csv'));
    assert.equal((await press(url)).status, 303);
    assert.equal((await show(id)).json.session.status, 'completed');
    const doc = await entitlements(user);
    assert.equal(doc.tier, 'pro');
    assert.equal(Date.parse(doc.ends_at) / 1000, subscription.is.until);
    assertProblem(await begin(config, user, free), 422, 'already-on-tier');
  });

  life('at once ends it at once', async (user) => {
    const { subscription, json, url } = await changing(user, { ...free, effective: 'now' });
    assert.equal(json.optimistic.tier, 'free');
    assert.equal((await press(url)).status, 303);
    assert.equal(fake.count('DELETE', subscription.id), 1);
    await has(user, 'free');
  });

  life('is taken back by a start of the tier that runs', async (user) => {
    const { subscription, url } = await changing(user, free);
    await press(url);
    assert.notEqual((await entitlements(user)).ends_at, null);
    await wait(60);
    const { status, json, text } = await begin(config, user, { target_tier: 'pro' });
    assert.equal(status, 201, text);
    assert.equal(json.optimistic.ends_at, null);
    assert.equal((await press(json.checkout.url)).status, 303);
    assert.equal(fake.last('POST', subscription.id).form.cancel_at_period_end, 'false');
    assert.equal((await entitlements(user)).ends_at, null);
  });

  it('of who has no subscription is refused', async () => {
    assertProblem(await begin(config, newUser(), free), 422, 'already-on-tier');
  });
});

describe('what is told of a subscription while its change is under way', () => {
  life('as it was does not end the session', async (user) => {
    const { subscription, url, id } = await changing(user, {}, { change: () => null });
    await press(url);
    await deliver(subscriptionEvent('updated', { id: subscription.id, user,
      ...subscription.is }));
    assert.equal((await show(id)).json.session.status, 'pending');
    await has(user, 'pro');
  });
});

describe('a preview with a running subscription', () => {
  const preview = (user, body) => upgrade(config, 'POST', '/v1/upgrades/preview',
    { key: serverKey, body: { user, checkout: { provider: 'stripe', success_url: shop }, ...body } });

  life('tells what the provider would charge', async (user) => {
    playing(await subscribe(user));
    const { json, text } = await preview(user, { target_tier: 'enterprise' });
    assert.deepEqual(json.charge.now, { amount: 12345, currency: 'eur' }, text);
    assert.equal(json.charge.source, 'provider');
  });

  life('estimates when the provider does not answer, and soon', async (user) => {
    await subscribe(user, { price: 'price_pro_yearly', until: now() + 365 * day });
    fake.answer = () => new Promise(() => {});
    const { json, ms, text } = await preview(user, { target_tier: 'enterprise', quantity: 2 });
    assert.equal(json?.charge.source, 'estimate', text);
    assert.equal(json.charge.now.amount, 2 * 19900 - 29000);
    assert.ok(ms < 10000, `${ms} ms`);
  });

  life('of an end costs nothing', async (user) => {
    playing(await subscribe(user, { price: 'price_pro_yearly', until: now() + 365 * day }));
    const { json, text } = await preview(user, { target_tier: 'free' });
    assert.equal(json.optimistic.tier, 'pro', text);
    assert.deepEqual(json.charge.now, { amount: 0, currency: 'eur' });
    assert.equal(json.charge.next, null);
    assert.equal(fake.asked.length, 0);
  });
});
