// What must hold of the database whatever was done to it: after all other
// files, on the server that they shared.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { deliver, newPayment, newUser, paid, rung, sqlValue, start } from './lib.mjs';

// Even alone there is something to look at.
before(async () => {
  const reference = newPayment();
  await start(newUser(), 'pro', { payment: { provider: 'stripe', reference } });
  await deliver(paid(reference));
});

const rules = [
  ['VER-2: each user has the audit records 1 to version, each once', `
    select count(*) from users u where u.ver <> (select count(*) from audit a
      where a.seller_id = u.seller_id and a.user_id = u.user_id and a.n between 1 and u.ver)
    or u.ver < (select coalesce(max(n), 0) from audit a
      where a.seller_id = u.seller_id and a.user_id = u.user_id)`],
  ['VER-3: each version of each user has its notices', `
    select count(*) from users u where u.ver - u.outbox_pruned_to <>
      (select count(distinct o.ver) from outbox o
        where o.seller_id = u.seller_id and o.user_id = u.user_id)`],
  ['VER-2: each audit record holds the hash of the one before', `
    select count(*) from audit a join audit b on b.seller_id = a.seller_id
      and b.user_id = a.user_id and b.n = a.n + 1 where b.prev_hash <> a.hash`],
  ['VER-2: each user\'s row holds the hash of the last record', `
    select count(*) from users u join audit a on a.seller_id = u.seller_id
      and a.user_id = u.user_id and a.n = u.ver where a.hash <> u.audit_hash`],
  ['PAY-1: each grant names a delivery that was verified', `
    select count(*) from grants g where g.cause_event is not null and g.cause_event <> ''
      and not exists (select 1 from inbox i where i.seller_id = g.seller_id
        and i.provider = g.provider and i.event_id = g.cause_event)`],
  ['PAY-1: each grant names a cause', `
    select count(*) from grants where coalesce(cause_event, '') = ''
      and coalesce(cause_override, '') = ''`],
  ['PAY-4: each object has one owner, and its grants are that owner\'s', `
    select count(*) from grants g join objects o on o.seller_id = g.seller_id
      and o.provider = g.provider and o.account = g.account and o.kind = g.kind
      and o.ref = g.ref where o.user_id is not null and o.user_id <> g.user_id`],
  ['PAY-7: each delivery that is still deferred is nobody\'s', `
    select count(*) from inbox i where i.state = 'deferred' and i.user_id is not null`],
  ['SES-1: each user has one open session at most', `
    select count(*) from (select 1 from sessions where status = 'pending'
      group by seller_id, user_id having count(*) > 1) many`],
];
for (const [what, query] of rules) {
  test(what, async () => {
    assert.equal(await sqlValue(query), '0');
  });
}

test('AUD-1: every record is as it was written', async () => {
  const { code, stdout, stderr } = await rung('audit', 'verify');
  assert.equal(code, 0, stdout + stderr);
});
