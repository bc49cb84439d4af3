// Files by capability: real web servers hand them out and ask the gate first,
// each configured as the samples say.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { altered, api, checkKey, clientToken, clock, deliver, env, newPayment, newUser, now,
  paid, rung, serverKey, sqlValue, start, url } from './lib.mjs';
import { assertProblem, refundEvent } from './more.mjs';
import { fetchFile, kinds, report, serveFiles } from './gates.mjs';

const key = (await rung('url', 'key')).stdout.trim();

// As the samples for back ends sign: what decides is the decoded path.
function query(path, user, { exp = now() + 600, secret = key } = {}) {
  const sig = createHmac('sha256', secret).update(`${path}\n${user}\n${exp}`).digest('base64url');
  return `u=${encodeURIComponent(user)}&exp=${exp}&sig=${sig}`;
}

function link(path, user, options) {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return `${encoded}?${query(path, user, options)}`;
}

async function cookieOf(user) {
  const answer = await api('POST', '/v1/gate', { key: await clientToken(user, ['read']) });
  assert.equal(answer.status, 200, answer.text);
  return answer.headers['set-cookie'][0];
}

async function give(user, ...more) {
  const { code, stderr } = await rung('user', 'grant', user, 'capability:export:csv',
    '--reason', 'a test', ...more);
  assert.equal(code, 0, stderr);
}

describe('the cookie', () => {
  it('is for a browser alone, and short-lived', async () => {
    const cookie = await cookieOf(newUser());
    assert.match(cookie, /^rung-gate=rung_gp_1_\d+_[0-9a-f]+_[\w-]{43}; Path=\/; Max-Age=900; /);
    assert.match(cookie, /; HttpOnly; SameSite=Strict$/);
  });

  it('is made from a client token and nothing else', async () => {
    for (const other of [serverKey, checkKey])
      assertProblem(await api('POST', '/v1/gate', { key: other }), 403, 'not-allowed');
    assertProblem(await api('POST', '/v1/gate', { key: null }), 401, 'no-credential');
  });
});

describe('rung url', () => {
  it('signs as a back end with the key would', async () => {
    const user = newUser('é&=');
    const { stdout } = await rung('url', 'sign', '/files/a b.csv', '--user', user, '--for', '2h');
    const [, exp] = stdout.match(/&exp=(\d+)&/);
    assert.ok(Math.abs(exp - now() - 7200) < 60, stdout);
    assert.equal(stdout.trim(), link('/files/a b.csv', user, { exp }));
  });

  it('signs no path that the gate would refuse', async () => {
    for (const path of ['files/x', '/files/../x', '/files//x', '/files/./x', '/a%20b', '/a\\b'])
      assert.equal((await rung('url', 'sign', path, '--user', 'u1')).code, 1, path);
    assert.equal((await rung('url', 'sign', '/files/x')).code, 2, 'without a user');
  });
});

describe('the site of quickstart', () => {
  it('has a folder behind the gate', { skip: env.RUNG_WEB === 'apache-cgi' &&
    'plain CGI has no gate' }, async () => {
    const user = newUser();
    const site = { url };
    assert.equal((await fetchFile(site, link('/files/report.csv', user))).status, 403);
    await give(user);
    const open = await fetchFile(site, link('/files/report.csv', user));
    assert.equal(open.status, 200);
    assert.match(open.text, /^month,orders/);
    assert.equal((await fetchFile(site, '/files/report.csv')).status, 403);
  });
});

for (const name of Object.keys(kinds)) {
  describe(`the gate behind ${name}`, () => {
    let server;
    const get = (target, options) => fetchFile(server, target, options);
    const held = newUser('held');

    before(async () => {
      server = await serveFiles(name);
      await give(held);
    });
    after(() => server?.stop());

    it('opens with the payment and shuts with the refund, for link and cookie', async () => {
      const user = newUser();
      const reference = newPayment();
      const Cookie = (await cookieOf(user)).split(';')[0];
      const ways = [['/files/report.csv', { headers: { Cookie } }],
        [link('/files/report.csv', user), { headers: {} }]];
      const statuses = async () => {
        const all = [];
        for (const way of ways) all.push((await get(...way)).status);
        return all;
      };
      assert.deepEqual(await statuses(), [403, 403], 'nothing was bought');
      await start(user, 'pro', { payment: { provider: 'stripe', reference } });
      assert.deepEqual(await statuses(), [403, 403], 'a pending upgrade gives nothing');
      await deliver(paid(reference, { user }));
      assert.deepEqual(await statuses(), [200, 200]);
      for (const [target, { headers }] of ways) {
        const part = await get(target, { headers: { ...headers, Range: 'bytes=6-11' } });
        assert.equal(part.status, 206);
        assert.equal(part.text, 'amount');
        assert.match(part.headers['cache-control'], /^private, no-cache$/);
        assert.equal((await get(target, { headers, method: 'HEAD' })).status, 200);
      }
      await deliver(refundEvent(reference, 2900));
      assert.deepEqual(await statuses(), [403, 403], 'the very next answer is no');
    });

    it('opens folders and files below, each by its own path', async () => {
      for (const path of ['/files/', '/files/index.html', '/files/a b.csv', '/files/deep/x.csv'])
        assert.equal((await get(link(path, held))).status, 200, path);
      const Cookie = (await cookieOf(held)).split(';')[0];
      for (const path of ['/files/', '/files/a%20b.csv', '/files/deep/x.csv'])
        assert.equal((await get(path, { headers: { Cookie } })).status, 200, path);
      assert.equal((await get(`/files/deep/x.csv?${query('/files/', held)}`)).status, 403,
        "a folder's link is not its files'");
    });

    it('refuses a link that is altered, borrowed or over', async () => {
      const good = query('/files/report.csv', held);
      const exp = now() + 600;
      const bad = [
        query('/files/deep/x.csv', held), query('/files/report.csv', held, { exp: now() - 1 }),
        query('/files/report.csv', held, { secret: `${key}x` }),
        good.replace(/exp=\d+/, `exp=${exp + 600}`), good.replace(/u=[^&]+/, 'u=other'),
        altered(good, 'sig'), good.slice(0, -1), good.replace(/&sig=.*/, ''),
        good.replace(/^u=[^&]+&/, ''), `${good}&u=other`, `u=other&${good}`, `${good}&exp=${exp}`,
        `${good}&sig=x`, query('/files/report.csv', held, { exp: `0${exp}` }).replace('exp=0', 'exp='),
        query('/files/report.csv', held, { exp: '99999999999999999999' }), 'u=&exp=&sig=', 'sig',
      ];
      for (const one of bad)
        assert.equal((await get(`/files/report.csv?${one}`)).status, 403, one);
      assert.equal((await get(`/files/report.csv?${good}&more=1`)).status, 200);
    });

    it('goes by the link when there is a cookie too', async () => {
      const Cookie = (await cookieOf(held)).split(';')[0];
      const bad = query('/files/report.csv', held, { exp: now() - 1 });
      assert.equal((await get(`/files/report.csv?${bad}`, { headers: { Cookie } })).status, 403);
    });

    it('refuses a cookie that is altered, over, another thing or there twice', async () => {
      const good = (await cookieOf(held)).split(';')[0];
      const ticket = (await api('POST', '/v1/events', { body: { user: held } })).json.ticket;
      const as = (Cookie) => get('/files/report.csv', { headers: { Cookie } });
      for (const Cookie of [good.replace(/_\d+_/, '_9999999999_'), `${good}x`, good.slice(0, -1),
        `${good}; ${good}`, `other=1; rung-gate=x; ${good}`, `rung-gate=${ticket ?? 'rung_tk_'}`,
        `rung-gate=${String(ticket).replace('rung_tk_', 'rung_gp_')}`, good.replace('rung-gate', 'other'),
        `rung-gate=${await clientToken(held)}`])
        assert.equal((await as(Cookie)).status, 403, Cookie);
      assert.equal((await as(`a=1; ${good}; b=2`)).status, 200);
      await clock(901);
      assert.equal((await as(good)).status, 403, 'after its time');
      await clock(0);
    });

    it('refuses every other spelling of a path, however it is signed', async () => {
      const good = query('/files/report.csv', held);
      const Cookie = (await cookieOf(held)).split(';')[0];
      const spellings = ['/files//report.csv', '//files/report.csv', '/files/./report.csv',
        '/files/deep/../report.csv', '/files/%2e/report.csv', '/files/deep/%2e%2e/report.csv',
        '/files/deep/%2E%2E/report.csv', '/files/deep/..%2freport.csv', '/files%2freport.csv',
        '/files/%252e%252e/files/report.csv', '/files%252freport.csv', '/files/%72eport.csv',
        '/%66iles/report.csv', '/FILES/report.csv', '/files/Report.csv', '/files/report.csv/',
        '/files/report.csv/more', '/files/report.csv%00', '/files\\report.csv', '/files/%5creport.csv',
        '/pretty/report.csv', '/x/../files/report.csv', '/files/report.csv%3f', '/files/;/report.csv'];
      for (const spelling of spellings) {
        for (const target of [`${spelling}?${good}`, `${spelling}?${query(spelling, held)}`]) {
          const { status, text } = await get(target);
          assert.ok([400, 403, 404].includes(status), `${target}: ${status}`);
          assert.ok(!text.includes(report), target);
        }
        const { status, text } = await get(spelling, { headers: { Cookie } });
        assert.ok([400, 403, 404].includes(status), `${spelling}: ${status}`);
        assert.ok(!text.includes(report), spelling);
      }
    });

    it('takes nothing but reading', async () => {
      assert.notEqual((await get(link('/files/report.csv', held), { method: 'POST' })).status, 200);
    });

    it('is shut where no capability is named', async () => {
      const { status, text } = await get(link('/mute/report.csv', held));
      assert.ok([403, 500].includes(status), String(status));
      assert.ok(!text.includes(report));
    });

    it('sees by itself what ended, and writes nothing', async () => {
      const user = newUser();
      await give(user, '--until', '1h');
      const version = () => sqlValue(`select ver from users where user_id = '${user}'`);
      const exp = now() + 9000;
      const written = await version();
      assert.equal((await get(link('/files/report.csv', user, { exp }))).status, 200);
      await clock(3700);
      assert.equal((await get(link('/files/report.csv', user, { exp }))).status, 403);
      assert.equal(await version(), written);
      await clock(0);
    });

    it('is shut when there is no gate any more', async () => {
      const target = link('/files/report.csv', held);
      assert.equal((await get(target)).status, 200);
      await server.removeGate();
      const { status, text } = await get(target);
      assert.ok([403, 500, 502, 503].includes(status), String(status));
      assert.ok(!text.includes(report));
    });
  });
}
