// rung(1) as an operator and cron use it: what it prints, what it answers.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { deliver, env, newPayment, newUser, paid, rung, start } from './lib.mjs';

const user = newUser('shown');
let session;

before(async () => {
  const reference = newPayment();
  const { json } = await start(user, 'pro', { payment: { provider: 'stripe', reference } });
  session = json.session.id;
  await deliver(paid(reference));
});

async function data(...args) {
  const { code, stdout, stderr } = await rung(...args, '--format', 'json');
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

describe('rung', () => {
  it('shows a user as the API does', async () => {
    const doc = await data('user', 'show', user);
    assert.deepEqual([doc.user, doc.tier, doc.version], [user, 'pro', 2]);
    const { stdout } = await rung('user', 'show', user);
    for (const word of [user, 'pro', 'export:csv']) assert.ok(stdout.includes(word), word);
  });

  it('lists the sessions of a user', async () => {
    const list = await data('session', 'list', '--user', user);
    assert.deepEqual(list.data.map(({ id, status }) => [id, status]),
      [[session, 'completed']]);
    assert.equal((await data('session', 'list', '--user', user, '--status', 'pending'))
      .data.length, 0);
  });

  it('shows a session', async () => {
    const doc = await data('session', 'show', session);
    assert.equal((doc.session ?? doc).id, session);
    assert.equal((await rung('session', 'show', 'us_nobody')).code, 1);
  });

  it('says that a whole configuration is whole', async () => {
    assert.equal((await rung('config', 'check')).code, 0);
  });

  it('has nothing to do where all of the schema is applied', async () => {
    for (const more of [[], ['--dry-run']]) {
      const { code, stdout, stderr } = await rung('migrate', ...more);
      assert.equal(code, 3, stderr);
      assert.equal(stdout, '');
    }
  });

  it('shows and sets how far the clock is ahead', async () => {
    assert.equal((await rung('clock')).stdout, '0\n');
    assert.equal((await rung('clock', 'tomorrow')).code, 2);
  });

  it('answers 2 to what it does not understand, and says what it does', async () => {
    for (const args of [['nothing'], ['key'], ['key', 'create'], ['key', 'create', 'master'],
      ['user', 'show'], ['sweep', '--for-ever'], ['sweep', '--seconds', '0'], []]) {
      const { code, stdout, stderr } = await rung(...args);
      assert.equal(code, 2, args.join(' '));
      assert.notEqual(stdout + stderr, '');
    }
  });

  it('suggests what was meant', async () => {
    const { stderr } = await rung('sesion', 'list');
    assert.match(stderr, /session/);
  });

  it('helps everywhere, and has a version', async () => {
    for (const args of [['--help'], ['matrix', '--help'], ['key', 'create', '--help'],
      ['version'], ['--version']]) {
      const { code, stdout } = await rung(...args);
      assert.equal(code, 0, args.join(' '));
      assert.notEqual(stdout, '');
    }
  });

  it('answers 1 where it fails, with what to mend', async () => {
    const { code, stderr } = await rung('--config', '/nowhere/rung.yaml', 'key', 'list');
    assert.equal(code, 1);
    assert.match(stderr, /\/nowhere\/rung\.yaml/);
  });

  it('takes another configuration by its name', async () => {
    const { code } = await rung('--config', env.RUNG_CONFIG, 'key', 'list');
    assert.equal(code, 0);
  });
});
