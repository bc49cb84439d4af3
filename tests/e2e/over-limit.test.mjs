// Who uses more than a lower tier allows is told so before the change, with
// what the matrix's policy does about it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { api, atEnd, newUser, now, sql } from './lib.mjs';
import { exampleMatrix } from './more.mjs';
import { hour, putInForce, subscribe } from './stripe-life.mjs';

const limit = 'api:requests_per_day';

// So much was used in a period that ends then (0: never), in unix seconds.
function count(user, name, used, end) {
  return sql(`insert into counters (seller_id, user_id, limit_id, time_window, used) values (1, '${user}', '${name}', ${end * 1000000}, ${used})`);
}

// A subscriber of the highest tier, and how to ask for a change of it.
async function subscriber() {
  const user = newUser();
  const subscription = await subscribe(user, { price: 'price_ent' }, 19900);
  const ask = async (where, target_tier = 'pro') => {
    const { status, json, text } = await api('POST', where, { body: { user, target_tier,
      payment: { provider: 'stripe', reference: subscription.id } } });
    assert.equal(status, where.endsWith('preview') ? 200 : 201, text);
    return (json.delta ?? json.session.delta).over_limit;
  };
  return { user, preview: (to) => ask('/v1/upgrades/preview', to), start: () => ask('/v1/upgrades') };
}

describe('a downgrade', () => {
  atEnd(() => putInForce(exampleMatrix));

  it('tells what is in use beyond the lower limit, in preview and start', async () => {
    const { user, preview, start } = await subscriber();
    await count(user, limit, 60000, now() + hour);
    const over = [{ limit, used: 60000, allowed: 50000, policy: 'keep' }];
    assert.deepEqual(await preview(), over);
    assert.deepEqual(await start(), over);
  });

  it('tells nothing of what is used up to the limit, or was used before', async () => {
    const { user, preview } = await subscriber();
    await count(user, limit, 60000, now() - 1);
    assert.deepEqual(await preview(), []);
    await count(user, limit, 50000, now() + hour);
    assert.deepEqual(await preview(), []);
  });

  it('allows nothing of a limit that is gone', async () => {
    const { user, preview } = await subscriber();
    await count(user, 'exports', 3, 0);
    assert.deepEqual(await preview(), [{ limit: 'exports', used: 3, allowed: 0, policy: 'keep' }]);
  });

  it('says freeze where the matrix says so', async () => {
    const { user, preview } = await subscriber();
    await count(user, limit, 60000, now() + hour);
    await putInForce(exampleMatrix.replace('over_limit: keep', 'over_limit: freeze'));
    assert.deepEqual(await preview(), [{ limit, used: 60000, allowed: 50000, policy: 'freeze' }]);
  });

  it('is no upgrade: there nothing is over', async () => {
    const { user, preview } = await subscriber();
    await count(user, limit, 60000, now() + hour);
    assert.deepEqual(await preview('enterprise'), []);
  });
});
