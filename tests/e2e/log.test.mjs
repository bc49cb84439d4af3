// What is written about an upgrade: one line per start, delivery and grant,
// figures that move, and no secret anywhere.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import Stripe from 'stripe';
import { api, checkKey, clientToken, deliver, env, logText, newPayment, newUser, now, paid, rung,
  run, serverKey, start, until } from './lib.mjs';
import { checkoutEvent, figures, inDir, show, startCheckout } from './more.mjs';

// The line's pairs; null if it is not one of ours, whole and well formed.
function logfmt(line) {
  const pair = /([a-z_]+)=("(?:[^"\\]|\\.)*"|[^\s"=]+)(?: |$)/gy;
  const pairs = {};
  while (pair.lastIndex < line.length) {
    const found = pair.exec(line);
    if (!found) return null;
    pairs[found[1]] = found[2].startsWith('"') ? JSON.parse(found[2]
      .replace(/\\x/g, '\\u00')) : found[2];
  }
  return pairs;
}

// Apache puts its own words in front of what a CGI program says.
function lines() {
  return logText().split('\n').filter((line) => line.includes('level='))
    .map((line) => line.slice(line.indexOf('level=')));
}

// All files below a folder.
function* files(dir) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const name = path.join(dir, entry.name);
    if (entry.isDirectory()) yield* files(name);
    else if (entry.isFile()) yield name;
  }
}

const secrets = new Map();
const user = newUser('logged');
const earlier = {};
let later; // the figures after all that
let session;
let event;

before(async () => {
  earlier.figures = await figures();
  earlier.lines = lines().length;
  const reference = newPayment();
  const started = await start(user, 'pro', { payment: { provider: 'stripe', reference } });
  session = started.json.session.id;
  event = paid(reference);
  const payload = JSON.stringify(event);
  const signature = Stripe.webhooks.generateTestHeaderString({ payload,
    secret: env.RUNG_STRIPE_SECRET, timestamp: now() });
  await deliver(payload, { signature });
  await deliver(payload, { signature });
  await deliver(payload, { signature: signature.replace(/v1=../, 'v1=zz') });
  secrets.set('session token', started.json.token);
  secrets.set('signature', signature.split('v1=')[1]);

  // The same by the buyer's own page, with credentials that are refused too.
  const buyer = newUser('logged');
  const token = await clientToken(buyer);
  const { json } = await startCheckout(token);
  await api('GET', json.checkout.url, { key: null });
  await show(json.session.id, { key: json.token });
  await show(json.session.id, { key: `${json.token}x` });
  await api('GET', `/v1/users/someone/entitlements?token=${token}`, { key: token });
  await deliver(checkoutEvent({ session: json.session.id, user: buyer }));
  const made = await rung('key', 'create', 'server', '--quiet');
  await api('GET', '/v1/tiers', { key: made.stdout.trim(), headers: { Origin: 'https://a.b' } });
  secrets.set('client token', token);
  secrets.set('second session token', json.token);
  secrets.set('checkout key', new URL(json.checkout.url).searchParams.get('k'));
  secrets.set('new key', made.stdout.trim());
  secrets.set('server key', serverKey).set('check key', checkKey);
  for (const name of readdirSync(inDir('secret'))) {
    secrets.set(name, readFileSync(inDir('secret', name), 'utf8').trim());
  }
  await until(() => lines().some((line) => line.includes('event=grant') &&
    line.includes(buyer)), { what: 'the last line' });
  later = await figures();
});

describe('the log', () => {
  const about = (kind, text) => lines().map(logfmt)
    .filter((pairs) => pairs?.event === kind && Object.values(pairs).includes(text));

  it('is logfmt in each line', () => {
    const all = lines();
    assert.ok(all.length > earlier.lines);
    for (const line of all) assert.ok(logfmt(line), line);
  });

  it('has one line for the start', () => {
    const found = about('start', session);
    assert.equal(found.length, 1);
    assert.equal(found[0].level, 'info');
    assert.equal(found[0].user, user);
    assert.ok(found[0].req);
  });

  it('has one line for each delivery, with what became of it', () => {
    assert.deepEqual(about('delivery', event.id).map((pairs) => pairs.outcome),
      ['accepted', 'duplicate']);
  });

  it('has one line for the grant, with the time it took', () => {
    const found = about('grant', user);
    assert.equal(found.length, 1);
    assert.match(found[0].time_to_grant_ms, /^\d+$/);
    assert.ok(Number(found[0].time_to_grant_ms) < 10000);
  });

  it('has a line that says why a delivery was refused', () => {
    const found = lines().slice(earlier.lines).map(logfmt)
      .filter((pairs) => pairs.code === 'bad-signature');
    assert.equal(found.length, 1);
    assert.ok(found[0].msg);
  });

  it('has a line for a server key in a browser', () => {
    assert.equal(lines().slice(earlier.lines)
      .filter((line) => line.includes('server-key-in-browser')).length, 1);
  });

  it('names the request that the caller was told', async () => {
    const id = `e2e-${newUser()}`;
    await start(newUser(), 'pro', {}, { headers: { 'X-Request-ID': id } });
    await until(() => lines().some((line) => logfmt(line)?.req === id));
  });

  it('keeps what is odd in a name on one line', async () => {
    const tail = newUser();
    const { status, text } = await start(`a "b" =c\u2028level=error event=grant ${tail}`);
    assert.equal(status, 201, text);
    const found = await until(() => {
      const its = lines().filter((line) => line.includes(tail));
      return its.length > 0 && its;
    }, { what: 'its line' });
    assert.deepEqual(found.map((line) => logfmt(line)?.event), ['start']);
    assert.ok(!found[0].includes('\u2028'));
  });
});

describe('no secret', () => {
  it('is in any log', () => {
    assert.ok(secrets.size >= 12);
    for (const file of files(inDir('log'))) {
      const text = readFileSync(file, 'latin1');
      for (const [name, secret] of secrets) {
        assert.ok(!text.includes(secret), `${name} in ${file}`);
      }
      assert.doesNotMatch(text, /rung_(sk|ck|ct|st|tk)_[\w-]{8}/, file);
    }
  });

  it('is in the database', () => {
    // Their owner's own passwords for it are elsewhere.
    for (const file of files(inDir('db/data'))) {
      if (statSync(file).size > (64 << 20)) continue;
      const bytes = readFileSync(file);
      for (const [name, secret] of secrets) {
        assert.ok(!bytes.includes(secret), `${name} in ${file}`);
      }
    }
  });

  it('is in what is kept between requests', () => {
    for (const file of files(inDir('var'))) {
      const bytes = readFileSync(file);
      for (const [name, secret] of secrets) {
        assert.ok(!bytes.includes(secret), `${name} in ${file}`);
      }
    }
  });

  it('is in a list of processes', async () => {
    const { stdout } = await run('ps', ['axww', '-o', 'args']);
    for (const [name, secret] of secrets) assert.ok(!stdout.includes(secret), name);
  });

  it('is shown by rung config show', async () => {
    const { stdout, stderr } = await rung('config', 'show');
    for (const [name, secret] of secrets) {
      assert.ok(!(stdout + stderr).includes(secret), name);
    }
  });
});

describe('the figures', () => {
  const sum = (map, name, labels = '') => [...map].filter(([key]) =>
    key.startsWith(name) && key.includes(labels)).reduce((all, [, value]) => all + value, 0);
  const moved = [
    ['upgrades started', 'rung_upgrades_started_total', 'tier="pro"', 2],
    ['deliveries accepted', 'rung_webhooks_received_total', 'outcome="accepted"', 2],
    ['copies of deliveries', 'rung_webhooks_received_total', 'outcome="duplicate"', 1],
    ['deliveries not signed', 'rung_webhooks_received_total', 'outcome="bad_signature"', 1],
    ['entitlements granted', 'rung_entitlements_granted_total', '', 2],
    ['times to grant', 'rung_time_to_grant_seconds_count', '', 2],
    ['upgrades finished', 'rung_upgrades_finished_total', 'outcome="completed"', 2],
  ];
  for (const [what, name, labels, by] of moved) {
    it(`count ${what}`, () => {
      assert.equal(sum(later, name, labels), sum(earlier.figures, name, labels) + by);
    });
  }

  it('count a time to grant in the bucket of a second', () => {
    const bucket = (map) => map.get('rung_time_to_grant_seconds_bucket{le="1"}') ?? 0;
    assert.equal(bucket(later), bucket(earlier.figures) + 2);
  });

  it('name no user, session or payment', async () => {
    const { text } = await api('GET', '/metrics', { key: checkKey });
    for (const secret of [user, session, event.id]) assert.ok(!text.includes(secret));
  });

  it('are what Prometheus takes', async (t) => {
    const { text, headers } = await api('GET', '/metrics', { key: checkKey });
    assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    let answer;
    try {
      answer = await run('promtool', ['check', 'metrics'], { input: text });
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
      t.skip('no promtool here');
      return;
    }
    assert.equal(answer.code, 0, answer.stdout + answer.stderr);
  });
});
