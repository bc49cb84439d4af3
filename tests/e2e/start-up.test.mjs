// Configurations under which no program starts, and what the programs say of
// themselves while they run.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync,
  writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { api, checkKey, env, run, serverKey } from './lib.mjs';
import { inDir } from './more.mjs';

const names = ['admin', 'entitlement', 'sandbox', 'upgrade', 'watch', 'webhook'];
let dir;

before(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'rung-start-'));
  mkdirSync(path.join(dir, 'cgi-bin'), { mode: 0o700 });
  mkdirSync(path.join(dir, 'etc'), { mode: 0o700 });
  mkdirSync(path.join(dir, 'var'), { mode: 0o700 });
  for (const name of names) {
    copyFileSync(inDir('cgi-bin', `${name}.cgi`), path.join(dir, 'cgi-bin', `${name}.cgi`));
    chmodSync(path.join(dir, 'cgi-bin', `${name}.cgi`), 0o700);
  }
});
after(() => rmSync(dir, { recursive: true, force: true }));

// rung.yaml as it is in the running folder, changed; its file.
function configure(change, mode = 0o600) {
  const file = path.join(dir, 'etc/rung.yaml');
  const yaml = readFileSync(inDir('etc/rung.yaml'), 'utf8')
    .replace(/^var: .*$/m, `var: ${dir}/var`);
  rmSync(file, { force: true });
  writeFileSync(file, change(yaml), { mode });
  chmodSync(file, mode);
  return file;
}

// One program as plain CGI with one request.
function runProgram(name, where, documentRoot = '/nowhere') {
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(dir, 'cgi-bin', `${name}.cgi`), [], {
      env: { ...Object.fromEntries(Object.entries(process.env)
        .filter(([key]) => /^(A|UB)SAN_/.test(key))),
      GATEWAY_INTERFACE: 'CGI/1.1', REQUEST_METHOD: 'GET', REQUEST_URI: where,
      SCRIPT_NAME: '', SERVER_PROTOCOL: 'HTTP/1.1', REMOTE_ADDR: '127.0.0.1',
      DOCUMENT_ROOT: documentRoot },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (bytes) => { stdout += bytes; });
    child.stderr.on('data', (bytes) => { stderr += bytes; });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe('a program in a folder of its own', () => {
  it('starts with the configuration of the running ones', async () => {
    configure((yaml) => yaml);
    const { code, stdout, stderr } = await runProgram('admin', '/healthz');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /ok\n$/);
  });

  const bad = [
    ['sandbox: yes with mode: live', (yaml) => yaml.replace('mode: test', 'mode: live'),
      /sandbox/],
    ['no mode', (yaml) => yaml.replace('mode: test\n', ''), /mode/],
    ['an empty webhook secret', (yaml) => yaml.replace(
      /^stripe_webhook_secrets: .*$/m, 'stripe_webhook_secrets: [""]'), /stripe_webhook_secrets/],
    ['a short token key', (yaml) => yaml.replace(/^token_key: .*$/m, 'token_key: "short"'),
      /token_key/],
    ['a setting nobody knows', (yaml) => `${yaml}colour: red\n`, /colour/],
  ];
  for (const [what, change, hint] of bad) {
    for (const name of names) {
      it(`does not start with ${what}: ${name}`, async () => {
        configure(change);
        const { code, stdout, stderr } = await runProgram(name, '/v1/tiers');
        assert.notEqual(code, 0);
        assert.match(stderr, hint);
        assert.match(stdout, /^Status: 500/);
        assert.doesNotMatch(stdout, hint, 'a visitor is not told why');
      });
    }

    it(`does not start with ${what}: rung`, async () => {
      const file = configure(change);
      const { code, stdout, stderr } = await run(inDir('libexec/rung'),
        ['--config', file, 'key', 'list']);
      assert.equal(code, 1);
      assert.match(stdout + stderr, hint);
    });
  }

  it('does not start with a configuration that others may read', async () => {
    configure((yaml) => yaml, 0o604);
    const { code, stderr } = await runProgram('upgrade', '/v1/tiers');
    assert.notEqual(code, 0);
    assert.match(stderr, /rung\.yaml/);
  });

  it('answers nothing while its configuration lies below the document root', async () => {
    configure((yaml) => yaml);
    const inside = await runProgram('admin', '/healthz', dir);
    assert.match(inside.stdout, /^Status: 500 /m);
    assert.ok(!inside.stdout.includes(dir), 'the answer names no path');
    assert.match(inside.stderr, /could give .*rung\.yaml away/);
    const beside = await runProgram('admin', '/healthz', path.join(dir, 'cgi-bin'));
    assert.match(beside.stdout, /^Status: 200 /m);
  });

  it('does not take its configuration from a request', async () => {
    rmSync(path.join(dir, 'etc/rung.yaml'), { force: true });
    const child = await new Promise((resolve) => {
      const one = spawn(path.join(dir, 'cgi-bin/admin.cgi'), [], { env: {
        REQUEST_METHOD: 'GET', REQUEST_URI: '/healthz', GATEWAY_INTERFACE: 'CGI/1.1',
        RUNG_CONFIG: env.RUNG_CONFIG }, stdio: 'ignore' });
      one.on('close', (code) => resolve({ code }));
    });
    assert.notEqual(child.code, 0);
  });

  it('tells no secret when it refuses', async () => {
    const yaml = readFileSync(inDir('etc/rung.yaml'), 'utf8');
    const secrets = [...yaml.matchAll(/"([^"]{24,})"/g)].map((match) => match[1]);
    assert.ok(secrets.length >= 3);
    configure((text) => text.replace('mode: test', 'mode: live'));
    for (const name of names) {
      const { stdout, stderr } = await runProgram(name, '/v1/tiers');
      for (const secret of secrets) assert.ok(!(stdout + stderr).includes(secret));
    }
  });
});

describe('health', () => {
  it('/healthz is ok without a key', async () => {
    const answer = await api('GET', '/healthz', { key: null });
    assert.equal(answer.status, 200);
    assert.match(answer.text, /^ok/);
  });

  it('/readyz is ready, and tells details only to who has a key', async () => {
    const bare = await api('GET', '/readyz', { key: null });
    assert.equal(bare.status, 200);
    assert.equal(bare.json.checks, undefined);
    for (const key of [checkKey, serverKey]) {
      const { json } = await api('GET', '/readyz', { key });
      const found = json.checks.map((check) => check.name);
      for (const name of ['database', 'schema']) assert.ok(found.includes(name), name);
      assert.ok(json.checks.every((check) => check.ok));
    }
  });
});

describe('the folder', () => {
  it('has sockets that nobody else can open', async () => {
    const { stdout } = await run('stat', ['-c', '%a', inDir('sockets')]);
    assert.match(stdout.trim(), /^7[0-5]0$/);
  });

  it('has every program of this installation', () => {
    const there = readdirSync(inDir('cgi-bin')).map((file) => path.parse(file).name);
    for (const name of names) assert.ok(there.includes(name), name);
  });
});
