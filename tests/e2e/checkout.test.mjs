// checkout.url: the provider is asked at the first visit, once, and the buyer
// is sent on.  The provider is played here, to be slow, down or unwilling.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { altered, api, deliver, entitlements, env, newUser, rung, serverKey, sqlValue,
  stripeEvent, until } from './lib.mjs';
import { assertProblem, show } from './more.mjs';
import { backToToday, hour, wait } from './stripe-life.mjs';
import { begin, configured, FakeApi, rungWith, shop, upgrade } from './asking.mjs';

const page = { Accept: 'text/html,application/xhtml+xml' };
const made = '/v1/checkout/sessions';

// Stripe as it opens and closes checkouts.
let number = 0;
function stripe({ method, path }) {
  if (method === 'POST' && path.endsWith(made)) {
    number += 1;
    return { json: { id: `cs_test_${process.pid}_${Date.now()}_${number}`,
      object: 'checkout.session', url: `https://checkout.example/c/${number}`,
      payment_intent: null, expires_at: Math.floor(Date.now() / 1000) + 3600 } };
  }
  if (path.includes('/v1/prices/')) return { json: { recurring: null } };
  if (method === 'POST' && path.endsWith('/expire')) return { json: { status: 'expired' } };
  return { status: 404, json: { error: { message: 'No such thing' } } };
}

let fake;
let config;
before(async () => {
  fake = await new FakeApi(stripe).listen();
  config = configured(fake.url);
});

// A new upgrade of a new user: {user, id, url}.
async function started(more) {
  const user = newUser();
  fake.asked.length = 0;
  fake.answer = stripe;
  const { json, text } = await begin(config, user, more);
  assert.ok(json?.session, text);
  return { user, id: json.session.id, url: json.checkout.url };
}

describe('a start by checkout', () => {
  it('asks nobody', async () => {
    await started();
    assert.equal(fake.asked.length, 0);
  });
});

describe('the first visit', () => {
  it('opens the provider\'s checkout and sends the buyer there', async () => {
    const { url, id, user } = await started({ quantity: 3 });
    const { status, headers, text } = await upgrade(config, 'GET', url);
    assert.equal(status, 303, text);
    assert.match(headers.location, /^https:\/\/checkout\.example\/c\//);
    const asked = fake.last('POST', made);
    assert.equal(asked.path, `/stripe${made}`);
    assert.match(asked.headers.authorization, /^Bearer sk_test_/);
    assert.ok(asked.headers['idempotency-key'].startsWith(id));
    assert.equal(asked.form['line_items[0][price]'], 'price_pro_monthly');
    assert.equal(asked.form['line_items[0][quantity]'], '3');
    assert.equal(asked.form['metadata[rung_session]'], id);
    assert.equal(asked.form['metadata[rung_user]'], user);
    assert.equal(asked.form.success_url, `${shop}?done=1&rung_session=${id}`);
    assert.equal(asked.form.cancel_url, `${shop}?rung_session=${id}`);
  });

  it('fills in the address of the buyer, if the back end told it', async () => {
    const { url } = await started({ checkout: { provider: 'stripe', success_url: shop,
      email: 'Ann@Shop.example' } });
    await upgrade(config, 'GET', url);
    assert.equal(fake.last('POST', made).form.customer_email, 'ann@shop.example');
    const { url: other } = await started();
    await upgrade(config, 'GET', other);
    assert.equal(fake.last('POST', made).form.customer_email, undefined);
  });

  it('does without an address that the provider refuses', async () => {
    const { url } = await started({ checkout: { provider: 'stripe', success_url: shop,
      email: 'ann@localhost' } });
    fake.answer = (asked) => (asked.form.customer_email
      ? { status: 400, json: { error: { message: 'Invalid email address: ann@localhost' } } }
      : stripe(asked));
    assert.equal((await upgrade(config, 'GET', url)).status, 303);
    const keys = fake.asked.filter((asked) => asked.path.endsWith(made))
      .map((asked) => asked.headers['idempotency-key']);
    assert.equal(new Set(keys).size, 2, 'another request, another key');
  });

  it('is repeated to all later ones', async () => {
    const { url } = await started();
    const first = await upgrade(config, 'GET', url);
    const second = await upgrade(config, 'GET', url);
    assert.equal(second.status, 303);
    assert.equal(second.headers.location, first.headers.location);
    assert.equal(fake.count('POST', made), 1);
  });

  it('by HEAD asks nobody', async () => {
    const { url } = await started();
    const head = await upgrade(config, 'HEAD', url);
    assert.equal(head.status, 204);
    assert.equal(fake.asked.length, 0);
    await upgrade(config, 'GET', url);
    assert.equal((await upgrade(config, 'HEAD', url)).status, 303);
  });

  it('and another at the same moment: one asks', async () => {
    const { url } = await started();
    fake.answer = async (asked) => {
      await new Promise((done) => { setTimeout(done, 200); });
      return stripe(asked);
    };
    const answers = await Promise.all([1, 2, 3].map(() => upgrade(config, 'GET', url)));
    assert.equal(fake.count('POST', made), 1);
    const sent = answers.filter((a) => a.status === 303);
    assert.ok(sent.length >= 1, answers[0].text);
    assert.equal(new Set(sent.map((a) => a.headers.location)).size, 1);
    for (const late of answers.filter((a) => a.status !== 303)) {
      assertProblem(late, 503, 'checkout-unavailable');
    }
  });

  it('of a provider that takes long lets the second come again in a second', async () => {
    const { url } = await started();
    let go;
    fake.answer = async (asked) => {
      if (asked.path.endsWith(made)) await new Promise((done) => { go = done; });
      return stripe(asked);
    };
    const first = upgrade(config, 'GET', url);
    await until(() => go, { what: 'the first request' });
    const second = await upgrade(config, 'GET', url);
    assertProblem(second, 503, 'checkout-unavailable');
    assert.equal(second.headers['retry-after'], '1');
    go();
    assert.equal((await first).status, 303);
  });

  it('needs its own key', async () => {
    const { url } = await started();
    assertProblem(await upgrade(config, 'GET', altered(url, 'k')), 404,
      'unknown-session');
    assert.equal(fake.asked.length, 0);
  });

  it('makes the checkout ours: a payment without our names completes the session', async () => {
    const { url, id, user } = await started();
    await upgrade(config, 'GET', url);
    const ref = await sqlValue(`select made_ref from intents where session_id = '${id}'`);
    const event = stripeEvent('checkout.session.completed', { id: ref,
      object: 'checkout.session', mode: 'payment', status: 'complete', payment_status: 'paid',
      amount_total: 2900, currency: 'eur', client_reference_id: null, customer: null,
      invoice: null, livemode: false, metadata: {}, payment_intent: null, subscription: null });
    assert.equal((await deliver(event)).status, 200);
    assert.equal((await show(id)).json.session.status, 'completed');
    assert.equal((await entitlements(user)).tier, 'pro');
  });

  it('understands a payment that was heard of before the answer', async () => {
    const { url, id, user } = await started();
    fake.answer = async (asked) => {
      const said = stripe(asked);
      await deliver(stripeEvent('checkout.session.completed', { id: said.json.id,
        object: 'checkout.session', mode: 'payment', status: 'complete',
        payment_status: 'paid', amount_total: 2900, currency: 'eur',
        client_reference_id: null, customer: null, invoice: null, livemode: false,
        metadata: {}, payment_intent: null, subscription: null }));
      return said;
    };
    await upgrade(config, 'GET', url);
    assert.equal((await show(id)).json.session.status, 'completed');
    assert.equal((await entitlements(user)).tier, 'pro');
  });
});

describe('a provider that', () => {
  const failures = [
    ['hangs up', () => null],
    ['is broken', () => ({ status: 500 })],
    ['has too much to do', () => ({ status: 429, headers: { 'Retry-After': '7' } })],
    ['speaks no JSON', () => ({ status: 200, json: 'hello' })],
    ['does not know our key', () => ({ status: 401 })],
    ['does not know the price', () => ({ status: 400, json: { error: { message: 'No such price' } } })],
  ];
  for (const [what, answer] of failures) {
    it(`${what}: 503, and it works later`, async () => {
      const { url } = await started();
      fake.answer = answer;
      const failed = await upgrade(config, 'GET', url);
      assertProblem(failed, 503, 'checkout-unavailable');
      assert.doesNotMatch(failed.text, /sk_test_|\b401\b|price_/);
      if (what.startsWith('has too much')) assert.equal(failed.headers['retry-after'], '7');
      fake.answer = stripe;
      assert.equal((await upgrade(config, 'GET', url)).status, 303);
    });
  }

  it('is not there: 503, and it works later', async () => {
    const { url } = await started();
    const nobody = configured('http://127.0.0.1:9');
    assertProblem(await upgrade(nobody, 'GET', url), 503, 'checkout-unavailable');
    assert.equal((await upgrade(config, 'GET', url)).status, 303);
  });

  it('never answers is given up after eight seconds', async () => {
    const { url } = await started();
    fake.answer = () => new Promise(() => {});
    const failed = await upgrade(config, 'GET', url);
    assertProblem(failed, 503, 'checkout-unavailable');
    assert.ok(failed.ms > 7000 && failed.ms < 20000, `${failed.ms} ms`);
  });

  it('is slow holds only so many of us', async () => {
    const one = configured(fake.url, 'ask_slots: 1\n');
    const first = await started();
    const second = await started();
    let go;
    fake.answer = async (asked) => {
      if (asked.path.endsWith(made)) await new Promise((done) => { go = done; });
      return stripe(asked);
    };
    const waiting = upgrade(one, 'GET', first.url);
    await until(() => go, { what: 'the first request' });
    assertProblem(await upgrade(one, 'GET', second.url), 503, 'checkout-unavailable');
    go();
    assert.equal((await waiting).status, 303);
  });
});

describe('a buyer with a browser', () => {
  it('reads in words that the provider does not answer, with ways on', async () => {
    const { url, id } = await started();
    fake.answer = () => ({ status: 500 });
    const { status, headers, text } = await upgrade(config, 'GET', url, { headers: page });
    assert.equal(status, 503);
    assert.match(headers['retry-after'], /^\d+$/);
    assert.match(headers['content-type'], /^text\/html/);
    assert.match(text, /nobody is charged twice/);
    assert.ok(text.includes('Try again'));
    assert.ok(text.includes(`${shop}?rung_session=${id}`), 'a way back');
    assert.doesNotMatch(text, /<script/);
    assert.doesNotMatch(headers['content-security-policy'], /script-src|unsafe/);
  });

  it('reads that an upgrade is over', async () => {
    const { url, id } = await started();
    await api('POST', `/v1/upgrades/${id}/cancel`);
    const { status, text } = await upgrade(config, 'GET', url, { headers: page });
    assert.equal(status, 410);
    assert.match(text, /over/);
    assertProblem(await upgrade(config, 'GET', url), 410, 'session-expired');
  });

  it('reads that a link is not good', async () => {
    const { status, text } = await upgrade(config, 'GET', '/v1/upgrades/us_1/checkout?k=no',
      { headers: page });
    assert.equal(status, 404);
    assert.match(text, /not good/);
  });
});

describe('a session that is over', () => {
  const state = (id) => sqlValue(`select concat(ifnull(close_at, 'none'), ' ', close_tries)
    from intents where session_id = '${id}'`);

  it('by cancelling has its checkout closed at once', async () => {
    const { url, id } = await started();
    await upgrade(config, 'GET', url);
    const { status } = await upgrade(config, 'POST', `/v1/upgrades/${id}/cancel`,
      { key: serverKey });
    assert.equal(status, 200);
    assert.equal(fake.count('POST', '/expire'), 1);
    assert.equal(await state(id), 'none 1');
  });

  it('is cancelled also when the provider is down, and closed by the sweep', async () => {
    const { url, id } = await started();
    await upgrade(config, 'GET', url);
    fake.answer = () => ({ status: 500 });
    const { status, json } = await upgrade(config, 'POST', `/v1/upgrades/${id}/cancel`,
      { key: serverKey });
    assert.equal(status, 200);
    assert.equal(json.session.status, 'cancelled');
    assert.match(await state(id), /^\d+ 1$/);
    fake.answer = stripe;
    await rungWith(config, 'sweep');
    assert.match(await state(id), /^\d+ 1$/, 'not before its time');
    await sqlValue(`update intents set close_at = 1 where session_id = '${id}'; select 1`);
    assert.equal((await rungWith(config, 'sweep')).code, 0);
    assert.equal(await state(id), 'none 2');
  });

  it('by its time has its checkout closed by the sweep that ends it', async () => {
    const { url, id } = await started();
    await upgrade(config, 'GET', url);
    try {
      await wait(2 * hour);
      assert.equal((await rungWith(config, 'sweep')).code, 0);
      assert.equal((await show(id)).json.session.status, 'expired');
      assert.equal(await state(id), 'none 1');
      assert.equal(fake.last('POST', '/expire')?.path.includes(
        await sqlValue(`select made_ref from intents where session_id = '${id}'`)), true);
    } finally {
      await backToToday();
    }
  });

  it('by cancelling does not wait for a slow provider', async () => {
    const { url, id } = await started();
    await upgrade(config, 'GET', url);
    fake.answer = () => new Promise(() => {});
    const { status, ms } = await upgrade(config, 'POST', `/v1/upgrades/${id}/cancel`,
      { key: serverKey });
    assert.equal(status, 200);
    assert.ok(ms < 7000, `${ms} ms`);
  });

  it('while the provider is asked does not leave a checkout open', async () => {
    const { url, id } = await started();
    let go;
    fake.answer = async (asked) => {
      if (asked.path.endsWith(made)) await new Promise((done) => { go = done; });
      return stripe(asked);
    };
    const visit = upgrade(config, 'GET', url);
    await until(() => go, { what: 'the request' });
    await api('POST', `/v1/upgrades/${id}/cancel`);
    go();
    await visit;
    assert.match(await state(id), /^\d+ 0$/);
    await rungWith(config, 'sweep');
    assert.equal(await state(id), 'none 1');
    assert.equal(fake.count('POST', '/expire'), 1);
  });

  it('by an operator\'s word is closed as well', async () => {
    const { url, id } = await started();
    await upgrade(config, 'GET', url);
    const { code, stderr } = await rungWith(config, 'session', 'cancel', id);
    assert.equal(code, 0, stderr);
    assert.equal((await show(id)).json.session.reason, 'cancelled_by_seller');
    assert.equal(await state(id), 'none 1');
    assert.equal((await rung('session', 'cancel', 'us_nobody')).code, 1);
  });
});

describe('libcurl', () => {
  it('is linked by no program', async () => {
    const { readFileSync } = await import('node:fs');
    for (const name of ['upgrade', 'webhook', 'entitlement', 'watch', 'admin', 'sandbox']) {
      const bytes = readFileSync(`${env.RUNG_DIR}/cgi-bin/${name}.fcgi`);
      assert.equal(bytes.includes('curl_easy_init@'), false, name);
    }
  });
});
