// README.md and HACKING.md are true: the tour does what it says when it is
// typed, and every file that they name is there.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { api, applyMatrix, env, run, top, until } from './lib.mjs';

function text(name) {
  return readFileSync(path.join(top, name), 'utf8');
}

// The commands of the tour, in order; a line with an ellipsis is not for typing.
function tour() {
  const [, part] = text('README.md').match(/^## A tour\n(.*?)^## /ms);
  return [...part.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block)
    .join('').split('\n').filter((line) => !line.includes('...')).join('\n');
}

test('the tour of README.md, typed', async () => {
  await applyMatrix(text('etc/matrix.yaml'));
  const dir = mkdtempSync(path.join(tmpdir(), 'rung-tour-'));
  try {
    chmodSync(dir, 0o755); // the commands may run as another user
    symlinkSync(env.RUNG_DIR, path.join(dir, 'run'));
    symlinkSync(path.join(top, 'etc'), path.join(dir, 'etc'));
    const script = ['set -eu', `cd '${dir}'`,
      'curl() { command curl -sS --fail-with-body "$@"; echo; }', tour()].join('\n');
    const { code, stdout, stderr } = await run('bash', ['-c', script]);
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(stdout.match(/"allowed":\w+/g),
      [false, true, false, true, false, true].map((allowed) => `"allowed":${allowed}`), stdout);
    assert.match(stdout, /^\{"key":"export:csv","value":true,/m);
    assert.match(stdout, /^\{"decision":true,/m);
    assert.match(stdout, /"used":3,"remaining":49997,/);
    assert.match(stdout, /"good":true,"code":"good","user":"ada-/);
    assert.equal(stdout.match(/^\{"received":true\}$/gm).length, 3);
    assert.match(stdout, /"user":"ada-\w+","tier":"pro","quantity":1,"version":2,/);
    await until(async () => (await api('GET', '/v1/tiers')).text.includes('"export:pdf"'),
      { what: 'the new capability is sold' });
  } finally {
    rmSync(dir, { recursive: true });
    rmSync(path.join(env.RUNG_DIR, 'mine.yaml'), { force: true });
    await applyMatrix(text('etc/matrix.yaml'));
  }
});

test('every file that the documentation names is there', () => {
  for (const name of ['README.md', 'HACKING.md']) {
    const said = text(name);
    const links = [...said.matchAll(/\]\((?!http)([^)#]+)\)/g)].map((m) => m[1]);
    const files = [...said.matchAll(/`((?:lib|cgi-bin|tests|etc|htdocs|schema|man)\/[\w./-]*)[^`]*`/g)]
      .map((m) => m[1]);
    assert.ok(links.length + files.length > 5, name);
    for (const file of [...links, ...files])
      assert.ok(existsSync(path.join(top, file)), `${name} names ${file}`);
  }
});
