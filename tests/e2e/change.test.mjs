// A running subscription that the seller changes: the start names it, and the
// session waits for the provider's word of the change.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { start } from './lib.mjs';
import { show } from './more.mjs';
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
