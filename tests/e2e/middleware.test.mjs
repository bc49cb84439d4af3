// The middlewares of etc/samples at work: small applications ask a running
// Rung through a proxy that can be slow, or away.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, before, describe, it } from 'node:test';
import { checkKey, env, newUser, rung, top, until, url } from './lib.mjs';

const samples = path.join(top, 'tests/e2e/samples');
const scratch = mkdtempSync(path.join(tmpdir(), 'rung-samples-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const inPath = (name) => (env.PATH ?? process.env.PATH).split(':')
  .some((dir) => { try { execFileSync('test', ['-x', path.join(dir, name)]); return true; } catch { return false; } });

// In front of Rung: passes on, holds back, drips, hangs up, says something
// else, or is not there.
async function proxy(tls) {
  const state = { connections: 0, requests: 0, answers: 0 };
  state.reset = () => Object.assign(state, { slow: false, drip: false, hangUp: 0, change: (answer) => answer });
  state.reset();
  const sockets = new Set();
  const server = (tls ? https : http).createServer(tls ?? {}, (request, answer) => {
    state.requests += 1;
    if (state.slow) return;
    if (state.hangUp > 0) {
      state.hangUp -= 1;
      request.socket.destroy();
      return;
    }
    const target = http.request(new URL(request.url, url), { agent: false, method: request.method,
      headers: { ...request.headers, host: new URL(url).host, connection: 'close' } }, async (got) => {
      let text = '';
      for await (const part of got.setEncoding('utf8')) text += part;
      const { status, body } = await state.change({ status: got.statusCode, body: text });
      const head = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
      if (state.drip) await drip(answer.socket, status, head, body);
      else answer.writeHead(status, head).end(body);
      state.answers += 1;
    });
    target.on('error', () => answer.destroy());
    target.end();
  });
  server.keepAliveTimeout = 60000;
  server.on('connection', (socket) => {
    state.connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = (port) => new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  await listen(0);
  const { port } = server.address();
  state.port = port;
  state.cut = () => sockets.forEach((socket) => socket.destroy());
  state.leave = () => new Promise((resolve) => {
    server.close(resolve);
    state.cut();
  });
  state.back = () => listen(port);
  return state;
}

// Byte after byte, each well within the time that all of them have.
async function drip(socket, status, head, body) {
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  for (const byte of Buffer.from(`HTTP/1.1 ${status} X\r\n${lines.join('')}\r\n${body}`)) {
    if (socket.destroyed) return;
    socket.write(Buffer.of(byte));
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}

// A certificate for this machine that nobody trusts by himself.
function certificate() {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(scratch, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
    '-keyout', key, '-out', cert, '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
  { stdio: 'ignore' });
  return { key: readFileSync(key), cert: readFileSync(cert), file: cert };
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

// What a program has written to its standard error so far.
function listen(stream) {
  let text = '';
  stream.setEncoding('utf8').on('data', (part) => { text += part; });
  return () => text;
}

// An application that is asked over HTTP.
const byHttp = (...command) => async (settings) => {
  const port = await freePort();
  const [file, ...args] = command.map((word) => word.replace('PORT', port));
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...settings, PORT: port } });
  const route = async (name, values) => (await ask(port, `/${name}?${new URLSearchParams(values)}`)).text;
  const sign = (key, file, user, exp) => route('sign', { key, path: file, user, exp });
  await until(() => sign('k', '/x', 'u', 1).catch(() => false), { within: 20000, what: `${file} answers` });
  return {
    can: (user, what = 'csv') => ask(port, `/${what}?user=${encodeURIComponent(user)}`),
    sign,
    later: (seconds) => route('later', { seconds }),
    cut: (user) => route('cut', { user }),
    log: listen(child.stderr),
    stop: () => child.kill(),
  };
};

async function byLines(settings) {
  const program = path.join(scratch, 'app');
  execFileSync('cc', ['-std=c17', '-Wall', '-Wextra', '-Werror', '-O1', `-I${top}/etc/samples`, '-o', program,
    path.join(samples, 'app.c'), '-lcurl', '-ljson-c', '-lcrypto']);
  const child = spawn(program, { stdio: 'pipe', env: { ...process.env, ...settings } });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const say = async (line) => {
    child.stdin.write(`${line}\n`);
    return (await lines.next()).value;
  };
  return {
    can: async (user, what = 'csv') => {
      const [status, used] = (await say(`${what} ${user}`)).split(' ');
      return { status: Number(status), used };
    },
    sign: (...values) => say(['sign', ...values].join('\t')),
    later: (seconds) => say(`later ${seconds}`),
    log: listen(child.stderr),
    stop: () => child.kill(),
  };
}

const kinds = {
  'Express': { start: byHttp(process.execPath, path.join(samples, 'app.mjs'), 'express') },
  'Fastify': { start: byHttp(process.execPath, path.join(samples, 'app.mjs'), 'fastify') },
  'WSGI': { start: byHttp('python3', path.join(samples, 'app.py'), 'wsgi') },
  'ASGI': { start: byHttp('python3', path.join(samples, 'app.py'), 'asgi') },
  'PHP': { start: byHttp('php', '-S', '127.0.0.1:PORT', path.join(samples, 'app.php')), needs: 'php',
    outlived: true },
  'C': { start: byLines },
};

async function give(user, capability = 'export:csv') {
  const { code, stdout, stderr } = await rung('user', 'grant', user, `capability:${capability}`, '--reason', 'a test');
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

for (const [name, { start, needs, outlived }] of Object.entries(kinds)) {
  describe(`the sample for ${name}`, { skip: needs && !inPath(needs) && `no ${needs} here` }, () => {
    let between;
    let app;
    let lasting; // with last-known-good, and a log that is told all
    // On a busy machine 300 ms may pass; RUNG_TIMEOUT: '' is what who sets none has.
    const settings = () => ({ RUNG_AT: `http://127.0.0.1:${between.port}`, RUNG_KEY: checkKey, RUNG_LAST: '0',
      RUNG_TIMEOUT: '5000', RUNG_FOLDER: scratch });

    before(async () => {
      between = await proxy();
      app = await start(settings());
      lasting = await start({ ...settings(), RUNG_LAST: '30', RUNG_LOG: 'all' });
    });
    after(async () => {
      app?.stop();
      lasting?.stop();
      await between?.leave();
    });
    afterEach(() => between.reset());

    const seen = async (of, ...question) => {
      const { status, used } = await of.can(...question);
      return `${status} ${used}`;
    };
    const logged = (of, line) => until(() => line.test(of.log()), { what: `${line} in ${of.log()}` });
    const customer = async () => {
      const user = newUser();
      await give(user);
      return user;
    };

    it('lets in who has it, and nobody a moment longer', async () => {
      const user = newUser('é &?#%');
      assert.equal(await seen(app, user), '403 live');
      const id = await give(user);
      assert.equal(await seen(app, user), '200 live');
      assert.equal((await rung('user', 'revoke', user, id)).code, 0);
      assert.equal(await seen(app, user), '403 live');
    });

    it('says no to nobody, and does not ask', async () => {
      const { requests } = between;
      assert.equal(await seen(app, ''), '403 closed');
      assert.equal(between.requests, requests);
    });

    it('keeps its connection', async () => {
      await app.can('u1');
      const before = between.connections;
      for (let i = 0; i < 5; i++) assert.equal((await app.can('u1')).used, 'live');
      assert.equal(between.connections, before);
    });

    it('makes a new one when that is closed meanwhile, or just as it is used', async () => {
      const user = await customer();
      assert.equal(await seen(app, user), '200 live');
      between.cut();
      assert.equal(await seen(app, user), '200 live');
      between.hangUp = 1;
      assert.equal(await seen(app, user), '200 live');
    });

    it('takes no answer that another request left behind', { skip: !outlived && 'none can' }, async () => {
      const user = await customer();
      const { requests, answers } = between;
      await app.cut(user);
      await until(() => between.answers > answers, { what: 'it is left behind' });
      assert.equal(await seen(app, newUser()), '403 live');
      between.change = async (answer) => {
        if (answer.body.includes(user))
          await until(() => between.requests >= requests + 4, { what: 'it comes after the next question' });
        return answer;
      };
      await app.cut(user);
      assert.equal(await seen(app, newUser()), '403 live');
    });

    for (const [how, what] of [['slow', 'takes too long'], ['drip', 'comes byte by byte']])
      it(`says no after 300 ms when the answer ${what}`, async () => {
        const user = await customer();
        const hasty = await start({ ...settings(), RUNG_TIMEOUT: '' });
        try {
          await until(async () => await seen(hasty, user) === '200 live', { what: 'it is there' });
          between[how] = true;
          const began = Date.now();
          assert.equal(await seen(hasty, user), '403 closed');
          const took = Date.now() - began;
          between.reset();
          assert.ok(took >= 280 && took < 2000, `${took} ms`);
          await until(async () => await seen(hasty, user) === '200 live', { what: 'it asks again' });
        } finally {
          hasty.stop();
        }
      });

    it('says no while the server is away', async () => {
      const user = await customer();
      assert.equal(await seen(app, user), '200 live');
      await between.leave();
      assert.equal(await seen(app, user), '403 closed');
      await between.back();
      assert.equal(await seen(app, user), '200 live');
    });

    it('says no to an answer that cannot be read, or that is for somebody else', async () => {
      const user = await customer();
      assert.equal(await seen(lasting, user), '200 live');
      for (const wrong of [() => 'none', () => '[]', () => '{}', (body) => body.slice(0, -1),
        (body) => body.replace(user, newUser()), (body) => body.replace('export:csv', 'export:pdf'),
        (body) => body.replace('"allowed":true', '"allowed":1')]) {
        between.change = ({ status, body }) => ({ status, body: wrong(body) });
        assert.match(await seen(lasting, user), /^403 /, `${wrong}`);
      }
    });

    it('goes by the last answer if it was told to, for as long as it was told', async () => {
      const [user, denied, stranger] = [await customer(), newUser(), newUser()];
      assert.equal(await seen(lasting, denied), '403 live');
      assert.equal(await seen(lasting, user), '200 live');
      await between.leave();
      assert.equal(await seen(lasting, user), '200 last-known-good');
      assert.equal(await seen(lasting, denied), '403 last-known-good');
      assert.equal(await seen(lasting, stranger), '403 closed');
      await lasting.later(28);
      assert.equal(await seen(lasting, user), '200 last-known-good');
      await lasting.later(31);
      assert.equal(await seen(lasting, user), '403 closed');
      await lasting.later(0);
      await between.back();
    });

    it('and for a minute at most', async () => {
      const user = await customer();
      const greedy = await start({ ...settings(), RUNG_LAST: '3600' });
      try {
        assert.equal(await seen(greedy, user), '200 live');
        between.change = () => ({ status: 503, body: '' });
        await greedy.later(55);
        assert.equal(await seen(greedy, user), '200 last-known-good');
        await greedy.later(61);
        assert.equal(await seen(greedy, user), '403 closed');
      } finally {
        greedy.stop();
      }
    });

    it('does so when the server is not well, and not when it refuses', async () => {
      const user = await customer();
      assert.equal(await seen(lasting, user), '200 live');
      for (const [status, expected] of [[503, '200 last-known-good'], [500, '200 last-known-good'],
        [429, '200 last-known-good'], [401, '403 closed'], [403, '403 closed'], [404, '403 closed']]) {
        between.change = ({ body }) => ({ status, body });
        assert.equal(await seen(lasting, user), expected, `${status}`);
      }
    });

    it('never goes by an answer from before a newer one', async () => {
      const user = newUser();
      const id = await give(user);
      assert.equal(await seen(lasting, user), '200 live');
      await rung('user', 'revoke', user, id);
      assert.equal(await seen(lasting, user), '403 live');
      between.change = ({ status, body }) => ({ status,
        body: body.replace(/"version":\d+/, '"version":1').replace('"allowed":false', '"allowed":true') });
      assert.equal(await seen(lasting, user), '200 live', 'overtaken on the way');
      between.change = () => ({ status: 503, body: '' });
      assert.equal(await seen(lasting, user), '403 last-known-good');
    });

    it('nor by one from before a newer one to another question', async () => {
      const user = await customer();
      assert.equal(await seen(lasting, user), '200 live');
      await give(user, 'sso:saml');
      assert.equal(await seen(lasting, user, 'saml'), '200 live');
      between.change = () => ({ status: 503, body: '' });
      assert.equal(await seen(lasting, user), '403 closed');
      assert.equal(await seen(lasting, user, 'saml'), '200 last-known-good');
    });

    it('says in the log what it went by', async () => {
      const user = await customer();
      await seen(lasting, user);
      await logged(lasting, /^debug rung: live for export:csv: .*granted-by-/im);
      between.change = () => ({ status: 503, body: '' });
      await seen(lasting, user);
      await logged(lasting, /^warning rung: last-known-good for export:csv: status 503/im);
      await seen(lasting, newUser());
      await logged(lasting, /^warning rung: closed for export:csv: status 503/im);
    });

    it('and by itself only if that is no live answer', async () => {
      const user = await customer();
      assert.equal(await seen(app, user), '200 live');
      between.change = () => ({ status: 503, body: '' });
      await seen(app, user);
      await logged(app, /rung: closed for export:csv: status 503/);
      assert.doesNotMatch(app.log(), /live/);
    });

    it('says no with a key that is none, and loudly', async () => {
      const user = await customer();
      const stranger = await start({ ...settings(), RUNG_KEY: `rung_ck_${'x'.repeat(43)}`, RUNG_LAST: '2',
        RUNG_LOG: 'all' });
      try {
        assert.equal(await seen(stranger, user), '403 closed');
        await logged(stranger, /^error rung: closed for export:csv: status 401, the key is refused/im);
        assert.doesNotMatch(stranger.log(), /x{43}/);
      } finally {
        stranger.stop();
      }
    });

    it('speaks TLS, to a server that it trusts', async () => {
      const user = await customer();
      const { file, ...tls } = certificate();
      const secure = await proxy(tls);
      const at = { ...settings(), RUNG_AT: `https://127.0.0.1:${secure.port}` };
      const trusting = await start({ ...at, SSL_CERT_FILE: file, NODE_EXTRA_CA_CERTS: file });
      const wary = await start(at);
      try {
        for (let i = 0; i < 3; i++) assert.equal(await seen(trusting, user), '200 live');
        assert.equal(secure.connections, 1);
        assert.equal(await seen(wary, user), '403 closed');
      } finally {
        trusting.stop();
        wary.stop();
        await secure.leave();
      }
    });

    it('signs links as the gate reads them', async () => {
      const [key, file, user, exp] = ['rung_uk_abc', '/files/a b é(1)%2F.csv', 'é &', '2000000000'];
      const sig = createHmac('sha256', key).update(`${file}\n${user}\n${exp}`).digest('base64url');
      const signed = new URL(await app.sign(key, file, user, exp), 'http://x');
      assert.equal(decodeURIComponent(signed.pathname), file);
      assert.equal(signed.pathname.split('/').length, file.split('/').length);
      assert.deepEqual([...signed.searchParams], [['u', user], ['exp', exp], ['sig', sig]]);
    });
  });
}
