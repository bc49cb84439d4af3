// One upgrade, from the start to what the buyer has afterwards, with the
// shapes of its answers and the rules of its idempotency key.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, it } from 'node:test';
import { api, can, checkKey, clientToken, deliver, entitlements, newPayment, newUser,
  paid, rung, sql, start, url } from './lib.mjs';
import { assertProblem, backTo, checkoutBody, holding, rowsOf, show,
  startCheckout } from './more.mjs';

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const documentMembers = ['assets', 'capabilities', 'ends_at', 'grace_ends_at', 'limits',
  'livemode', 'matrix_version', 'quantity', 'renews_at', 'session', 'status', 'tier',
  'trial_ends_at', 'updated_at', 'user', 'valid_until', 'version'];

function members(object) {
  return Object.keys(object).sort();
}

function asset(doc, slot) {
  return doc.assets.find((one) => one.slot === slot);
}

describe('a payment that the seller names', () => {
  const user = newUser('buyer');
  const reference = newPayment();
  const key = randomUUID();
  const body = JSON.stringify({ user, target_tier: 'pro', quantity: 1,
    payment: { provider: 'stripe', reference, amount: 2900, currency: 'eur' } });
  let started;
  let pending;
  let shown;
  let done;

  const again = (more = {}) => api('POST', '/v1/upgrades',
    { body, headers: { 'Idempotency-Key': key }, ...more });

  before(async () => {
    started = await again();
    pending = await entitlements(user);
    shown = await show(started.json.session.id);
    const event = paid(reference, { amount: 2900, currency: 'eur' });
    assert.equal((await deliver(event)).status, 200);
    done = await entitlements(user);
  });

  it('starts a pending session', () => {
    assert.equal(started.status, 201, started.text);
    const { id, created_at: created, expires_at: expires, delta, ...session } =
      started.json.session;
    assert.match(id, /^us_[0-9a-f]{32}$/);
    assert.match(created, time);
    assert.equal(Date.parse(expires) - Date.parse(created), 3600 * 1000);
    assert.equal(typeof delta, 'object');
    assert.deepEqual(session, { user, from_tier: 'free', target_tier: 'pro', quantity: 1,
      status: 'pending', payment_status: 'unpaid', livemode: false, version: 1,
      reason: null });
  });

  it('answers session, checkout, token, entitlements and optimistic', () => {
    assert.deepEqual(members(started.json),
      ['checkout', 'entitlements', 'optimistic', 'session', 'token']);
    assert.equal(started.json.checkout, null, 'the seller takes the money himself');
    assert.match(started.json.token, /^rung_st_[0-9a-f]{32}_[\w-]{43}$/);
  });

  it('says in its delta what the buyer will gain and lose', () => {
    const { assets, ...delta } = started.json.session.delta;
    assert.deepEqual(delta, {
      capabilities: { gain: ['api:unlimited', 'export:csv', 'write:unlimited'],
        lose: ['write:limited'] },
      limits: { 'api:requests_per_day': { from: 100, to: 50000 } },
      over_limit: [],
    });
    assert.deepEqual(members(assets), ['change', 'provision', 'revoke']);
    assert.deepEqual(assets.provision, [{ slot: 'api_key', type: 'API_KEY' }]);
    assert.deepEqual(assets.revoke, []);
    assert.deepEqual(assets.change.map(({ slot, type }) => [slot, type]),
      [['storage', 'STORAGE_QUOTA']]);
  });

  it('starts with the entitlements that every reader gets', () => {
    assert.deepEqual(started.json.entitlements, pending);
    assert.deepEqual(members(pending), documentMembers);
    assert.equal(pending.tier, 'free');
    assert.equal(pending.status, 'default');
    assert.equal(pending.session.id, started.json.session.id);
  });

  it('imagines the state that the payment then brings', () => {
    const { optimistic } = started.json;
    assert.deepEqual(members(optimistic), [...documentMembers, 'optimistic'].sort());
    assert.equal(optimistic.optimistic, true);
    assert.equal(optimistic.version, pending.version, 'the committed version');
    assert.deepEqual(holding(optimistic), holding(done));
  });

  it('is shown with the same members but the token', () => {
    const { token, ...rest } = started.json;
    assert.ok(token);
    assert.equal(shown.status, 200);
    assert.deepEqual(shown.json, rest);
    assert.equal(shown.headers.etag, `"s1.u${pending.version}"`);
  });

  it('ends completed once the payment is delivered', async () => {
    const { json } = await show(started.json.session.id);
    const { status, payment_status: payment, version, reason } = json.session;
    assert.deepEqual({ status, payment, version, reason },
      { status: 'completed', payment: 'paid', version: 2, reason: null });
    assert.equal(json.optimistic, null);
    assert.deepEqual(json.entitlements, done);
  });

  it('gives the tier with its capabilities and limits', () => {
    const { tier, quantity, status, capabilities, limits, session } = done;
    assert.deepEqual({ tier, quantity, status, session },
      { tier: 'pro', quantity: 1, status: 'active', session: null });
    assert.deepEqual(capabilities,
      ['api:unlimited', 'export:csv', 'read:public', 'write:unlimited']);
    const { value, unlimited, used, remaining } = limits['api:requests_per_day'];
    assert.deepEqual({ value, unlimited, used, remaining },
      { value: 50000, unlimited: false, used: 0, remaining: 50000 });
  });

  it('gives an API key that waits to be claimed', () => {
    const key = asset(done, 'api_key');
    assert.equal(key.type, 'API_KEY');
    assert.equal(key.status, 'PENDING');
    assert.match(key.id, /^as_/);
  });

  it('keeps the asset of a slot that both tiers have', () => {
    assert.equal(asset(done, 'storage').id, asset(pending, 'storage').id);
    assert.deepEqual(asset(done, 'storage').metadata, { limit: 10000 });
  });

  it('raises the version by one for the start and one for the payment', () => {
    assert.equal(pending.version, 1);
    assert.equal(done.version, 2);
  });

  it('leaves one audit record per version and a notice for each', async () => {
    const rows = await rowsOf(user);
    assert.equal(rows.audit, 2);
    assert.deepEqual((await sql(`select distinct ver from outbox
      where user_id = '${user}' order by ver`)).map((row) => row.ver), ['1', '2']);
  });

  it('grants the tier once', async () => {
    assert.equal((await rowsOf(user)).tiers_granted, 1);
  });

  it('lets the buyer do what was bought and says why', async () => {
    const { json } = await api('GET', `/v1/users/${user}/can/export:csv`,
      { key: checkKey });
    assert.deepEqual(json, { user, capability: 'export:csv', allowed: true,
      code: 'granted-by-tier', tier: 'pro', version: 2, upgrade_to: [] });
  });

  it('answers a repeated start with the same bytes, also when it is over', async () => {
    const answer = await again();
    assert.equal(answer.status, 201);
    assert.equal(answer.text, started.text);
    assert.equal(answer.headers['idempotent-replayed'], 'true');
    assert.equal(started.headers['idempotent-replayed'], undefined);
  });

  it('takes a quoted key for the same as a bare one', async () => {
    const answer = await again({ headers: { 'Idempotency-Key': `"${key}"` } });
    assert.equal(answer.text, started.text);
  });

  it('refuses the same key with another body', async () => {
    const answer = await again({ body: `${body} ` });
    assertProblem(answer, 422, 'idempotency-mismatch');
  });

  it('takes another server key of the seller for the same caller', async () => {
    const { stdout } = await rung('key', 'create', 'server', '--quiet');
    const answer = await again({ key: stdout.trim() });
    assert.equal(answer.text, started.text);
  });

  it('refuses the same tier a second time', async () => {
    assertProblem(await start(user, 'pro'), 422, 'already-on-tier');
  });
});

describe('an Idempotency-Key', () => {
  const startWith = (value, user = newUser()) => api('POST', '/v1/upgrades', {
    body: { user, target_tier: 'pro', payment: { provider: 'stripe', reference: newPayment() } },
    headers: { 'Idempotency-Key': value } });

  it('is required for a start', async () => {
    const user = newUser();
    assertProblem(await startWith(null, user), 400, 'idempotency-key-missing');
    assert.equal((await rowsOf(user)).sessions, 0);
  });

  it('may have 255 characters', async () => {
    const value = randomUUID().padEnd(255, 'x');
    assert.equal((await startWith(value)).status, 201);
  });

  it('may not have 256 characters', async () => {
    assertProblem(await startWith('x'.repeat(256)), 400, 'bad-request');
  });

  it('of a refused start is free for the mended one', async () => {
    const user = newUser();
    const headers = { 'Idempotency-Key': randomUUID() };
    const payment = { provider: 'stripe', reference: newPayment() };
    await api('POST', '/v1/upgrades',
      { body: { user, target_tier: 'prp', payment }, headers });
    const answer = await api('POST', '/v1/upgrades',
      { body: { user, target_tier: 'pro', payment }, headers });
    assert.equal(answer.status, 201, answer.text);
  });

  it('belongs to the user, not to the token that brought it', async () => {
    const user = newUser();
    const headers = { 'Idempotency-Key': randomUUID() };
    const body = checkoutBody();
    const answers = [];
    for (let i = 0; i < 2; i++) {
      answers.push(await api('POST', '/v1/upgrades',
        { key: await clientToken(user), body, headers }));
    }
    assert.equal(answers[0].status, 201, answers[0].text);
    assert.equal(answers[1].text, answers[0].text);
  });

  it('of one user says nothing about another user', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    const ids = new Set();
    for (const user of [newUser(), newUser()]) {
      const { json } = await api('POST', '/v1/upgrades',
        { key: await clientToken(user), body: checkoutBody(), headers });
      ids.add(json.session.id);
    }
    assert.equal(ids.size, 2);
  });

  it('sent 10 times at once starts one session with one answer', async () => {
    const user = newUser();
    const headers = { 'Idempotency-Key': randomUUID() };
    const body = { user, target_tier: 'pro',
      payment: { provider: 'stripe', reference: newPayment() } };
    const answers = await Promise.all(Array.from({ length: 10 },
      () => api('POST', '/v1/upgrades', { body, headers })));
    const texts = new Set(answers.filter(({ status }) => status === 201)
      .map(({ text }) => text));
    assert.equal(texts.size, 1, 'one answer');
    for (const { status, json, text } of answers) {
      assert.ok(status === 201 || json.code === 'idempotency-in-progress', text);
    }
    assert.equal((await rowsOf(user)).sessions, 1);
  });
});

describe('a checkout', () => {
  const user = newUser('buyer');
  let started;
  let link;

  before(async () => {
    started = await startCheckout(await clientToken(user));
    link = started.json.checkout?.url;
  });

  it('is started by the buyer\'s own page', () => {
    assert.equal(started.status, 201, started.text);
    assert.equal(started.json.session.user, user);
    assert.deepEqual(members(started.json),
      ['checkout', 'entitlements', 'optimistic', 'session', 'token']);
  });

  it('has a link of our own with a key', () => {
    const { id } = started.json.session;
    assert.deepEqual(members(started.json.checkout), ['provider', 'url']);
    assert.equal(started.json.checkout.provider, 'stripe');
    assert.ok(link.startsWith(`${url}/v1/upgrades/${id}/checkout?k=`), link);
  });

  it('sends the buyer to the payment page, each time', async () => {
    const places = [];
    for (let i = 0; i < 2; i++) {
      const answer = await api('GET', link, { key: null });
      assert.equal(answer.status, 303, answer.text);
      places.push(answer.headers.location);
    }
    assert.ok(places[0].startsWith(`${url}/sandbox/checkout/`), places[0]);
    assert.equal(places[1], places[0]);
  });

  it('is not opened by another key', async () => {
    const wrong = link.replace(/k=(.)/, (all, first) => `k=${first === 'A' ? 'B' : 'A'}`);
    assertProblem(await api('GET', wrong, { key: null }), 404, 'unknown-session');
  });

  it('is not opened by the key of another session', async () => {
    const other = await startCheckout(await clientToken(newUser()));
    const mixed = link.replace(/k=.*/, new URL(other.json.checkout.url).search.slice(1));
    assertProblem(await api('GET', mixed, { key: null }), 404, 'unknown-session');
  });

  it('grants when its payment names the session', async () => {
    const { id } = started.json.session;
    await deliver(paid(newPayment(), { user, session: id, amount: 1 }));
    assert.equal(await can(user, 'export:csv'), true);
    assert.equal((await show(id)).json.session.status, 'completed');
  });

  it('is gone once its session is final', async () => {
    assertProblem(await api('GET', link, { key: null }), 410, 'session-expired');
    assert.equal((await show(started.json.session.id)).json.checkout, null);
  });

  it('sells the named price of a tier', async () => {
    const answer = await startCheckout(await clientToken(newUser()), 'pro',
      { price: 'yearly' });
    assert.equal(answer.status, 201, answer.text);
  });

  it('sells an add-on', async () => {
    const buyer = newUser();
    const { json, text } = await api('POST', '/v1/upgrades', { key: await clientToken(buyer),
      body: { addons: ['export-pack'],
        checkout: { provider: 'stripe', success_url: backTo } } });
    assert.deepEqual(json.session?.delta.capabilities,
      { gain: ['export:csv'], lose: [] }, text);
    await deliver(paid(newPayment(), { user: buyer, session: json.session.id }));
    const doc = await entitlements(buyer);
    assert.equal(doc.tier, 'free');
    assert.ok(doc.capabilities.includes('export:csv'));
  });
});

describe('a preview', () => {
  it('shows what a start would, and changes nothing', async () => {
    const user = newUser();
    const token = await clientToken(user);
    const { status, json, text } = await api('POST', '/v1/upgrades/preview',
      { key: token, body: checkoutBody('enterprise') });
    assert.equal(status, 200, text);
    assert.equal(json.entitlements.tier, 'free');
    assert.equal(json.optimistic.tier, 'enterprise');
    assert.ok(['provider', 'estimate', 'none'].includes(json.charge.source), text);
    assert.equal((await rowsOf(user)).version, 0);
    const started = await startCheckout(token, 'enterprise');
    assert.deepEqual(started.json.session.delta, json.delta);
  });
});

describe('a user', () => {
  it('nobody has heard of is on the default tier, and reading makes no row', async () => {
    const user = newUser('stranger');
    const doc = await entitlements(user);
    assert.deepEqual(members(doc), documentMembers);
    assert.equal(doc.tier, 'free');
    assert.equal(doc.version, 0);
    assert.equal(doc.session, null);
    assert.equal(await can(user, 'read:public'), true);
    assert.equal((await sql(`select 1 from users where user_id = '${user}'`)).length, 0);
  });

  it('is told which tiers would allow a capability', async () => {
    const user = newUser();
    const { json } = await api('GET', `/v1/users/${user}/can/sso:saml`);
    assert.deepEqual(json, { user, capability: 'sso:saml', allowed: false,
      code: 'not-in-tier', tier: 'free', version: 0, upgrade_to: ['enterprise'] });
  });

  it('may not do what no tier knows, and that is an answer', async () => {
    const { status, json } = await api('GET', `/v1/users/${newUser()}/can/no:such`);
    assert.equal(status, 200);
    assert.equal(json.allowed, false);
    assert.equal(json.code, 'unknown-capability');
  });

  const names = [
    ['of two cases is two users', () => newUser('Case'), (name) => name.toLowerCase()],
    ['with and without an accent is two users', () => newUser('José'),
      (name) => name.replace('é', 'e')],
    ['with and without a blank at the end is two users', () => `${newUser()} `,
      (name) => name.trimEnd()],
  ];
  for (const [what, make, other] of names) {
    it(what, async () => {
      const user = make();
      const reference = newPayment();
      await start(user, 'pro', { payment: { provider: 'stripe', reference } });
      await deliver(paid(reference));
      assert.equal((await entitlements(user)).tier, 'pro');
      assert.equal((await entitlements(other(user))).tier, 'free');
    });
  }

  it('may have a name of 191 bytes', async () => {
    const user = `${newUser('u')}x${'\u00e4'.repeat(86)}`;
    assert.equal(Buffer.byteLength(user), 191);
    assert.equal((await start(user)).status, 201);
  });

  for (const [what, user] of [['of 192 bytes', 'x'.repeat(192)], ['with a slash', 'a/b'],
    ['with a control character', 'a\u0007b'], ['of two dots', '..'], ['of nothing', '']]) {
    it(`may not have a name ${what}`, async () => {
      assertProblem(await start(user), 422, 'invalid-value');
    });
  }
});

describe('an answer about entitlements', () => {
  it('has an ETag that a cache can ask with', async () => {
    const user = newUser();
    await start(user);
    const where = `/v1/users/${user}/entitlements`;
    const { headers } = await api('GET', where);
    assert.equal(headers.etag, '"u1"');
    for (const tag of ['"u1"', 'W/"u1"', '"u1-gzip"', '"x", "u1;gzip"', '*']) {
      const answer = await api('GET', where, { headers: { 'If-None-Match': tag } });
      assert.equal(answer.status, 304, tag);
      assert.equal(answer.text, '');
      assert.equal(answer.headers.etag, '"u1"');
    }
    assert.equal((await api('GET', where,
      { headers: { 'If-None-Match': '"u2"' } })).status, 200);
  });

  it('has an ETag of the matrix where nobody has heard of the user', async () => {
    const { headers, json } = await api('GET', `/v1/users/${newUser()}/entitlements`);
    assert.equal(headers.etag, `"u0.${json.matrix_version}"`);
  });
});

describe('what is sold', () => {
  it('is listed with its offers for an upgrade page', async () => {
    const { json } = await api('GET', '/v1/tiers');
    const pro = json.tiers.find((tier) => tier.id === 'pro');
    assert.equal(json.default_tier, 'free');
    assert.deepEqual(json.tiers.map((tier) => tier.id).sort(),
      ['enterprise', 'free', 'pro']);
    assert.equal(pro.rank, 10);
    assert.equal(pro.title, 'Pro');
    assert.equal(pro.summary, 'For people who export');
    assert.ok(pro.capabilities.some((one) => one.id === 'export:csv' &&
      one.description === 'Export reports as CSV'));
    assert.ok(pro.offers.some((offer) => offer.name === 'yearly' &&
      offer.amount === 29000 && offer.currency === 'eur'));
    assert.deepEqual(json.addons.map((addon) => addon.id), ['export-pack']);
  });
});
