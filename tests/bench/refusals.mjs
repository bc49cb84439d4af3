// Can a stranger tell by the clock whether something exists?  Every route of
// openapi.yaml that names a user, a session, an asset, an override or a hold
// is asked by somebody whom it does not concern, for one that is there and for
// one that is not, by turns in random order on one connection.
//
//   node refusals.mjs [REQUESTS]     1,000 of each
//
// RUNG_URL and RUNG_SERVER_KEY: which server.
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { absent, request, routes } from '../e2e/routes.mjs';

const each = Number(process.argv[2] ?? 1000);
const serverKey = process.env.RUNG_SERVER_KEY;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function send({ method, path, body, key }) {
  const bytes = body === undefined ? '' : JSON.stringify(body);
  const headers = { 'Idempotency-Key': randomBytes(8).toString('hex') };
  if (key) headers['X-API-Key'] = key;
  if (method === 'POST')
    Object.assign(headers, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(bytes) });
  return new Promise((resolve, reject) => {
    const began = process.hrtime.bigint();
    http.request(new URL(path, process.env.RUNG_URL), { method, headers, agent }, async (answer) => {
      let text = '';
      for await (const part of answer.setEncoding('utf8')) text += part;
      resolve({ status: answer.statusCode, text, ms: Number(process.hrtime.bigint() - began) / 1e6 });
    }).on('error', reject).end(bytes);
  });
}

async function make(method, path, body) {
  const { status, text } = await send({ method, path, body, key: serverKey });
  if (status >= 300) throw new Error(`${method} ${path}: ${text}`);
  return JSON.parse(text);
}

// ---- Who is there ---------------------------------------------------------

const newUser = () => `refused-${randomBytes(8).toString('hex')}`;
const there = { user: newUser() };
const stranger = newUser();

const tokenOf = async (user) =>
  (await make('POST', '/v1/tokens', { user, scopes: ['read', 'upgrade', 'claim'] })).token;

async function prepare() {
  const path = `/v1/users/${there.user}`;
  there.override = (await make('POST', `${path}/overrides`,
    { kind: 'grant_tier', name: 'pro', reason: 'a bench', operator: 'a bench' })).id;
  there.asset = (await make('GET', `${path}/assets`)).data.find(({ slot }) => slot === 'api_key').id;
  there.hold = (await make('POST', `${path}/usage`,
    { limit: 'api:requests_per_day', amount: 1, hold: true })).hold.id;
  const started = await make('POST', '/v1/upgrades', { user: there.user, target_tier: 'enterprise',
    payment: { provider: 'stripe', reference: `pi_${randomBytes(12).toString('hex')}` } });
  there.session = started.session.id;
}

// ---- What is asked --------------------------------------------------------

// [{title, key, pair}]: the pair is a request for what is there, and one for
// what is not.
function questions() {
  const found = [];
  for (const route of routes) {
    const ask = (what, key, ...pair) => found.push({ title: `${route.title}, ${what}`, key,
      pair: pair.map((about) => request(route, about)) });
    if (route.wants === 'key' && route.names === 'session') ask('session of another', tokenOf, there, absent);
    if (route.wants === 'key' && route.names === 'user')
      ask('another user', tokenOf, { user: there.user }, { user: newUser() });
    for (const thing of route.places.filter((place) => ['asset', 'override', 'hold'].includes(place)))
      ask(`${thing} of another`, () => serverKey, { user: stranger, [thing]: there[thing] }, { user: stranger });
    if (route.wants === 'link') ask('session, no link', () => undefined, there, absent);
  }
  return found;
}

// Some may be asked only so often in a minute.
async function patiently(one) {
  for (;;) {
    const answer = await send(one);
    if (answer.status !== 429) return answer;
    await new Promise((resolve) => { setTimeout(resolve, 2000); });
  }
}

// The times of both, and whether they answered alike.
async function ask({ key, pair }) {
  const times = [[], []];
  const sizes = new Set();
  let mine;
  for (let i = -20; i < each; i++) {
    if (i === -20 || (i > 0 && i % 250 === 0)) mine = await key(stranger); // below what one may ask in a minute
    const order = Math.random() < 0.5 ? [0, 1] : [1, 0];
    for (const which of order) {
      const { status, text, ms } = await patiently({ ...pair[which], key: mine });
      if (status < 400) throw new Error(`${pair[which].path}: ${status} ${text}`);
      sizes.add(`${status} ${text.length}`);
      if (i >= 0) times[which].push(ms);
    }
  }
  return { times, sizes };
}

// ---- Figures --------------------------------------------------------------

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

// Of one time of each, how often is the first the longer one?  0.5: no clue.
function longer(ones, others) {
  const all = [...ones.map((ms) => [ms, 1]), ...others.map((ms) => [ms, 0])].sort(([a], [b]) => a - b);
  let below = 0;
  let sum = 0;
  for (const [, first] of all) {
    if (first) sum += below;
    else below += 1;
  }
  return sum / (ones.length * others.length);
}

// Four standard errors of that for times that do not differ.
const chance = 4 * Math.sqrt((2 * each + 1) / (12 * each * each));

await prepare();
const told = [];
console.log(`refused, ${each} times each, by turns on one connection: medians in ms, and how often what is there`
  + ` took longer (by chance ${(50 - chance * 100).toFixed(0)} to ${(50 + chance * 100).toFixed(0)} %)`);
console.log(''.padEnd(70), 'there   none');
for (const question of questions()) {
  const { times, sizes } = await ask(question);
  const share = longer(...times);
  const [one, other] = times.map(median);
  console.log(question.title.padEnd(70), one.toFixed(3), ' ', other.toFixed(3), `${(share * 100).toFixed(0).padStart(5)} %`,
    sizes.size > 1 ? ` DIFFERENT: ${[...sizes].join(', ')}` : '');
  if (Math.abs(share - 0.5) > chance) told.push(question.title);
}
console.log(`told apart by the clock: ${told.join('; ') || 'none'}`);
agent.destroy();
