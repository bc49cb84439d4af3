// The middlewares of etc/samples at work: small applications ask a running
// Rung through a proxy that can be slow, or away.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { checkKey, env, newUser, rung, top, until, url } from './lib.mjs';

const samples = path.join(top, 'tests/e2e/samples');
const scratch = mkdtempSync(path.join(tmpdir(), 'rung-samples-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const inPath = (name) => (env.PATH ?? process.env.PATH).split(':')
  .some((dir) => { try { execFileSync('test', ['-x', path.join(dir, name)]); return true; } catch { return false; } });

// In front of Rung: passes on, holds back, or is not there.
async function proxy() {
  const state = { slow: false, connections: 0 };
  const sockets = new Set();
  const server = http.createServer((request, answer) => {
    if (state.slow) return;
    const target = http.request(new URL(request.url, url), { agent: false, method: request.method,
      headers: { ...request.headers, host: new URL(url).host, connection: 'close' } }, (got) => {
      const parts = [];
      got.on('data', (part) => parts.push(part));
      got.on('end', () => {
        const body = Buffer.concat(parts);
        answer.writeHead(got.statusCode, { 'Content-Type': 'application/json', 'Content-Length': body.length });
        answer.end(body);
      });
    });
    target.on('error', () => answer.destroy());
    target.end();
  });
  server.keepAliveTimeout = 60000;
  server.on('connection', (socket) => {
    state.connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = (port) => new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  await listen(0);
  const { port } = server.address();
  state.port = port;
  state.leave = () => new Promise((resolve) => {
    server.close(resolve);
    for (const socket of sockets) socket.destroy();
  });
  state.back = () => listen(port);
  return state;
}

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

function ask(port, target) {
  return new Promise((resolve, reject) => {
    http.get({ host: '127.0.0.1', port, path: target, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (part) => { text += part; });
      answer.on('end', () => resolve({ status: answer.statusCode, used: answer.headers['x-rung'], text }));
    }).on('error', reject);
  });
}

// An application that is asked over HTTP.
const byHttp = (...command) => async (settings) => {
  const port = await freePort();
  const [file, ...args] = command.map((word) => word.replace('PORT', port));
  const child = spawn(file, args, { stdio: 'ignore', env: { ...process.env, ...settings, PORT: port } });
  await until(() => ask(port, '/sign?key=k&path=/x&user=u&exp=1').catch(() => false),
    { within: 20000, what: `${file} answers` });
  return {
    can: (user) => ask(port, `/can?user=${encodeURIComponent(user)}`),
    sign: async (...values) => (await ask(port, `/sign?${new URLSearchParams(
      Object.fromEntries(['key', 'path', 'user', 'exp'].map((name, i) => [name, values[i]])))}`)).text,
    stop: () => child.kill(),
  };
};

async function byLines(settings) {
  const program = path.join(scratch, 'app');
  execFileSync('cc', ['-std=c17', '-Wall', '-Wextra', '-Werror', '-O1', `-I${top}/etc/samples`, '-o', program,
    path.join(samples, 'app.c'), '-lcrypto']);
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...settings } });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const say = async (line) => {
    child.stdin.write(`${line}\n`);
    return (await lines.next()).value;
  };
  return {
    can: async (user) => {
      const [status, used] = (await say(`can ${user}`)).split(' ');
      return { status: Number(status), used };
    },
    sign: (...values) => say(['sign', ...values].join('\t')),
    stop: () => child.kill(),
  };
}

const kinds = {
  'Express': { start: byHttp(process.execPath, path.join(samples, 'app.mjs'), 'express') },
  'Fastify': { start: byHttp(process.execPath, path.join(samples, 'app.mjs'), 'fastify') },
  'WSGI': { start: byHttp('python3', path.join(samples, 'app.py'), 'wsgi') },
  'ASGI': { start: byHttp('python3', path.join(samples, 'app.py'), 'asgi'), threads: true },
  'PHP': { start: byHttp('php', '-S', '127.0.0.1:PORT', path.join(samples, 'app.php')), needs: 'php' },
  'C': { start: byLines },
};

async function give(user) {
  const { code, stdout, stderr } = await rung('user', 'grant', user, 'capability:export:csv', '--reason', 'a test');
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

for (const [name, { start, needs, threads }] of Object.entries(kinds)) {
  describe(`the sample for ${name}`, { skip: needs && !inPath(needs) && `no ${needs} here` }, () => {
    let between;
    let app;
    let lasting; // with last-known-good
    const settings = () => ({ RUNG_AT: `http://127.0.0.1:${between.port}`, RUNG_PORT: String(between.port),
      RUNG_KEY: checkKey, RUNG_FOLDER: scratch });

    before(async () => {
      between = await proxy();
      app = await start({ ...settings(), RUNG_LAST: '0' });
      lasting = await start({ ...settings(), RUNG_LAST: '2' });
    });
    after(async () => {
      app?.stop();
      lasting?.stop();
      await between?.leave();
    });
    const seen = async (of, user) => {
      const { status, used } = await of.can(user);
      return `${status} ${used}`;
    };

    it('lets in who has it, and nobody a moment longer', async () => {
      const user = newUser('é &?#%');
      assert.equal(await seen(app, user), '403 answer');
      const id = await give(user);
      assert.equal(await seen(app, user), '200 answer');
      assert.equal((await rung('user', 'revoke', user, id)).code, 0);
      assert.equal(await seen(app, user), '403 answer');
    });

    it('keeps its connection', { skip: threads && 'one for each thread' }, async () => {
      await app.can('u1');
      const before = between.connections;
      for (let i = 0; i < 5; i++) assert.equal((await app.can('u1')).used, 'answer');
      assert.equal(between.connections, before);
    });

    it('says no when the answer takes too long', async () => {
      const user = newUser();
      await give(user);
      assert.equal(await seen(app, user), '200 answer');
      between.slow = true;
      const began = Date.now();
      assert.equal(await seen(app, user), '403 closed');
      const took = Date.now() - began;
      between.slow = false;
      assert.ok(took >= 280 && took < 2000, `${took} ms`);
      assert.equal(await seen(app, user), '200 answer', 'and then asks again');
    });

    it('says no while the server is away', async () => {
      const user = newUser();
      await give(user);
      assert.equal(await seen(app, user), '200 answer');
      await between.leave();
      assert.equal(await seen(app, user), '403 closed');
      await between.back();
      assert.equal(await seen(app, user), '200 answer');
    });

    it('goes by the last answer if it was told to, for a short time', async () => {
      const [user, denied, stranger] = [newUser(), newUser(), newUser()];
      await give(user);
      assert.equal(await seen(lasting, denied), '403 answer');
      assert.equal(await seen(lasting, user), '200 answer');
      await between.leave();
      assert.equal(await seen(lasting, user), '200 last-known-good');
      assert.equal(await seen(lasting, denied), '403 last-known-good');
      assert.equal(await seen(lasting, stranger), '403 closed');
      await until(async () => await seen(lasting, user) === '403 closed', { within: 8000, what: 'it forgets' });
      await between.back();
    });

    it('never goes by an answer from before a newer one', async () => {
      const user = newUser();
      const id = await give(user);
      assert.equal(await seen(lasting, user), '200 answer');
      await rung('user', 'revoke', user, id);
      assert.equal(await seen(lasting, user), '403 answer');
      between.slow = true;
      assert.equal(await seen(lasting, user), '403 last-known-good');
      between.slow = false;
    });

    it('says no with a key that is none', async () => {
      const user = newUser();
      await give(user);
      const stranger = await start({ ...settings(), RUNG_KEY: `rung_ck_${'x'.repeat(43)}`, RUNG_LAST: '2' });
      try {
        assert.equal(await seen(stranger, user), '403 closed');
      } finally {
        stranger.stop();
      }
    });

    it('signs links as the gate reads them', async () => {
      const [key, file, user, exp] = ['rung_uk_abc', '/files/a b é(1).csv', 'é &', '2000000000'];
      const sig = createHmac('sha256', key).update(`${file}\n${user}\n${exp}`).digest('base64url');
      const signed = new URL(await app.sign(key, file, user, exp), 'http://x');
      assert.equal(decodeURIComponent(signed.pathname), file);
      assert.deepEqual([...signed.searchParams], [['u', user], ['exp', exp], ['sig', sig]]);
    });
  });
}
