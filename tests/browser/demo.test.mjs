// The demo in a real Chromium on the running server: paying, declining, and
// everything a buyer or a bad day can do in between.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Visit, address, launch, shotPath } from './page.mjs';

const GAINED = 'export:csv';
let browser;

before(async () => {
	browser = await launch();
});

after(() => browser?.close());

function scene(name, run, prepare) {
	test(name, { timeout: 90000 }, async () => {
		const visit = await Visit.start(browser, prepare);
		try {
			await run(visit);
		} catch (error) {
			await visit.shoot(`broken-${name.replace(/\W+/g, '-')}`);
			throw error;
		}
		await visit.end();
	});
}

async function isFree(visit) {
	const held = await visit.held();
	assert.equal(held.tier, 'free');
	assert.equal(held.capabilities.includes(GAINED), false);
	assert.equal(await visit.can(GAINED), false);
	return held;
}

test('rung.js as it is served is smaller than 5000 bytes when compressed',
    async (t) => {
	const answer = await fetch(address('/rung.js'));
	assert.equal(answer.status, 200);
	const bytes = Buffer.from(await answer.arrayBuffer());
	const size = gzipSync(bytes, { level: 9 }).length;
	t.diagnostic(`${bytes.length} bytes, ${size} compressed`);
	assert.ok(size < 5000, `${size} bytes`);
});

scene('paying makes the plan the buyer\'s', async (visit) => {
	await visit.ready();
	assert.equal((await visit.capabilities('held')).includes(GAINED), false);
	const gain = await visit.upgrade('pro');
	assert.ok(gain.length > 0, 'the dialog says what is gained');
	await isFree(visit);
	await visit.checkout('pay');
	await visit.page.waitForURL(/\/demo\//);
	assert.match(await visit.toast('success'), /Success/);
	await visit.shoot('paid');
	const held = await visit.held();
	assert.equal(held.tier, 'pro');
	assert.equal(await visit.can(GAINED), true);
	assert.deepEqual(await visit.capabilities('held'),
	    held.capabilities.slice().sort());
	assert.deepEqual(await visit.capabilities('pending'), []);
	assert.equal(await visit.get('version').textContent(),
	    String(held.version));
	assert.equal(await visit.get('plan').getAttribute('data-tier'), 'pro');
});

scene('a declined card leaves everything as it was', async (visit) => {
	await visit.ready();
	const before = await visit.held();
	await visit.upgrade('pro');
	await visit.checkout('decline');
	await visit.page.getByText(/declined/i).first().waitFor();
	await visit.leaveCheckout();
	assert.match(await visit.toast('failure'), /declined/);
	await visit.shoot('declined');
	const held = await isFree(visit);
	assert.deepEqual(held.capabilities, before.capabilities);
	assert.deepEqual(await visit.capabilities('held'),
	    held.capabilities.slice().sort());
	assert.deepEqual(await visit.capabilities('pending'), []);
});

scene('after a decline the same checkout can still be paid', async (visit) => {
	await visit.ready();
	await visit.upgrade('pro');
	await visit.checkout('decline');
	await visit.leaveCheckout();
	await visit.toast('failure');
	await visit.get('to-checkout').click();
	await visit.page.waitForURL(/\/sandbox\/checkout\//);
	await visit.checkout('pay');
	await visit.toast('success');
	assert.equal((await visit.held()).tier, 'pro');
});

scene('a declined upgrade can be cancelled', async (visit) => {
	await visit.ready();
	await visit.upgrade('pro');
	await visit.checkout('decline');
	await visit.leaveCheckout();
	await visit.toast('failure');
	await visit.get('cancel').click();
	await visit.page.getByText(/You cancelled it/).waitFor();
	assert.equal((await isFree(visit)).session, null);
});

scene('a late payment is shown as pending, then arrives by itself',
    async (visit) => {
	await visit.ready();
	await visit.upgrade('pro');
	await visit.checkout('late');
	await visit.page.waitForURL(/\/demo\//);
	assert.match(await visit.toast('progress'), /Upgrade in progress/);
	assert.ok((await visit.capabilities('pending')).includes(GAINED));
	await isFree(visit);
	await visit.shoot('pending');
	await visit.toast('success', 30000);
	assert.ok((await visit.capabilities('held')).includes(GAINED));
	assert.match(await visit.get('time').textContent(), /^[\d.]+ m?s$/);
});

test('paying twice is paying once', { timeout: 90000 }, async () => {
	const states = [];
	for (const action of ['pay', 'twice']) {
		const visit = await Visit.start(browser);
		await visit.ready();
		await visit.upgrade('pro');
		await visit.checkout(action);
		await visit.toast('success');
		const { version, tier, capabilities, assets } = await visit.held();
		states.push({ version, tier, capabilities,
			assets: assets.map(({ slot, status }) => [slot, status]) });
		await visit.end();
	}
	assert.deepEqual(states[1], states[0]);
});

scene('coming back resumes once and leaves a clean address', async (visit) => {
	await visit.ready();
	await visit.upgrade('pro');
	await visit.checkout('pay');
	await visit.toast('success');
	assert.doesNotMatch(visit.page.url(), /rung_session/);
	const kept = await visit.page.evaluate(() => Object.keys(sessionStorage)
	    .filter((name) => /rung_/.test(sessionStorage[name])));
	assert.deepEqual(kept, [], 'no token outlives its session in the page');
	await visit.page.reload();
	await visit.ready();
	assert.equal(await visit.get('plan').getAttribute('data-tier'), 'pro');
	assert.equal(await visit.get('toast').isVisible(), false);
});

scene('what another tab buys shows here by itself', async (visit) => {
	await visit.ready();
	const here = visit.page;
	visit.page = await visit.context.newPage();
	await visit.page.goto(address('/demo/'));
	await visit.ready();
	await visit.upgrade('pro');
	await visit.checkout('pay');
	await visit.toast('success');
	await here.locator('[data-testid=plan][data-tier=pro]').waitFor();
	await here.locator('[data-testid=toast][data-kind=success]').waitFor();
});

scene('a reload in the middle of the checkout takes the upgrade up again',
    async (visit) => {
	await visit.ready();
	await visit.upgrade('pro');
	await visit.page.goto(address('/demo/'));
	await visit.toast('progress');
	assert.ok((await visit.capabilities('pending')).includes(GAINED));
	await visit.get('to-checkout').click();
	await visit.page.waitForURL(/\/sandbox\/checkout\//);
	await visit.checkout('pay');
	await visit.toast('success');
});

scene('editing browser storage changes no answer of the server',
    async (visit) => {
	await visit.ready();
	await visit.upgrade('pro');
	await visit.page.goto(address('/demo/'));
	await visit.toast('progress');
	const before = await isFree(visit);
	await visit.page.evaluate(() => {
		for (const store of [sessionStorage, localStorage])
			for (const name of ['tier', 'rung', 'rung:state', 'plan'])
				store.setItem(name, '{"tier":"enterprise","status":"active",' +
				    '"capabilities":["export:csv","sso:saml"]}');
		for (const name of Object.keys(sessionStorage))
			if (name.startsWith('rung:us_'))
				sessionStorage.setItem(name, 'rung_st_tampered');
	});
	await visit.page.reload();
	await visit.toast('progress');
	assert.deepEqual(await isFree(visit), before);
	assert.equal(await visit.get('plan').getAttribute('data-tier'), 'free');
	// Another customer's session id gives nothing of theirs.
	const open = before.session.id;
	await visit.page.evaluate((id) => {
		localStorage.setItem('rung-demo-user', 'mallory');
		sessionStorage.clear();
		sessionStorage.setItem('rung:open', id);
	}, open);
	await visit.page.reload();
	await visit.ready();
	assert.equal(await visit.get('holding').getAttribute('data-phase'),
	    'idle');
	assert.deepEqual(await visit.capabilities('pending'), []);
});

scene('a server that is away is said, and tried again', async (visit) => {
	await visit.get('trouble').waitFor({ timeout: 20000 });
	await visit.shoot('down');
	await visit.page.unroute('**/v1/**');
	await visit.get('retry').click();
	await visit.ready();
	assert.equal(await visit.get('trouble').isVisible(), false);
}, (page) => page.route('**/v1/**', (route) => route.fulfill({ status: 503,
	headers: { 'Retry-After': '1' }, contentType: 'application/problem+json',
	body: JSON.stringify({ status: 503, code: 'store-unavailable',
		title: 'The store cannot be reached', detail: 'Try again soon.' }) })));

scene('a start that fails is rolled back with its reason', async (visit) => {
	await visit.ready();
	const before = await visit.capabilities('held');
	await visit.page.route('**/v1/upgrades', (route) => route.fulfill({
		status: 422, contentType: 'application/problem+json',
		body: JSON.stringify({ status: 422, code: 'url-not-allowed',
			title: 'No', detail: 'That address is not on the list.' }) }));
	await visit.choose('pro');
	assert.match(await visit.toast('failure'), /not on the list/);
	assert.deepEqual(await visit.capabilities('held'), before);
	assert.deepEqual(await visit.capabilities('pending'), []);
	await visit.page.unroute('**/v1/upgrades');
	await visit.upgrade('pro');
});

scene('a start whose answers are lost is one start', async (visit) => {
	await visit.ready();
	let lost = 2;
	const keys = new Set();
	await visit.page.route('**/v1/upgrades', async (route) => {
		keys.add(route.request().headers()['idempotency-key']);
		if (lost-- <= 0)
			return route.continue();
		// The server does its work, but nobody hears of it.
		await route.fetch();
		return route.abort();
	});
	await visit.upgrade('pro');
	assert.equal(keys.size, 1);
	assert.equal((await visit.held()).session.status, 'pending');
});

scene('waits that the host cuts do not end the upgrade', async (visit) => {
	await visit.ready();
	await visit.upgrade('pro');
	await visit.page.route('**/v1/watch/**', (route) => route.fulfill(
	    { status: 508, contentType: 'text/html', body: '<h1>Busy' }));
	await visit.checkout('late');
	await visit.toast('progress');
	await visit.toast('success', 40000);
	assert.equal((await visit.held()).tier, 'pro');
});

scene('a token that runs out in the middle is renewed', async (visit) => {
	await visit.ready();
	let refused = 0;
	await visit.page.route('**/v1/upgrades/preview', (route) =>
	    refused++ === 0 ? route.fulfill({ status: 401,
		contentType: 'application/problem+json',
		body: '{"status":401,"code":"bad-credential"}' }) :
		route.continue());
	await visit.upgrade('pro');
	assert.ok(refused >= 2);
	await visit.checkout('pay');
	await visit.toast('success');
});

scene('a new customer starts from nothing', async (visit) => {
	await visit.ready();
	await visit.upgrade('pro');
	await visit.checkout('pay');
	await visit.toast('success');
	const { user } = visit;
	await visit.get('new-customer').click();
	await visit.page.waitForFunction((old) => document.getElementById('user')
	    .textContent !== old, user);
	await visit.page.locator('[data-testid=plan][data-tier=free]').waitFor();
	assert.equal(await visit.get('toast').isVisible(), false);
});

scene('the dialog is left with Escape and bought with Enter',
    async (visit) => {
	await visit.ready();
	await visit.get('upgrade-pro').focus();
	await visit.page.keyboard.press('Enter');
	await visit.get('gain').waitFor();
	await visit.page.keyboard.press('Escape');
	await visit.get('dialog').waitFor({ state: 'hidden' });
	await visit.page.keyboard.press('Enter');
	await visit.page.locator('[data-testid=continue]:enabled').focus();
	await visit.page.keyboard.press('Enter');
	await visit.page.waitForURL(/\/sandbox\/checkout\//);
});

for (const [name, options] of [['dark', { colorScheme: 'dark' }],
	['phone', { viewport: { width: 390, height: 844 } }]])
	test(`the page looks right: ${name}`, { timeout: 30000 }, async () => {
		const context = await browser.newContext(options);
		const page = await context.newPage();
		await page.goto(address('/demo/'));
		await page.getByTestId('upgrade-pro').waitFor();
		const { scroll, width } = await page.evaluate(() => ({
			scroll: document.documentElement.scrollWidth,
			width: document.documentElement.clientWidth,
		}));
		assert.equal(scroll, width, 'nothing sticks out sideways');
		await page.screenshot({ fullPage: true, path: shotPath(name) });
		await context.close();
	});
