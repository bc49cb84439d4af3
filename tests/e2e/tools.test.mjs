// What an operator has to see and to play deliveries: rung provider, trigger,
// scenario, listen and inbox.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { api, applyMatrix, deliver, entitlements, env, fixture, newUser, rung, sql, stripeEvent, url,
  until } from './lib.mjs';
import { exampleMatrix, startCheckout, subscriptionEvent } from './more.mjs';
import { putInForce } from './stripe-life.mjs';

const providers = ['stripe', 'paddle', 'lemonsqueezy'];
const lines = (text) => text.trim().split('\n');

async function ok(...args) {
  const { code, stdout, stderr } = await rung(...args);
  assert.equal(code, 0, `rung ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

const json = async (...args) => JSON.parse(await ok(...args, '--format', 'json'));

describe('rung provider', () => {
  it('lists the three', async () => {
    const names = lines(await ok('provider', 'list')).map((line) => line.split(/\s+/)[0]);
    assert.deepEqual(names, providers);
  });

  for (const name of providers)
    it(`says what to enter at ${name}`, async () => {
      const shown = await json('provider', 'show', name);
      assert.equal(shown.webhook_url, `${url}/v1/webhooks/${name}`);
      assert.ok(shown.events.length > 5);
      const text = await ok('provider', 'show', name);
      for (const part of [shown.webhook_url, ...shown.events]) assert.ok(text.includes(part), part);
    });

  it('knows no other', async () => {
    assert.equal((await rung('provider', 'show', 'paypal')).code, 2);
  });
});

describe('rung trigger', () => {
  for (const [name, event] of [['stripe', 'customer.subscription.updated.activated'],
    ['paddle', 'subscription.activated'], ['lemonsqueezy', 'subscription_created']])
    it(`sends a signed delivery of ${name} that grants`, async () => {
      const user = newUser(`trigger-${name}`);
      const told = await json('trigger', name, event, '--user', user, '--tier', 'pro',
        '--quantity', '2');
      assert.deepEqual([told.answer, told.state, told.user], [200, 'applied', user]);
      const { tier, quantity } = await entitlements(user);
      assert.deepEqual([tier, quantity], ['pro', 2]);
    });

  it('pays for a session that was started', async () => {
    const user = newUser('trigger-session');
    const { json: started } = await startCheckout(env.RUNG_SERVER_KEY, 'pro', { user });
    await ok('trigger', 'stripe', 'checkout.session.completed', '--session', started.session.id);
    const { json: shown } = await api('GET', `/v1/upgrades/${started.session.id}`);
    assert.equal(shown.session.status, 'completed');
    assert.equal((await entitlements(user)).tier, 'pro');
  });

  it('tells one story of one user: the refund finds the payment', async () => {
    const user = newUser('trigger-story');
    for (const event of ['customer.subscription.updated.activated', 'invoice.paid.subscription_cycle',
      'invoice_payment.paid'])
      await ok('trigger', 'stripe', event, '--user', user, '--tier', 'pro');
    assert.equal((await entitlements(user)).tier, 'pro');
    await ok('trigger', 'stripe', 'charge.refunded.subscription-payment', '--user', user);
    assert.equal((await entitlements(user)).tier, 'free');
  });

  it('prints what it would send, with other values in it', async () => {
    const body = JSON.parse(await ok('trigger', 'stripe', 'payment_intent.succeeded', '--print',
      '--set', 'data.object.amount=77', '--set', 'data.object.currency=jpy', '--user', 'u1'));
    assert.equal(body.data.object.amount, 77);
    assert.equal(body.data.object.currency, 'jpy');
    assert.equal(body.data.object.metadata.rung_user, 'u1');
    assert.notEqual(body.id, JSON.parse(fixture('payment_intent.succeeded')).id);
  });

  it('lists what a provider has, and refuses what it has not', async () => {
    assert.ok(lines(await ok('trigger', 'paddle')).includes('subscription.activated'));
    for (const args of [['paypal', 'x'], ['stripe', 'nothing'], ['stripe', 'invoice.paid', '--set', 'x'],
      ['stripe', 'invoice.paid', '--quantity', '0'], ['stripe', 'invoice.paid', '--ago', 'never']])
      assert.equal((await rung('trigger', ...args)).code, 2, args.join(' '));
    const wrong = await rung('trigger', 'stripe', 'invoice.paid', '--set', 'no.such=1');
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /no\.such/);
  });
});

// The example, whose two paid tiers are sold at every provider.
const everywhere = exampleMatrix.replace('        - {id: price_ent, amount: 19900, currency: eur}',
  '$&\n      paddle: [pri_ent]\n      lemonsqueezy: ["450103"]');

describe('rung scenario', () => {
  const stories = ['duplicate', 'out-of-order', 'late', 'refund-after-grant', 'refund-once', '3ds',
    'delayed-payment', 'dispute-won', 'dispute-lost', 'downgrade', 'dunning-recovery',
    'lost-then-reconciled'];
  // Who cannot tell a story, and what is said of that.
  const untold = {
    '3ds': { lemonsqueezy: 'Lemon Squeezy asks for 3-D Secure inside its checkout and sends nothing'
      + ' about it' },
    'dispute-won': { lemonsqueezy: 'Lemon Squeezy sends nothing about a dispute that is open or won' },
    'dispute-lost': { paddle: 'Paddle has no word for a dispute that is lost: a chargeback stands,'
      + ' and access stays suspended, until it is reversed' },
  };
  const play = (name, provider) => rung('scenario', name, '--provider', provider);

  before(() => putInForce(everywhere));
  after(() => putInForce(exampleMatrix));

  it('lists its stories', async () => {
    assert.deepEqual(lines(await ok('scenario')).map((line) => line.split(/\s+/)[0]), stories);
  });

  for (const provider of providers)
    for (const name of stories) {
      const why = untold[name]?.[provider];
      if (why)
        it(`says why ${provider} cannot tell ${name}`, async () => {
          const { code, stdout, stderr } = await play(name, provider);
          assert.deepEqual({ code, stdout, stderr }, { code: 2, stdout: '', stderr: `rung: ${why}\n` });
        });
      else
        it(`plays ${name} as ${provider} tells it`, async () => {
          const { code, stdout, stderr } = await play(name, provider);
          assert.equal(code, 0, stdout + stderr);
          assert.match(stdout, /^200 +\S+ +(applied|asked for) /m);
          assert.match(stdout, /\nas it must be\n$/);
        });
    }

  it('needs two tiers for one of them', async () => {
    await putInForce(exampleMatrix);
    const { code, stderr } = await play('downgrade', 'paddle');
    assert.equal(code, 1);
    assert.match(stderr, /sells one tier only, and this story needs two/);
  });
});

describe('rung listen', () => {
  // It listens while act runs; act gets all the lines so far.
  async function listening(act, ...more) {
    const child = spawn(env.RUNG_BIN, ['listen', '--seconds', '120', ...more],
      { env: { ...process.env, RUNG_CONFIG: env.RUNG_CONFIG } });
    let said = '';
    let noise = '';
    child.stdout.on('data', (bytes) => { said += bytes; });
    child.stderr.on('data', (bytes) => { noise += bytes; });
    try {
      await until(() => noise, { what: 'rung listen' });
      await act(() => {
        assert.equal(child.exitCode ?? child.signalCode, null, noise);
        return said.split('\n').slice(0, -1);
      });
    } finally {
      child.kill();
    }
  }

  it('shows a delivery as it comes, with what was decided', () => listening(async (heard) => {
    const user = newUser('heard');
    const event = subscriptionEvent('updated', { user, price: 'price_pro_monthly' });
    await deliver(event);
    const line = await until(() => heard().find((one) => one.includes(event.id)),
      { what: 'the delivery' });
    assert.match(line, /stripe\s+customer\.subscription\.updated\s+applied/);
    assert.ok(line.includes(user));
  }));

  // Ten thousand and more of the longest lines do not fit into the memory of
  // one command, so what was told must be forgotten.  They are newer than what
  // tests that moved the clock have left.
  it('goes on, however many came, and tells each once', () => listening(async (heard) => {
    const [head, batch] = [`heard_${Date.now()}_`, 1500];
    const ours = () => heard().filter((line) => line.includes(head));
    for (let told = 0; told < 8 * batch; told += batch) {
      await sql(`insert into inbox (seller_id, provider, account, event_id, body_digest, type,
        state, why, kind, ref, user_id, livemode, happened_at, first_seen, body)
        select 1, 'stripe', '', rpad(concat('${head}', ${told} + seq, '_'), 190, 'x'), repeat('x', 32),
        repeat('t', 100), 'ignored', repeat('w', 240), 'payment', repeat('r', 190), repeat('u', 191),
        0, 0, newest + seq, '{}' from seq_1_to_${batch}, (select greatest(max(first_seen),
        floor(unix_timestamp(now(6)) * 1000000)) newest from inbox) last`);
      await until(() => ours().length >= told + batch, { within: 20000, what: 'all of them' });
    }
    const ids = ours().map((line) => JSON.parse(line).event_id);
    assert.equal(new Set(ids).size, 8 * batch);
    assert.equal(ids.length, 8 * batch);
    await sql(`delete from inbox where event_id like '${head}%'`);
  }, '--format', 'json'));
});

describe('rung inbox', () => {
  after(() => applyMatrix(exampleMatrix));

  it('lists by state and user, and shows a body as it came', async () => {
    const user = newUser('listed');
    const event = subscriptionEvent('updated', { user, price: 'price_pro_monthly' });
    await deliver(event);
    const { data } = await json('inbox', 'list', '--user', user);
    assert.deepEqual(data.map((one) => [one.event_id, one.state, one.user]),
      [[event.id, 'applied', user]]);
    assert.equal((await ok('inbox', 'show', 'stripe', event.id)).trim(), JSON.stringify(event));
    assert.equal((await rung('inbox', 'list', '--user', user, '--state', 'deferred')).code, 3);
    assert.equal((await rung('inbox', 'list', '--state', 'lost')).code, 2);
    assert.equal((await rung('inbox', 'show', 'stripe', 'evt_nobody')).code, 1);
  });

  it('takes a delivery in again when the matrix has learned its price', async () => {
    const user = newUser('relearned');
    const event = subscriptionEvent('updated', { user, price: 'price_of_tomorrow' });
    await deliver(event);
    assert.equal((await entitlements(user)).tier, 'free');
    const before = await json('inbox', 'list', '--user', user);
    assert.equal(before.data[0].state, 'quarantined');
    await applyMatrix(exampleMatrix.replace('- {id: price_ent,', '- {id: price_of_tomorrow}\n        $&'));
    await ok('inbox', 'replay', 'stripe', event.id);
    assert.equal((await entitlements(user)).tier, 'enterprise');
    const { data } = await json('inbox', 'list', '--user', user);
    assert.deepEqual([data[0].state, data[0].why], ['applied', '']);
    const { version } = await entitlements(user);
    await ok('inbox', 'replay', 'stripe', event.id);
    assert.equal((await entitlements(user)).version, version, 'a second time changes nothing');
  });

  it('takes all in again that wait in one state', async () => {
    const event = stripeEvent('payment_intent.succeeded', { id: 'nonsense', object: 'payment_intent' });
    await deliver(event);
    const out = await ok('inbox', 'replay', '--state', 'quarantined');
    assert.ok(lines(out).length >= 1);
    assert.equal((await rung('inbox', 'replay')).code, 2);
    assert.equal((await rung('inbox', 'replay', 'stripe')).code, 2);
  });
});
