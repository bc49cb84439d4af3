// All recorded deliveries of Stripe, byte for byte as they were sent.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { clock, deliver, entitlements, fixture, sql, top } from './lib.mjs';
import { inboxState } from './more.mjs';

const dir = path.join(top, 'tests/fixtures');
const names = readdirSync(path.join(dir, 'stripe')).map((file) => path.parse(file).name).sort();
const afterAll = 1793530809 + 3600;

describe('a recorded delivery', () => {
  before(() => clock(afterAll - Math.floor(Date.now() / 1000)));
  after(() => clock(0));

  it('is one of 39', () => {
    assert.equal(names.length, 39);
  });

  for (const name of names) {
    it(`${name} is answered 200, kept as it came, and a copy the second time`, async () => {
      const bytes = fixture(name);
      const event = JSON.parse(bytes);
      const first = await deliver(bytes);
      assert.equal(first.status, 200, first.text);
      const state = await inboxState(event);
      assert.ok(['applied', 'ignored', 'deferred', 'quarantined'].includes(state), state);
      const again = await deliver(bytes);
      assert.equal(again.status, 200, again.text);
      const rows = await sql(`select type, hex(body_digest) as digest, length(body) as bytes
        from inbox where event_id = '${event.id}'`);
      assert.deepEqual(rows, [{ type: event.type, bytes: String(bytes.length),
        digest: createHash('sha256').update(bytes).digest('hex').toUpperCase() }]);
    });
  }

  it('is the file that its signature was made for', () => {
    const { files } = JSON.parse(readFileSync(path.join(dir, 'signatures.json')));
    for (const name of names) {
      assert.equal(createHash('sha256').update(fixture(name)).digest('hex'),
        files[`stripe/${name}.json`].sha256, name);
    }
  });

  it('that names no price and no session of ours grants nothing', async () => {
    for (const user of ['user_1001', 'user_1003', 'user_1004']) {
      assert.equal((await entitlements(user)).tier, 'free', user);
    }
  });

  it('of a price nobody sells here grants nothing', async () => {
    assert.equal((await entitlements('user_1002')).tier, 'free');
  });
});
