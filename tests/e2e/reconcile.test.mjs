// rung reconcile against the sandbox's event lists: what was never delivered
// is named, taken in on demand, and then there is nothing left to say.
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { api, clock, entitlements, newUser, rung, serverKey, sqlValue } from './lib.mjs';
import { backTo, startCheckout } from './more.mjs';

const control = (where, body) => api('POST', `/sandbox/${where}`, { key: null, body });

// A buyer pays for a tier on the sandbox's page.
async function buy(provider, user) {
  const { json, text } = await startCheckout(serverKey, 'pro', { user,
    checkout: { provider, success_url: backTo } });
  assert.ok(json.checkout, text);
  const { headers } = await api('GET', json.checkout.url, { key: null });
  const paid = await api('POST', headers.location, { key: null, body: 'action=pay',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
  assert.equal(paid.status, 303, paid.text);
  return json.session.id;
}

async function reconcile(...args) {
  const { code, stdout, stderr } = await rung('reconcile', '--since', '1h', '--format', 'json', ...args);
  assert.ok(code === 0 || code === 3, stderr);
  return stdout.trim() === '' ? [] : stdout.trim().split('\n').map((line) => JSON.parse(line));
}

// What the sandbox has for us, and what of it never came: by its own records.
async function ticked(provider) {
  const { stdout } = await rung('provider', 'show', provider, '--format', 'json');
  return JSON.parse(stdout).events.map((type) => `'${type}'`).join(',');
}
const events = async (provider) => Number(await sqlValue(`SELECT COUNT(*) FROM sandbox_events
  WHERE provider = '${provider}' AND type IN (${await ticked(provider)})`));
const lost = async (provider) => (await sqlValue(`SELECT GROUP_CONCAT(event_id ORDER BY event_id)
  FROM sandbox_events s WHERE provider = '${provider}' AND type IN (${await ticked(provider)})
  AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.provider = s.provider
  AND i.event_id = s.event_id)`)).split(',').filter(Boolean);

for (const provider of ['stripe', 'paddle'])
  describe(`five of a hundred events of ${provider} that never came`, () => {
    it('are named, all five and no others; taken in; and then there is nothing', async () => {
      await reconcile('--provider', provider, '--apply');
      const before = await events(provider);
      const users = [];
      await control('faults', { provider, drop: [3, 17, 42, 64, 91] });
      while (await events(provider) < before + 100) {
        const user = newUser(`lost-${provider}`);
        users.push(user);
        await buy(provider, user);
      }
      await control('faults', { provider });
      const missing = await lost(provider);
      assert.equal(missing.length, 5);
      const named = await reconcile('--provider', provider);
      assert.deepEqual(named.map((one) => one.event_id).sort(), missing);
      assert.deepEqual(named.map((one) => one.applied), Array(5).fill(false));
      const repaired = await reconcile('--provider', provider, '--apply');
      assert.deepEqual(repaired.map((one) => one.event_id).sort(), missing);
      for (const user of users) assert.equal((await entitlements(user)).tier, 'pro', user);
      assert.deepEqual(await reconcile('--provider', provider), []);
      assert.equal((await rung('reconcile', '--provider', provider, '--since', '1h')).code, 3);
    });
  });

describe('an outage at Lemon Squeezy, which gives a delivery up for good', () => {
  it('is healed for purchases whose buyer is known', async () => {
    const provider = 'lemonsqueezy';
    const user = newUser('lost-lemon');
    await buy(provider, user);
    assert.equal((await entitlements(user)).tier, 'pro');
    await reconcile('--provider', provider, '--apply');
    await control('faults', { provider, drop: 9 });
    const order = await sqlValue(`SELECT ref FROM objects WHERE user_id = '${user}'
      AND provider = '${provider}' AND kind = 'order'`);
    const { status, text } = await control('act', { provider, do: 'refund', payment: order });
    assert.equal(status, 200, text);
    await control('faults', { provider });
    assert.equal((await entitlements(user)).tier, 'pro', 'nobody told us');
    const named = await reconcile('--provider', provider);
    assert.deepEqual(named.map((one) => [one.ref, one.user]), [[order, user]]);
    await reconcile('--provider', provider, '--apply');
    assert.equal((await entitlements(user)).tier, 'free');
    assert.deepEqual(await reconcile('--provider', provider), []);
  });
});

describe('what was given by hand', () => {
  it('stays when a user is reconciled', async () => {
    const user = newUser('gifted');
    await buy('stripe', user);
    await rung('user', 'grant', user, 'capability:sso:saml', '--reason', 'a friend');
    assert.deepEqual(await reconcile('--provider', 'stripe', '--user', user), []);
    await control('faults', { provider: 'stripe', drop: 9 });
    const payment = await sqlValue(`SELECT ref FROM objects WHERE user_id = '${user}'
      AND kind = 'payment'`);
    await control('act', { provider: 'stripe', do: 'refund', payment });
    await control('faults', { provider: 'stripe' });
    const named = await reconcile('--provider', 'stripe', '--user', user, '--apply');
    assert.ok(named.length > 0);
    const held = await entitlements(user);
    assert.equal(held.tier, 'free');
    assert.ok(held.capabilities.includes('sso:saml'));
    assert.deepEqual(await reconcile('--provider', 'stripe', '--user', user), []);
  });
});

describe('what was lost before the time that is asked about', () => {
  afterEach(() => clock(0));

  for (const provider of ['stripe', 'paddle'])
    it(`at ${provider} is found with a longer one, or by its user`, async () => {
      const user = newUser('long-ago');
      await buy(provider, user);
      const payment = await sqlValue(`SELECT ref FROM objects WHERE user_id = '${user}'
        AND kind = 'payment'`);
      await control('faults', { provider, drop: 9 });
      await control('act', { provider, do: 'refund', payment });
      await control('faults', { provider });
      await clock(2 * 3600);
      const about = async (...args) => (await reconcile('--provider', provider, ...args))
        .filter((one) => one.user === user);
      assert.deepEqual(await about(), []);
      assert.notDeepEqual(await about('--since', '3h'), []);
      assert.notDeepEqual(await about('--user', user), []);
      await about('--user', user, '--apply');
      assert.equal((await entitlements(user)).tier, 'free');
      await about('--since', '3h', '--apply');
      assert.deepEqual(await about('--since', '3h'), []);
    });
});
