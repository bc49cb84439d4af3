// What programs keep in memory, as callers see it through two web servers
// over one database: no answer is older than one that was given before, and
// nothing is allowed once its end was answered, whoever is killed meanwhile.
// RUNG_COHERENCE_SECONDS and RUNG_COHERENCE_UPGRADES make it longer.
import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { before, it } from 'node:test';
import { api, atEnd, checkKey, deliver, env, newPayment, newUser, paid, plainCgi, start,
  url } from './lib.mjs';
import { serve } from './servers.mjs';

const seconds = Number(process.env.RUNG_COHERENCE_SECONDS ?? 5);
const upgrades = Number(process.env.RUNG_COHERENCE_UPGRADES ?? 300);
const capability = 'export:csv';
const skip = plainCgi && 'programs that end with each request keep nothing';
const agent = new http.Agent({ keepAlive: true });
let pools; // addresses of both web servers
let folders; // and where their programs are

before(async () => {
  if (plainCgi) return;
  const other = await serve('lighttpd, FastCGI', {}, 'entitlement');
  atEnd(async () => {
    agent.destroy();
    await other.stop();
  });
  pools = [url, other.url];
  folders = [env.RUNG_DIR, other.dir].map((dir) => path.join(dir, 'cgi-bin'));
});

const pick = (list) => list[Math.floor(Math.random() * list.length)];
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

// An answer, or null when the program or its server broke off.
async function ask(method, where, options = {}) {
  try {
    const answer = await api(method, where, { agent, ...options });
    return answer.status < 500 ? answer : null;
  } catch {
    return null;
  }
}

// The same until there is one.
async function insist(...request) {
  for (;;) {
    const answer = await ask(...request);
    if (answer) return answer;
    await pause(20);
  }
}

function runningPrograms() {
  return readdirSync('/proc').filter((name) => {
    try {
      const exe = readlinkSync(`/proc/${name}/exe`);
      return folders.includes(path.dirname(exe)) && path.basename(exe) === 'entitlement.fcgi';
    } catch {
      return false;
    }
  }).map(Number);
}

it('no version falls and nothing taken back is allowed, whoever is killed', { skip }, async () => {
  const end = Date.now() + seconds * 1000;
  const count = { reads: 0, grants: 0, kills: 0 };
  const wrong = [];
  // of a user: the highest version answered, and what holds until the next
  // change is asked for (null: a change is under way).
  const users = Array.from({ length: 8 }, () => ({ id: newUser('coherent'), version: 0,
    holds: { granted: false } }));

  async function write(mine) {
    while (Date.now() < end) {
      const user = pick(mine);
      const where = `/v1/users/${user.id}/overrides`;
      user.holds = null;
      const given = await ask('POST', where, { body: { kind: 'grant_capability',
        name: capability, reason: 'a test', operator: 'test' } });
      if (given) {
        assert.equal(given.status, 201, given.text);
        user.holds = { granted: true };
        count.grants += 1;
        await pause(10);
        user.holds = null;
      }
      // Also what was given without our having heard of it.
      const list = await insist('GET', where);
      for (const { id } of list.json.data.filter((one) => !one.ended_at))
        await insist('POST', `${where}/${id}/revoke`, { body: { reason: 'a test',
          operator: 'test' } });
      const left = await insist('GET', where);
      if (left.json.data.every((one) => one.ended_at)) user.holds = { granted: false };
      await pause(10);
    }
  }

  async function read() {
    while (Date.now() < end) {
      const user = pick(users);
      const { version, holds } = user;
      const answer = await ask('GET', `${pick(pools)}/v1/users/${user.id}/entitlements`,
        { key: checkKey });
      if (!answer) {
        await pause(5);
        continue;
      }
      const doc = answer.json;
      count.reads += 1;
      if (doc.version < version) wrong.push(`version ${doc.version} after ${version}`);
      if (holds && holds === user.holds
        && doc.capabilities.includes(capability) !== holds.granted)
        wrong.push(`${holds.granted ? 'not there' : 'allowed'} at version ${doc.version}`);
      user.version = Math.max(user.version, doc.version);
    }
  }

  async function kill() {
    while (Date.now() < end) {
      await pause(300);
      const running = runningPrograms();
      if (running.length === 0) continue;
      process.kill(pick(running), 'SIGKILL');
      count.kills += 1;
    }
  }

  await Promise.all([write(users.slice(0, 4)), write(users.slice(4)), kill(),
    ...Array.from({ length: 8 }, read)]);
  assert.deepEqual(wrong.slice(0, 5), []);
  assert.ok(count.reads > seconds * 20 && count.grants > seconds && count.kills > seconds,
    `too little happened: ${JSON.stringify(count)}`);
  console.log(`# ${count.reads} reads, ${count.grants} grants taken back, ${count.kills} kills`);
});

it('what two tiers share is never missing while one becomes the other', { skip }, async () => {
  const shared = 'api:unlimited';
  const wrong = [];
  let left = upgrades;
  let reads = 0;

  async function become(user, tier) {
    const reference = newPayment();
    const started = await start(user, tier, { payment: { provider: 'stripe', reference } });
    assert.equal(started.status, 201, started.text);
    const answer = await deliver(paid(reference, { user, session: started.json.session.id,
      amount: tier === 'pro' ? 2900 : 19900 }));
    assert.equal(answer.status, 200, answer.text);
  }

  async function look(user, over) {
    while (!over()) {
      const answer = await ask('GET', `${pick(pools)}/v1/users/${user}/can/${shared}`,
        { key: checkKey });
      if (!answer) {
        await pause(5);
        continue;
      }
      reads += 1;
      if (!answer.json.allowed) wrong.push(answer.text);
    }
  }

  async function work() {
    while (left > 0) {
      left -= 1;
      const user = newUser('climber');
      let done = false;
      await become(user, 'pro');
      await Promise.all([look(user, () => done), look(user, () => done),
        become(user, 'enterprise').finally(() => { done = true; })]);
      // A program that was killed just now is not back yet.
      const answer = await insist('GET', `/v1/users/${user}/entitlements`, { key: checkKey });
      assert.equal(answer.json.tier, 'enterprise');
    }
  }

  await Promise.all(Array.from({ length: 4 }, work));
  assert.deepEqual(wrong.slice(0, 5), []);
  assert.ok(reads > upgrades, `only ${reads} reads`);
  console.log(`# ${upgrades} upgrades, ${reads} reads`);
});
