// Taking from limits: what fits is counted, what does not is refused and
// counted by nobody; holds; periods; and what a reader sees of it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { api, atEnd, checkKey, clientToken, entitlements, newUser, now, rung, sqlValue } from './lib.mjs';
import { assertPointer, assertProblem, exampleMatrix } from './more.mjs';
import { backToToday, day, hour, putInForce, subscribe, Subscription, wait, waitUntil } from './stripe-life.mjs';

const api100 = 'api:requests_per_day';

// What is sold in this file.
const yaml = exampleMatrix
  .replace('limits: {"api:requests_per_day": {max: 100, per: day}}', `limits:
      "api:requests_per_day": {max: 100, per: day}
      exports: {max: 4, per: month, soft: yes, warn: 50%}
      bursts: {max: 5, per: minute, warn: 80%}
      crawls: {max: 5, per: hour}
      projects: 3`)
  .replace('limits: {"api:requests_per_day": {max: 50000, per: day}}', `limits:
      "api:requests_per_day": {max: 50000, per: day}
      exports: {max: 100, per: month}
      projects: {max: 10, warn: 80%}`);

const free = yaml.replace('over_limit: keep', 'over_limit: freeze');

function take(user, body, options = {}) {
  return api('POST', `/v1/users/${encodeURIComponent(user)}/usage`, { key: checkKey, body, ...options });
}

// The answer to a taking that is an answer.
async function takes(user, limit, amount, more = {}) {
  const { status, json, text } = await take(user, { limit, amount, ...more });
  assert.equal(status, 200, text);
  assert.equal(json.user, user);
  assert.equal(json.limit, limit);
  return json;
}

async function hold(user, limit, amount, ttl_seconds) {
  const json = await takes(user, limit, amount, { hold: true, ttl_seconds });
  assert.equal(json.allowed, true);
  assert.equal(json.hold.status, 'open');
  assert.equal(json.hold.amount, amount);
  return json.hold;
}

function end(user, id, how, body = {}, options = {}) {
  return api('POST', `/v1/users/${user}/usage/${id}/${how}`, { key: checkKey, body, ...options });
}

async function limitOf(user, name) {
  return (await entitlements(user)).limits[name];
}

// What of an answer is about numbers.
function figures({ allowed, used, remaining, warning }) {
  return { allowed, used, remaining, warning };
}

const iso = (seconds) => new Date(seconds * 1000).toISOString();

before(() => putInForce(yaml));
atEnd(async () => {
  await backToToday();
  await putInForce(exampleMatrix);
});

describe('taking from a limit', () => {
  it('counts what fits, and says what is left and until when', async () => {
    const user = newUser();
    const midnight = Math.floor(now() / day) * day + day;
    const answer = await takes(user, api100, 30);
    assert.deepEqual(answer, { user, limit: api100, allowed: true, value: 100, unlimited: false,
      per: 'day', used: 30, remaining: 70, resets_at: iso(midnight), warning: null, hold: null });
  });

  it('takes one when no amount is named', async () => {
    const user = newUser();
    assert.equal((await take(user, { limit: api100 })).json.used, 1);
  });

  it('refuses what does not fit with an answer, and takes nothing', async () => {
    const user = newUser();
    await takes(user, api100, 90);
    assert.deepEqual(figures(await takes(user, api100, 11)),
      { allowed: false, used: 90, remaining: 10, warning: null });
    assert.deepEqual(figures(await takes(user, api100, 10)),
      { allowed: true, used: 100, remaining: 0, warning: null });
    assert.deepEqual(figures(await takes(user, api100, 1)),
      { allowed: false, used: 100, remaining: 0, warning: null });
  });

  it('asks with an amount of 0, and makes no row by that', async () => {
    const user = newUser();
    assert.deepEqual(figures(await takes(user, api100, 0)),
      { allowed: true, used: 0, remaining: 100, warning: null });
    assert.equal(await sqlValue(`select count(*) from counters where user_id = '${user}'`), '0');
  });

  it('keeps users apart, whatever their ids', async () => {
    const user = newUser();
    await takes(user, api100, 60);
    assert.equal((await takes(`${user} `, api100, 60)).allowed, true);
    assert.equal((await takes(user.toUpperCase(), api100, 60)).allowed, true);
    assert.equal((await takes(user, api100, 60)).allowed, false);
  });

  it('counts without bounds and refuses nothing', async () => {
    const user = newUser();
    await subscribe(user, { price: 'price_ent' }, 19900);
    const most = Number.MAX_SAFE_INTEGER;
    assert.deepEqual(figures(await takes(user, api100, 70000)),
      { allowed: true, used: 70000, remaining: null, warning: null });
    assert.equal((await takes(user, api100, most)).used, most);
    assert.deepEqual(figures(await takes(user, api100, most)),
      { allowed: true, used: most, remaining: null, warning: null });
  });

  it('allows nothing of a limit that the tier has not', async () => {
    const user = newUser();
    await subscribe(user, { price: 'price_ent' }, 19900);
    const answer = await takes(user, 'projects', 1);
    assert.deepEqual([answer.value, ...Object.values(figures(answer))], [0, false, 0, 0, null]);
    assert.equal((await takes(user, 'projects', 0)).allowed, false);
  });

  it('is no change of the user: no version, no new tag', async () => {
    const user = newUser();
    await subscribe(user);
    const where = `/v1/users/${user}/entitlements`;
    const first = await api('GET', where);
    await takes(user, api100, 7);
    const again = await api('GET', where);
    assert.equal(again.headers.etag, first.headers.etag);
    assert.equal(again.json.version, first.json.version);
    assert.equal(again.json.limits[api100].used, 7);
    const unchanged = await api('GET', where, { headers: { 'If-None-Match': first.headers.etag } });
    assert.equal(unchanged.status, 304);
  });

  it('shows live in the entitlements, and in rung user show', async () => {
    const user = newUser();
    const before = await limitOf(user, api100);
    const { resets_at, ...rest } = await takes(user, api100, 12);
    assert.equal(before.used, 0);
    assert.equal(before.resets_at, resets_at);
    assert.deepEqual(await limitOf(user, api100), { value: 100, unlimited: false, per: 'day',
      used: rest.used, remaining: rest.remaining, resets_at, warning: null });
    const { stdout } = await rung('user', 'show', user);
    assert.match(stdout, /api:requests_per_day +12 of 100/);
  });
});

describe('what cannot be taken', () => {
  const bad = [
    ['an amount below 0', { limit: api100, amount: -1 }, '/amount'],
    ['an amount too large for JSON', { limit: api100, amount: 2 ** 53 }, '/amount'],
    ['half of one', `{"limit": "${api100}", "amount": 0.5}`, '/amount'],
    ['a text', { limit: api100, amount: '1' }, '/amount'],
    ['no limit', { amount: 1 }, '/limit'],
    ['a limit that no tier has', { limit: 'no:such', amount: 1 }, '/limit'],
    ['a hold of nothing', { limit: api100, amount: 0, hold: true }, '/amount'],
    ['a hold that is a word', { limit: api100, hold: 'yes' }, '/hold'],
    ['a hold without a life', { limit: api100, hold: true, ttl_seconds: 0 }, '/ttl_seconds'],
    ['a hold of more than a day', { limit: api100, hold: true, ttl_seconds: 86401 }, '/ttl_seconds'],
    ['a life without a hold', { limit: api100, ttl_seconds: 60 }, '/ttl_seconds'],
  ];
  for (const [what, body, pointer] of bad) {
    it(`${what} is told at ${pointer}`, async () => {
      assertPointer(await take(newUser(), body), 422, 'invalid-value', pointer);
    });
  }

  it('a page with a client token takes nothing', async () => {
    const user = newUser();
    const key = await clientToken(user);
    assertProblem(await take(user, { limit: api100 }, { key }), 403, 'not-allowed');
  });
});

describe('64 clients at one counter', () => {
  it('get the limit together and not one more', async () => {
    const user = newUser();
    const answers = await Promise.all(Array.from({ length: 64 },
      () => takes(user, api100, 3)));
    const allowed = answers.filter((answer) => answer.allowed);
    assert.equal(allowed.length, 33, 'thirty-three times three fit into a hundred');
    assert.deepEqual(allowed.map(({ used }) => used).sort((a, b) => a - b),
      Array.from({ length: 33 }, (_, i) => 3 * (i + 1)), 'each is told its own count');
    assert.equal((await limitOf(user, api100)).used, 99);
    assert.equal(await sqlValue(`select used from counters where user_id = '${user}'`), '99');
  });

  it('hold, confirm and release without passing it', async () => {
    const user = newUser();
    const work = async (_, i) => {
      const answer = await takes(user, api100, 5, { hold: i % 2 === 0 });
      assert.ok(answer.used <= 100);
      if (!answer.allowed || !answer.hold) return answer.allowed ? 5 : 0;
      const how = i % 4 === 0 ? 'confirm' : 'release';
      const { json } = await end(user, answer.hold.id, how, how === 'confirm' ? { amount: 2 } : {});
      assert.ok(json.used <= 100);
      return how === 'confirm' ? 2 : 0;
    };
    const used = await Promise.all(Array.from({ length: 64 }, work));
    const sum = used.reduce((a, b) => a + b, 0);
    assert.equal((await limitOf(user, api100)).used, sum);
    assert.ok(sum <= 100);
  });
});

describe('a hold', () => {
  it('counts, and is used when it is confirmed', async () => {
    const user = newUser();
    const { id, expires_at } = await hold(user, api100, 60, 300);
    assert.match(id, /^hd_[0-9a-f]{32}$/);
    assert.ok(Math.abs(Date.parse(expires_at) / 1000 - now() - 300) < 5);
    assert.equal((await takes(user, api100, 50)).allowed, false);
    assert.equal((await limitOf(user, api100)).used, 60);
    const { json } = await end(user, id, 'confirm');
    assert.deepEqual(json.hold, { id, status: 'confirmed', amount: 60, expires_at: null });
    assert.deepEqual(figures(json), { allowed: true, used: 60, remaining: 40, warning: null });
  });

  it('gives the rest back when less is confirmed', async () => {
    const user = newUser();
    const { id } = await hold(user, api100, 60);
    assert.equal((await end(user, id, 'confirm', { amount: 25 })).json.used, 25);
  });

  it('cannot be confirmed for more than it holds', async () => {
    const user = newUser();
    const { id } = await hold(user, api100, 5);
    assertPointer(await end(user, id, 'confirm', { amount: 6 }), 422, 'invalid-value', '/amount');
    assert.equal((await limitOf(user, api100)).used, 5);
  });

  it('gives all back when it is released', async () => {
    const user = newUser();
    const { id } = await hold(user, api100, 60);
    const { json } = await end(user, id, 'release');
    assert.deepEqual(json.hold, { id, status: 'released', amount: 0, expires_at: null });
    assert.equal(json.used, 0);
  });

  it('ends once: the same again says the same, the other is refused', async () => {
    const user = newUser();
    const one = await hold(user, api100, 10);
    const other = await hold(user, api100, 10);
    const first = await end(user, one.id, 'confirm');
    assert.deepEqual((await end(user, one.id, 'confirm')).json, first.json);
    assertProblem(await end(user, one.id, 'release'), 422, 'invalid-transition');
    await end(user, other.id, 'release');
    assert.equal((await end(user, other.id, 'release')).status, 200);
    assertProblem(await end(user, other.id, 'confirm'), 422, 'invalid-transition');
    assert.equal((await limitOf(user, api100)).used, 10);
  });

  it('past its end counts no more, and cannot be confirmed', async () => {
    const user = newUser();
    after(backToToday);
    const { id } = await hold(user, 'projects', 3, 60);
    assert.equal((await takes(user, 'projects', 1)).allowed, false);
    await wait(61);
    assert.equal((await limitOf(user, 'projects')).used, 0);
    assert.equal((await takes(user, 'projects', 3)).allowed, true);
    assertProblem(await end(user, id, 'confirm'), 422, 'invalid-transition');
    assert.equal((await end(user, id, 'release')).status, 200);
    assert.equal((await limitOf(user, 'projects')).used, 3);
    await backToToday();
  });

  it('of another user is unknown, as is none at all', async () => {
    const { id } = await hold(newUser(), api100, 5);
    assertProblem(await end(newUser(), id, 'confirm'), 404, 'unknown-hold');
    assertProblem(await end(newUser(), 'hd_1', 'release'), 404, 'unknown-hold');
  });
});

describe('an Idempotency-Key', () => {
  it('counts once, and repeats the answer', async () => {
    const user = newUser();
    const options = { headers: { 'Idempotency-Key': randomUUID() } };
    const body = { limit: api100, amount: 10 };
    const first = await take(user, body, options);
    await takes(user, api100, 5);
    const again = await take(user, body, options);
    assert.equal(again.text, first.text);
    assert.equal(first.headers['idempotent-replayed'], undefined);
    assert.equal(again.headers['idempotent-replayed'], 'true');
    assert.equal((await limitOf(user, api100)).used, 15);
  });

  it('sent 16 times at once counts once', async () => {
    const user = newUser();
    const options = { headers: { 'Idempotency-Key': randomUUID() } };
    const answers = await Promise.all(Array.from({ length: 16 },
      () => take(user, { limit: api100, amount: 10 }, options)));
    for (const { status, json } of answers) {
      assert.equal(status, 200);
      assert.equal(json.used, 10);
    }
    assert.equal((await limitOf(user, api100)).used, 10);
  });

  it('holds once: the same hold is answered', async () => {
    const user = newUser();
    const options = { headers: { 'Idempotency-Key': randomUUID() } };
    const body = { limit: api100, amount: 10, hold: true };
    const first = await take(user, body, options);
    assert.deepEqual((await take(user, body, options)).json, first.json);
    assert.equal((await limitOf(user, api100)).used, 10);
  });

  it('with another body is refused, and belongs to one user', async () => {
    const user = newUser();
    const options = { headers: { 'Idempotency-Key': randomUUID() } };
    await take(user, { limit: api100, amount: 1 }, options);
    assertProblem(await take(user, { limit: api100, amount: 2 }, options), 422, 'idempotency-mismatch');
    const other = await take(newUser(), { limit: api100, amount: 2 }, options);
    assert.equal(other.json.used, 2);
  });
});

describe('a period', () => {
  after(backToToday);

  it('of a minute or an hour begins anew with the clock\'s', async () => {
    const user = newUser();
    await waitUntil(Math.ceil((now() + 1) / hour) * hour + 10);
    for (const name of ['bursts', 'crawls']) {
      assert.equal((await takes(user, name, 5)).allowed, true);
      assert.equal((await takes(user, name, 1)).allowed, false);
    }
    await wait(60);
    assert.equal((await takes(user, 'bursts', 1)).used, 1);
    assert.equal((await takes(user, 'crawls', 1)).allowed, false);
    await wait(hour);
    assert.equal((await takes(user, 'crawls', 1)).used, 1);
  });

  it('of a month is the calendar\'s for who has bought nothing', async () => {
    const answer = await takes(newUser(), 'exports', 1);
    const today = new Date(now() * 1000);
    assert.equal(answer.resets_at,
      new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1, 1)).toISOString());
  });

  it('of a month turns on the purchase\'s day, also on a yearly plan', async () => {
    await backToToday();
    const user = newUser();
    const from = now();
    const until = Math.floor(new Date(from * 1000).setUTCFullYear(
      new Date(from * 1000).getUTCFullYear() + 1) / 1000);
    await subscribe(user, { price: 'price_pro_yearly', from, until }, 29000);
    const first = await takes(user, 'exports', 90);
    const month = Date.parse(first.resets_at) / 1000;
    assert.ok(month > from + 27 * day && month <= from + 31 * day, first.resets_at);
    assert.equal(new Date(month * 1000).toISOString().slice(11, 19), iso(until).slice(11, 19));
    assert.equal((await takes(user, 'exports', 11)).allowed, false);
    await waitUntil(month - 5);
    assert.equal((await takes(user, 'exports', 11)).allowed, false);
    await waitUntil(month + 1);
    assert.equal((await takes(user, 'exports', 11)).used, 11);
  });

  it('of a month turns with the bill, and again when the bill is late', async () => {
    await backToToday();
    const user = newUser();
    const subscription = new Subscription(user);
    await subscription.tell('created');
    await subscription.bill('paid');
    assert.equal((await takes(user, 'exports', 100)).resets_at, iso(subscription.is.until));
    await waitUntil(subscription.is.until + hour);
    assert.equal((await entitlements(user)).status, 'grace');
    assert.equal((await takes(user, 'exports', 1)).used, 1);
  });

  it('counts in total without one', async () => {
    await backToToday();
    const user = newUser();
    assert.equal((await takes(user, 'projects', 3)).resets_at, null);
    await wait(400 * day);
    assert.deepEqual(figures(await takes(user, 'projects', 1)),
      { allowed: false, used: 3, remaining: 0, warning: null });
  });
});

describe('a soft limit', () => {
  it('warns from its share on, and refuses nothing', async () => {
    const user = newUser();
    assert.equal((await takes(user, 'exports', 1)).warning, null);
    assert.equal((await takes(user, 'exports', 1)).warning, 'near');
    assert.equal((await takes(user, 'exports', 2)).warning, 'near');
    const over = await takes(user, 'exports', 3);
    assert.deepEqual({ ...figures(over), soft: over.soft },
      { allowed: true, used: 7, remaining: 0, warning: 'over', soft: true });
    assert.equal((await limitOf(user, 'exports')).warning, 'over');
  });

  it('is no part of a hard one that warns', async () => {
    const user = newUser();
    assert.equal((await takes(user, 'bursts', 4)).warning, 'near');
    const full = await takes(user, 'bursts', 2);
    assert.deepEqual([full.allowed, full.soft], [false, undefined]);
  });
});

describe('more in use than a lower tier allows', () => {
  // Eight projects of ten, and then the tier that allows three.
  async function fallen() {
    const user = newUser();
    const subscription = await subscribe(user);
    assert.equal((await takes(user, 'projects', 8)).warning, 'near');
    await subscription.deleted();
    return user;
  }
  after(() => putInForce(yaml));

  it('stays when the policy is keep, and no more is taken', async () => {
    const user = await fallen();
    assert.equal((await takes(user, 'projects', 1)).allowed, false);
    const asked = await takes(user, 'projects', 0);
    assert.deepEqual({ ...figures(asked), frozen: asked.frozen },
      { allowed: true, used: 8, remaining: 0, warning: 'over', frozen: undefined });
  });

  it('is frozen when the policy is freeze, until the tier allows it again', async () => {
    await putInForce(free);
    const user = await fallen();
    const asked = await takes(user, 'projects', 0);
    assert.deepEqual([asked.allowed, asked.frozen], [false, true]);
    assert.equal((await limitOf(user, 'projects')).frozen, true);
    await subscribe(user);
    const back = await takes(user, 'projects', 0);
    assert.deepEqual([back.allowed, back.frozen, back.used], [true, undefined, 8]);
  });
});

describe('rung matrix diff', () => {
  it('tells a limit that turns soft, and from where it warns', async () => {
    const file = yaml.replace('bursts: {max: 5, per: minute, warn: 80%}',
      'bursts: {max: 5, per: minute, soft: yes, warn: 90%}');
    const { stdout } = await rung('matrix', 'diff', '-', { input: file });
    assert.match(stdout, /^free: limit bursts: 5 per minute, warn 80% -> 5 per minute, soft, warn 90%$/m);
  });
});

describe('rung sweep', () => {
  it('forgets counters a week after their period, and no others', async () => {
    const user = newUser();
    after(backToToday);
    await takes(user, 'bursts', 1);
    await takes(user, 'projects', 1);
    const rows = () => sqlValue(`select count(*) from counters where user_id = '${user}'`);
    await wait(6 * day);
    await rung('sweep');
    assert.equal(await rows(), '2');
    await wait(2 * day);
    await rung('sweep');
    assert.equal(await rows(), '1');
    await backToToday();
  });
});
