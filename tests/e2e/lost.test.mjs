// Purchases at Lemon Squeezy whose every delivery was lost: its API does not
// say whose they are, so they are found by the e-mail address that the
// seller's back end knows, and by nothing that a browser wrote.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, before, describe, it } from 'node:test';
import { api, atEnd, can, checkKey, entitlements, env, logText, newUser, rung, serverKey, sql,
  sqlValue } from './lib.mjs';
import { assertPointer, assertProblem, backTo, exampleMatrix, rowsOf, show } from './more.mjs';
import { backToToday, day, hour, putInForce, wait } from './stripe-life.mjs';

const provider = 'lemonsqueezy';
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const minutes = 60;

// The example matrix, with a tier and an add-on sold once and one that renews.
const matrix = exampleMatrix
  .replace('lemonsqueezy: ["450102"]', `lemonsqueezy:
        - {id: "450102", amount: 2900, currency: eur}
        - {id: "450112", name: monthly, amount: 2900, currency: eur, interval: month}`)
  .replace('        - {id: price_pack, amount: 4900, currency: eur}',
    `$&
      lemonsqueezy:
        - {id: "450101", amount: 4900, currency: eur}`);

before(() => putInForce(matrix));
atEnd(async () => {
  await faults({});
  await backToToday();
  await putInForce(exampleMatrix);
});

async function faults(body) {
  const { status, text } = await api('POST', '/sandbox/faults', { key: null,
    body: { provider, ...body } });
  assert.equal(status, 200, text);
}

const lose = () => faults({ drop: 99 });
const hear = () => faults({});
const act = async (body) => {
  const { status, text } = await api('POST', '/sandbox/act', { key: null,
    body: { provider, ...body } });
  assert.equal(status, 200, text);
};

// All that Lemon Squeezy has to say of a buyer, delivered once more; how much.
async function resend(user) {
  const events = await sql(`select event_id from sandbox_events where provider = '${provider}'
    and body like '%"rung_user":"${user}"%' order by seq`);
  for (const { event_id: event } of events) await act({ do: 'resend', event });
  return events.length;
}

// Longer than Lemon Squeezy tries to deliver.
const outage = () => wait(4 * minutes);

const address = (user) => `${user}@shop.example`;

async function tokenOf(user, email = address(user)) {
  const { status, json, text } = await api('POST', '/v1/tokens', { body: { user, email,
    scopes: ['read', 'upgrade'] } });
  assert.equal(status, 201, text);
  return json.token;
}

const once = { target_tier: 'pro' };
const monthly = { target_tier: 'pro', price: 'monthly' };
const pack = { addons: ['export-pack'] };

const startOf = (key, wish, checkout = {}, more = {}) => api('POST', '/v1/upgrades', { key,
  body: { ...wish, ...more, checkout: { provider, success_url: backTo, ...checkout } } });

// The page at Lemon Squeezy that the buyer is sent to.
async function open(key, wish, checkout, more) {
  const { json, text } = await startOf(key, wish, checkout, more);
  assert.ok(json?.checkout, text);
  const { status, headers, text: said } = await api('GET', json.checkout.url, { key: null });
  assert.equal(status, 303, said);
  return { session: json.session.id, page: headers.location };
}

async function pay(page, email) {
  const written = email === undefined ? '' : `&email=${encodeURIComponent(email)}`;
  const { status, text } = await api('POST', page, { key: null, headers: form,
    body: `action=pay${written}` });
  assert.equal(status, 303, text);
}

async function buy(user, wish, { email, writes } = {}) {
  const { session, page } = await open(await tokenOf(user, email), wish);
  await pay(page, writes);
  return session;
}

async function reconcile(...args) {
  const { code, stdout, stderr } = await rung('reconcile', '--provider', provider, '--since', '1h',
    '--format', 'json', ...args);
  assert.ok(code === 0 || code === 3, stderr);
  return stdout.trim() === '' ? [] : stdout.trim().split('\n').map((line) => JSON.parse(line));
}

// What the API shows of a buyer's orders, by the address he wrote.
async function orders(email) {
  const key = /^lemonsqueezy_api_key: "?([^"\s]+)/m.exec(readFileSync(env.RUNG_CONFIG, 'utf8'))[1];
  const where = `/sandbox/lemonsqueezy/v1/orders?filter[user_email]=${encodeURIComponent(email)}`;
  const { json, text } = await api('GET', where, { key: null,
    headers: { Authorization: `Bearer ${key}` } });
  assert.ok(json?.data, text);
  return json.data;
}
const orderOf = async (email) => (await orders(email))[0].id;

// Nothing is left over from one test for the next.
afterEach(async () => {
  await hear();
  await outage();
  await reconcile('--apply');
});

describe('an order of which every delivery was lost', () => {
  it('is named with its buyer, taken in, and then there is nothing to say', async () => {
    const user = newUser('lost');
    await lose();
    const session = await buy(user, once);
    await outage();
    assert.equal((await entitlements(user)).tier, 'free', 'nobody told us');
    const found = { ref: await orderOf(address(user)), user, applied: false };
    const rows = await sqlValue('select count(*) from inbox');
    const named = await reconcile();
    assert.deepEqual(named.map(({ ref, user: of, applied }) => ({ ref, user: of, applied })),
      [found]);
    assert.match(named[0].note, new RegExp(`by its e-mail address of session ${session}$`));
    assert.equal((await entitlements(user)).tier, 'free', 'a dry run');
    assert.equal(await sqlValue('select count(*) from inbox'), rows, 'writes nothing');
    const [repaired, ...others] = await reconcile('--apply');
    assert.deepEqual([repaired.ref, repaired.applied, repaired.outcome, others],
      [found.ref, true, 'accepted', []]);
    assert.equal((await entitlements(user)).tier, 'pro');
    assert.equal((await show(session)).json.session.status, 'completed');
    assert.deepEqual(await reconcile(), []);
    assert.equal((await rung('reconcile', '--provider', provider, '--since', '1h')).code, 3);
  });

  it('is healed by the line that the README gives to cron', async () => {
    const user = newUser('cron');
    await lose();
    await buy(user, pack);
    await hear();
    await outage();
    const { code, stderr } = await rung('reconcile', '--apply');
    assert.equal(code, 0, stderr);
    assert.equal(await can(user, 'export:csv'), true);
    assert.equal((await rung('reconcile', '--apply')).code, 3);
  });

  it('is found for the one user asked about', async () => {
    const [user, other] = [newUser('asked'), newUser('other')];
    await lose();
    await buy(user, pack);
    await buy(other, pack);
    await outage();
    const named = await reconcile('--user', user, '--apply');
    assert.deepEqual(named.map((one) => one.user), [user]);
    assert.equal(await can(other, 'export:csv'), false);
  });

  it('is found though the buyer writes his address in other letters', async () => {
    const user = newUser('letters');
    await lose();
    await buy(user, pack, { writes: address(user).toUpperCase() });
    await outage();
    await reconcile('--apply');
    assert.equal(await can(user, 'export:csv'), true);
  });

  it('is found by the address that a server key gave', async () => {
    const user = newUser('server');
    await lose();
    const { page } = await open(serverKey, pack, { email: address(user) }, { user });
    await pay(page);
    await outage();
    await reconcile('--apply');
    assert.equal(await can(user, 'export:csv'), true);
  });

  it('is still its buyer\'s when the session has ended in the meantime', async () => {
    const user = newUser('late');
    await lose();
    const session = await buy(user, once);
    await wait(20 * minutes);
    await api('POST', `/v1/upgrades/${session}/cancel`);
    await reconcile('--apply');
    assert.equal((await entitlements(user)).tier, 'pro');
    assert.equal((await show(session)).json.session.status, 'cancelled');
  });

  it('is found though its checkout is older than what was asked about', async () => {
    const user = newUser('slow');
    await lose();
    const { page } = await open(await tokenOf(user), pack);
    await wait(30 * minutes);
    await pay(page);
    await wait(40 * minutes);
    assert.deepEqual((await reconcile('--apply')).map((one) => one.user), [user]);
    assert.equal(await can(user, 'export:csv'), true);
  });

  it('is of the last of several sessions of its buyer', async () => {
    const user = newUser('twice');
    await lose();
    const first = await open(await tokenOf(user), once);
    await api('POST', `/v1/upgrades/${first.session}/cancel`);
    const second = await buy(user, once);
    await outage();
    await reconcile('--apply');
    assert.equal((await entitlements(user)).tier, 'pro');
    assert.equal((await show(second)).json.session.status, 'completed');
    assert.equal((await show(first.session)).json.session.status, 'cancelled');
  });

  it('grants no second time when it is delivered after all', async () => {
    const user = newUser('resent');
    await lose();
    await buy(user, once);
    await hear();
    await outage();
    await reconcile('--apply');
    const { version } = await entitlements(user);
    assert.equal(await resend(user), 1);
    assert.equal(Number(await sqlValue(`select count(*) from inbox where provider = '${provider}'
      and user_id = '${user}' and type = 'order_created'`)), 2, 'both are kept');
    assert.equal((await entitlements(user)).version, version);
    assert.equal((await rowsOf(user)).tiers_granted, 1);
    assert.deepEqual(await reconcile(), []);
  });

  it('is left alone as long as it may still be delivered', async () => {
    const user = newUser('early');
    await lose();
    await buy(user, once);
    const [early] = await reconcile('--apply');
    assert.equal(early.applied, false);
    assert.match(early.note, /left for later/);
    assert.equal((await entitlements(user)).tier, 'free');
    await outage();
    await reconcile('--apply');
    assert.equal((await entitlements(user)).tier, 'pro');
  });

  it('is left alone as well while another that fits may still say whose it is', async () => {
    const [user, other] = [newUser('waits'), newUser('slow')];
    await lose();
    await buy(user, pack);
    await outage();
    const { page } = await open(await tokenOf(other, null), pack);
    await pay(page, address(user));
    const named = await reconcile('--apply');
    assert.deepEqual(named.map((one) => [one.user, one.applied]), [[null, false], [null, false]]);
    assert.equal(await resend(other), 1);
    assert.equal(await can(other, 'export:csv'), true);
    assert.deepEqual((await reconcile('--apply')).map((one) => one.user), [user]);
    assert.equal(await can(user, 'export:csv'), true);
  });

  it('says why it is its buyer\'s, where it is kept and where it is replayed', async () => {
    const user = newUser('why');
    await lose();
    const session = await buy(user, once);
    await outage();
    const [{ event_id: event }] = await reconcile('--apply');
    const { stdout } = await rung('inbox', 'show', provider, event);
    const { meta } = JSON.parse(stdout);
    assert.deepEqual([meta.custom_data, meta.rung_found_by], [{ rung_session: session }, 'email']);
    const replay = await rung('replay', user);
    assert.equal(replay.code, 0, replay.stderr);
    assert.match(replay.stdout, /order_created/);
    const again = await rung('inbox', 'replay', provider, event);
    assert.equal(again.code, 0, again.stderr);
    assert.equal((await entitlements(user)).tier, 'pro');
  });
});

describe('a subscription of which every delivery was lost', () => {
  it('is its buyer\'s with its order and its bill, and granted once', async () => {
    const user = newUser('subscriber');
    await lose();
    const session = await buy(user, monthly, {});
    await outage();
    const named = await reconcile();
    assert.deepEqual(named.map((one) => [one.kind, one.user]),
      [['order', user], ['subscription', user], ['invoice', user]]);
    await reconcile('--apply');
    assert.deepEqual(await reconcile(), []);
    const doc = await entitlements(user);
    assert.deepEqual([doc.tier, doc.status], ['pro', 'active']);
    assert.ok(doc.renews_at);
    assert.equal((await rowsOf(user)).tiers_granted, 1);
    assert.equal((await show(session)).json.session.status, 'completed');
    await hear();
    assert.equal(await resend(user), 4);
    assert.equal((await rowsOf(user)).tiers_granted, 1);
    assert.equal((await entitlements(user)).version, doc.version);
  });

  it('goes on as its buyer\'s when what happens to it later is lost as well', async () => {
    const user = newUser('later');
    await lose();
    await buy(user, monthly);
    await outage();
    await reconcile('--apply');
    await wait(2 * hour);
    const sub = await sqlValue(`select ref from objects where user_id = '${user}'
      and kind = 'subscription'`);
    await act({ do: 'cancel', subscription: sub });
    assert.deepEqual((await reconcile('--apply')).map((one) => [one.kind, one.user]),
      [['subscription', user]]);
    assert.ok((await entitlements(user)).ends_at);
  });

  it('brings its order along when only that was heard of, and as nobody\'s', async () => {
    const user = newUser('order');
    await faults({ drop: [2, 3, 4] });
    const { page } = await open(await tokenOf(user), monthly);
    // An order_created without custom_data: it may be missing anywhere.
    await sqlValue(`update sandbox_things set body = json_remove(body, '$.data')
      where provider = '${provider}' and kind = 'checkout' and ref = '${page.split('/').at(-1)}';
      select 1`);
    await pay(page);
    await outage();
    assert.equal((await entitlements(user)).tier, 'free');
    assert.deepEqual((await reconcile('--apply')).map((one) => [one.kind, one.user]),
      [['order', user], ['subscription', user], ['invoice', user]]);
    assert.deepEqual(await reconcile(), []);
    assert.equal((await entitlements(user)).tier, 'pro');
    assert.equal((await rowsOf(user)).tiers_granted, 1);
  });
});

describe('of many purchases', () => {
  it('five of a hundred orders that never came are named, and no others', async () => {
    const buyers = [];
    await faults({ drop: [3, 17, 42, 64, 91] });
    for (let i = 0; i < 100; i++) {
      const user = newUser('hundred');
      buyers.push(user);
      await buy(user, pack);
    }
    await hear();
    await outage();
    const lost = [3, 17, 42, 64, 91].map((place) => buyers[place - 1]).sort();
    assert.deepEqual((await reconcile()).map((one) => one.user).sort(), lost);
    const repaired = await reconcile('--apply');
    assert.deepEqual(repaired.map((one) => one.user).sort(), lost);
    for (const user of buyers) assert.equal(await can(user, 'export:csv'), true, user);
    assert.deepEqual(await reconcile(), []);
    assert.equal((await rung('reconcile', '--provider', provider, '--since', '1h')).code, 3);
  });

  it('five subscriptions of which nothing came are named, and no others', async () => {
    const lost = [];
    for (let i = 0; i < 25; i++) {
      const user = newUser('many');
      if (i % 5 === 3) {
        lost.push(user);
        await lose();
      }
      await buy(user, monthly);
      await hear();
    }
    await outage();
    lost.sort();
    const of = (named, kind) => named.filter((one) => one.kind === kind)
      .map((one) => one.user).sort();
    const named = await reconcile();
    for (const kind of ['order', 'subscription', 'invoice']) {
      assert.deepEqual(of(named, kind), lost, kind);
    }
    await reconcile('--apply');
    for (const user of lost) {
      assert.equal((await entitlements(user)).tier, 'pro');
      assert.equal((await rowsOf(user)).tiers_granted, 1);
    }
    assert.deepEqual(await reconcile(), []);
  });
});

// It stays nobody's, says so, and says what can be done.
async function staysNobodys(email, why) {
  await outage();
  const order = await orderOf(email);
  const named = (await reconcile()).filter((one) => one.ref === order);
  assert.deepEqual(named.map((one) => one.user), [null]);
  assert.match(named[0].note, why);
  assert.ok(named[0].note.includes(`order:${order}`), named[0].note);
  await reconcile('--apply');
  assert.deepEqual(await reconcile(), []);
  return order;
}

describe('a lost order that leaves a doubt', () => {
  it('is nobody\'s when two users have its address, until a start names it', async () => {
    const [user, other] = [newUser('one'), newUser('same')];
    await lose();
    await open(await tokenOf(other, address(user)), pack);
    await buy(user, pack);
    const order = await staysNobodys(address(user), /sessions of two users/);
    for (const each of [user, other]) assert.equal(await can(each, 'export:csv'), false);
    const open_session = await sqlValue(`select session_id from sessions
      where open_slot = '${user}'`);
    await api('POST', `/v1/upgrades/${open_session}/cancel`);
    const { status, text } = await api('POST', '/v1/upgrades', { body: { user, ...pack,
      payment: { provider, reference: `order:${order}` } } });
    assert.equal(status, 201, text);
    assert.equal(await can(user, 'export:csv'), true);
    assert.equal(await can(other, 'export:csv'), false);
  });

  it('is nobody\'s when two orders fit one session', async () => {
    const [user, plain] = [newUser('fits'), newUser('plain')];
    await lose();
    await buy(user, pack);
    const { page } = await open(await tokenOf(plain, null), pack);
    await pay(page, address(user));
    await outage();
    const named = await reconcile();
    assert.deepEqual(named.map((one) => one.user), [null, null]);
    for (const { note } of named) assert.match(note, /two purchases fit/);
    await reconcile('--apply');
    for (const each of [user, plain]) assert.equal(await can(each, 'export:csv'), false);
    assert.deepEqual(await reconcile(), []);
  });

  it('is nobody\'s when the buyer writes another address', async () => {
    const user = newUser('writes');
    await lose();
    await buy(user, pack, { writes: `else-${user}@mail.example` });
    await staysNobodys(`else-${user}@mail.example`, /no session has this e-mail address/);
    assert.equal(await can(user, 'export:csv'), false);
  });

  it('is nobody\'s when it is of another quantity', async () => {
    const user = newUser('quantity');
    await lose();
    await open(await tokenOf(user), pack, {}, { quantity: 2 });
    const { page } = await open(await tokenOf(newUser('plain'), null), pack);
    await pay(page, address(user));
    await staysNobodys(address(user), /of this price, quantity and time/);
    assert.equal(await can(user, 'export:csv'), false);
  });

  it('is nobody\'s when the checkout was opened after it', async () => {
    const user = newUser('after');
    await lose();
    const { page } = await open(await tokenOf(newUser('plain'), null), pack);
    await pay(page, address(user));
    await wait(2);
    await open(await tokenOf(user), pack);
    await staysNobodys(address(user), /of this price, quantity and time/);
    assert.equal(await can(user, 'export:csv'), false);
  });

  it('is nobody\'s when the session was started and its checkout never opened', async () => {
    const user = newUser('unopened');
    await lose();
    await startOf(await tokenOf(user), pack);
    const { page } = await open(await tokenOf(newUser('plain'), null), pack);
    await pay(page, address(user));
    await staysNobodys(address(user), /no session has this e-mail address/);
    assert.equal(await can(user, 'export:csv'), false);
  });

  it('is nobody\'s when the session has its purchase already', async () => {
    const user = newUser('second');
    const session = await buy(user, pack);
    assert.equal((await show(session)).json.session.status, 'completed');
    await lose();
    const { page } = await open(await tokenOf(newUser('plain'), null), pack);
    await pay(page, address(user));
    const [order] = (await orders(address(user))).map((one) => one.id);
    await outage();
    const named = await reconcile();
    assert.deepEqual(named.map((one) => [one.ref, one.user]), [[order, null]]);
    assert.match(named[0].note, /has its purchase/);
  });

  it('is nobody\'s when a session that expired had its purchase late', async () => {
    const user = newUser('spent');
    await lose();
    const session = await buy(user, pack);
    await hear();
    await wait(2 * hour);
    assert.equal((await show(session)).json.session.status, 'expired');
    assert.equal(await resend(user), 1);
    assert.equal(await can(user, 'export:csv'), true);
    await lose();
    const { page } = await open(await tokenOf(newUser('plain'), null), pack);
    await pay(page, address(user));
    await outage();
    const named = await reconcile();
    assert.deepEqual(named.map((one) => one.user), [null]);
    assert.match(named[0].note, /has its purchase/);
  });

  it('is nobody\'s when its session is much older than what was asked about', async () => {
    const user = newUser('older');
    await lose();
    const { page } = await open(await tokenOf(user), monthly);
    await pay(page);
    await wait(2 * day);
    await act({ do: 'cancel', checkout: page.split('/').at(-1) });
    await outage();
    const [named] = await reconcile();
    assert.deepEqual([named.kind, named.user], ['subscription', null]);
    assert.match(named.note, /older than what was asked about/);
    assert.equal((await rung('reconcile', '--apply', '--since', '3d')).code, 0);
    assert.equal((await entitlements(user)).tier, 'pro');
  });
});

describe('what a browser says of an address', () => {
  const mallory = newUser('mallory');

  it('is refused in a start and in a preview, and says where it belongs', async () => {
    const token = await tokenOf(mallory);
    for (const route of ['/v1/upgrades', '/v1/upgrades/preview']) {
      const answer = await api('POST', route, { key: token, body: { ...pack,
        checkout: { provider, success_url: backTo, email: 'victim@shop.example' } } });
      assertProblem(answer, 403, 'not-allowed');
      assert.match(answer.json.detail, /email/);
    }
    assert.equal(await sqlValue(`select count(*) from sessions where user_id = '${mallory}'`), '0');
  });

  it('gives nobody the order of another', async () => {
    const victim = newUser('victim');
    const wishes = [[await tokenOf(newUser('mallory'), null), 'no address'],
      [await tokenOf(newUser('mallory'), `x${address(victim)}`), 'another address']];
    await lose();
    for (const [token] of wishes) await open(token, pack);
    // The victim's own session has no address, but his order does.
    const { page } = await open(await tokenOf(victim, null), pack);
    await pay(page, address(victim));
    await staysNobodys(address(victim), /no session has this e-mail address/);
    for (const [token, what] of wishes) {
      assert.equal((await api('GET', '/v1/users/me/entitlements', { key: token })).json
        .capabilities.includes('export:csv'), false, what);
    }
  });

  it('is no address unless it looks like one', async () => {
    const bad = ['', 'x', '@', 'a@', '@b', 'a@b@c', 'a b@c', 'a@b\n', 'a\u0085@b', 7,
      `${'x'.repeat(250)}@b.example`];
    for (const email of bad) {
      assertPointer(await api('POST', '/v1/tokens', { body: { user: mallory, email } }),
        422, 'invalid-value', '/email');
      assertPointer(await startOf(serverKey, pack, { email }, { user: mallory }),
        422, 'invalid-value', '/checkout/email');
    }
  });
});

describe('an address', () => {
  it('is written into the checkout, where the buyer may change it', async () => {
    const user = newUser('prefilled');
    const { page } = await open(await tokenOf(user), pack);
    const { text } = await api('GET', page, { key: null });
    assert.ok(text.includes(`value="${address(user)}"`), text);
  });

  it('that Lemon Squeezy refuses is left out, and the checkout opens', async () => {
    const user = newUser('dotless');
    const { page } = await open(await tokenOf(user, `${user}@localhost`), pack);
    const { text } = await api('GET', page, { key: null });
    assert.ok(text.includes('value="buyer@example.com"'), text);
  });

  it('is in no answer, no figure and no line of the log', async () => {
    const user = newUser('private');
    const token = await tokenOf(user);
    const started = await startOf(token, pack);
    const { headers } = await api('GET', started.json.checkout.url, { key: null });
    await lose();
    await pay(headers.location);
    await outage();
    const { stdout, stderr } = await rung('reconcile', '--provider', provider, '--apply');
    const answers = [started, await show(started.json.session.id),
      await api('GET', '/v1/users/me/entitlements', { key: token }),
      await api('GET', '/metrics', { key: checkKey })];
    for (const { text } of answers) assert.ok(!text.includes(address(user)), text);
    for (const args of [['session', 'show', started.json.session.id], ['user', 'show', user],
      ['audit', 'export', user]]) {
      assert.ok(!(await rung(...args)).stdout.includes(address(user)), args.join(' '));
    }
    assert.ok(!`${stdout}${stderr}${logText()}`.includes(address(user)));
  });

  it('is forgotten by the sweep 30 days after its session', async () => {
    const user = newUser('forgotten');
    const { session } = await open(await tokenOf(user), pack);
    const kept = () => sql(`select email, email_until from intents where session_id = '${session}'`);
    assert.equal((await kept())[0].email, address(user));
    await wait(30 * day);
    await rung('sweep');
    assert.equal((await kept())[0].email, address(user), 'not before its time');
    await wait(2 * hour);
    await rung('sweep');
    assert.deepEqual(await kept(), [{ email: null, email_until: null }]);
  });
});
