// The stand-in for the payment provider: each button of its checkout page,
// pressed as a form without a script would press it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { api, entitlements, newUser, sqlValue, until } from './lib.mjs';
import { assertProblem, backTo, rowsOf, show, startCheckout } from './more.mjs';

// A buyer at the checkout page, as the demo sends him there.
async function atCheckout(more = {}) {
  const user = newUser();
  const token = (await api('POST', `/sandbox/token?user=${user}`, { key: null })).text.trim();
  const { json, text } = await startCheckout(token, 'pro', more);
  assert.ok(json.session, text);
  const { headers } = await api('GET', json.checkout.url, { key: null });
  return { user, session: json.session.id, page: headers.location };
}

function press(page, action, extra = {}) {
  return api('POST', page, { key: null, body: `action=${action}`,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...extra } });
}

describe('the checkout page', () => {
  it('says what is bought and for how much, without a script', async () => {
    const { page } = await atCheckout({ quantity: 2 });
    const { status, text, headers } = await api('GET', page, { key: null });
    assert.equal(status, 200);
    assert.match(headers['content-type'], /^text\/html/);
    assert.match(text, /Pro/);
    assert.match(text, /58\.00/);
    assert.doesNotMatch(text, /<script/);
    assert.doesNotMatch(headers['content-security-policy'], /script-src|unsafe/);
  });

  it('shows a user\'s name as text', async () => {
    const user = `<img src=x onerror=alert(1)>${newUser()}`;
    const token = (await api('POST', `/sandbox/token?user=${encodeURIComponent(user)}`,
      { key: null })).text.trim();
    const { json } = await startCheckout(token);
    const { headers } = await api('GET', json.checkout.url, { key: null });
    const { text } = await api('GET', headers.location, { key: null });
    assert.doesNotMatch(text, /<img/);
  });

  it('of no session is not there', async () => {
    assertProblem(await api('GET', '/sandbox/checkout/us_1', { key: null }), 404,
      'unknown-session');
  });

  it('pays, and sends the buyer back with the session', async () => {
    const { user, session, page } = await atCheckout();
    const { status, headers, text } = await press(page, 'pay');
    assert.equal(status, 303, text);
    assert.equal(headers.location, `${backTo}?rung_session=${session}`);
    assert.equal((await entitlements(user)).tier, 'pro');
    assert.equal((await show(session)).json.session.status, 'completed');
  });

  it('pays twice, which is one purchase', async () => {
    const { user, page } = await atCheckout();
    await press(page, 'twice');
    const rows = await rowsOf(user);
    assert.deepEqual([rows.version, rows.tiers_granted], [2, 1]);
  });

  it('declines, and the buyer may try again', async () => {
    const { user, session, page } = await atCheckout();
    const { status, headers } = await press(page, 'decline');
    assert.equal(status, 303);
    const { text } = await api('GET', headers.location, { key: null });
    assert.match(text, /declined/);
    assert.ok(text.includes(`rung_session=${session}`), 'a way back');
    assert.equal((await show(session)).json.session.payment_status, 'failed');
    assert.equal((await entitlements(user)).tier, 'free');
    await press(page, 'pay');
    assert.equal((await entitlements(user)).tier, 'pro');
  });

  it('pays late: the buyer is back before the payment is heard of', async () => {
    const { user, session, page } = await atCheckout();
    const { status, ms } = await press(page, 'late');
    assert.equal(status, 303);
    assert.ok(ms < 3000, `${ms} ms`);
    assert.equal((await show(session)).json.session.status, 'pending');
    await until(async () => (await entitlements(user)).tier === 'pro', { within: 15000,
      what: 'the payment' });
  });

  it('knows no other button', async () => {
    const { page } = await atCheckout();
    assertProblem(await press(page, 'steal'), 422, 'invalid-value');
  });

  it('sends events of the kind that are checked like any others', async () => {
    const { user, page } = await atCheckout();
    await press(page, 'pay');
    assert.ok(Number(await sqlValue(`select count(*) from inbox
      where user_id = '${user}' and state = 'applied'`)) >= 1);
  });
});

describe('a token from the sandbox', () => {
  it('is the user\'s own and may read, upgrade and claim', async () => {
    const user = newUser();
    const { status, text, headers } = await api('POST', `/sandbox/token?user=${user}`,
      { key: null });
    assert.equal(status, 200);
    assert.match(headers['content-type'], /^text\/plain/);
    const doc = await entitlements('me', { key: text.trim() });
    assert.equal(doc.user, user);
  });

  it('is not made for no user', async () => {
    for (const query of ['', '?user=', '?user=a%2Fb', '?user=ann&email=nowhere']) {
      assertProblem(await api('POST', `/sandbox/token${query}`, { key: null }), 422,
        'invalid-value');
    }
  });
});
