// The hook for React and the custom element, in a real Chromium against the
// fake server, with React itself from npm.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fakeRung } from './fake-rung.mjs';
import { launch, met, shotPath } from './page.mjs';

const MODULES = new URL('../node_modules/', import.meta.url);
const REACT = {
	react: ['react/cjs/react.production.js'],
	scheduler: ['scheduler/cjs/scheduler.production.js'],
	'react-dom': ['react-dom/cjs/react-dom.production.js', 'react'],
	'react-dom/client': ['react-dom/cjs/react-dom-client.production.js',
		'react', 'scheduler', 'react-dom'],
};

let browser;

before(async () => {
	browser = await launch();
});

after(() => browser?.close());

// React comes as CommonJS, which a browser does not take: each file becomes
// a module that knows what the file will require.
async function esModule(name) {
	const [file, ...needs] = REACT[name];
	const text = await readFile(new URL(file, MODULES), 'utf8');
	const from = needs.map((one, i) =>
	    `import need${i} from ${JSON.stringify(one)};`).join('\n');
	const names = needs.map((one, i) =>
	    `${JSON.stringify(one)}: need${i}`).join(', ');
	const exported = name === 'react' ? `
	    export const { useEffect, useMemo, useState,
		useSyncExternalStore } = module.exports;` : '';
	return `${from}
	    const module = { exports: {} };
	    const process = { env: { NODE_ENV: 'production' } };
	    ((module, exports, require) => { ${text} })(module, module.exports,
		(name) => ({ ${names} })[name]);
	    ${exported}
	    export default module.exports;`;
}

// A page of ours at the fake's address.
async function open(fake, html) {
	const paths = Object.keys(REACT).map((name) =>
	    [name, `/npm/${name.replace('/', '-')}.js`]);
	for (const [name, path] of paths)
		fake.pages.set(path, ['text/javascript', await esModule(name)]);
	fake.pages.set('/mine.html', ['text/html', `<!doctype html>
	    <meta charset="utf-8"><link rel="icon" href="data:,">
	    <script type="importmap">${JSON.stringify(
	    { imports: Object.fromEntries(paths) })}</script>${html}`]);
	const context = await browser.newContext();
	const page = await context.newPage();
	const wrong = [];
	page.on('pageerror', (error) => wrong.push(error.message));
	await page.goto(`${fake.url}/mine.html`);
	return { page, context, wrong };
}

function scene(name, html, run) {
	test(name, { timeout: 60000 }, async () => {
		const fake = await fakeRung();
		const shop = await open(fake, html);
		try {
			await run(shop.page, fake);
		} finally {
			assert.deepEqual(shop.wrong, []);
			await shop.context.close();
			await fake.close();
		}
	});
}

// Shows what the hook answers, and how often it was asked.
const HOOK = `<div id="root"></div><script type="module">
import React from 'react';
import client from 'react-dom/client';
import { Rung } from './rung.js';
import { useUpsellState } from './rung-react.js';

const rung = new Rung({ url: location.origin, token: () =>
    fetch('/sandbox/token?user=ann', { method: 'POST' })
    .then((answer) => answer.text()) });
const e = React.createElement;
globalThis.seen = [];

function Plan({ id }) {
	const { state, isUpgrading, error } = useUpsellState(rung);
	if (id === 'one')
		seen.push([state?.tier ?? null, isUpgrading, error?.code ?? null]);
	return e('p', { id, 'data-tier': state?.tier, 'data-busy': isUpgrading,
		'data-error': error?.code }, state?.tier ?? '…');
}

function App() {
	const [both, setBoth] = React.useState(true);
	return e('main', null, e(Plan, { id: 'one' }),
	    both && e(Plan, { id: 'two' }),
	    e('button', { id: 'buy', onClick: () =>
		rung.upgrade('pro', { redirect: false }).catch(() => {}) }, 'Buy'),
	    e('button', { id: 'less', onClick: () => setBoth(false) }, 'Less'));
}

globalThis.rung = rung;
globalThis.root = client.createRoot(document.getElementById('root'));
globalThis.root.render(e(React.StrictMode, null, e(App)));
</script>`;

const shows = (page, id, tier, busy) => page.locator(
    `#${id}[data-tier="${tier}"][data-busy="${busy}"]`).waitFor();

scene('the hook shows the upgrade at once and the payment when it comes', HOOK,
    async (page, fake) => {
	await shows(page, 'one', 'free', false);
	await shows(page, 'two', 'free', false);
	assert.equal(fake.count(/GET \/v1\/users\/me\/entitlements/), 1,
	    'two components read once');
	await page.locator('#buy').click();
	await shows(page, 'one', 'pro', true);
	await shows(page, 'two', 'pro', true);
	fake.pay(fake.user('ann').open);
	await shows(page, 'one', 'pro', false);
	await shows(page, 'two', 'pro', false);
	// No render in between shows anything but these three.
	const seen = new Set(await page.evaluate(() =>
	    globalThis.seen.map(String)));
	assert.deepEqual([...seen], [',false,', 'free,false,', 'free,true,',
		'pro,true,', 'pro,false,']);
});

scene('the hook takes a failed upgrade back and says why', HOOK,
    async (page, fake) => {
	await shows(page, 'one', 'free', false);
	await page.locator('#buy').click();
	await shows(page, 'one', 'pro', true);
	fake.decline(fake.user('ann').open);
	await shows(page, 'one', 'free', false);
	await page.locator('#one[data-error=declined]').waitFor();
	fake.pay(fake.user('ann').open);
	await shows(page, 'one', 'pro', false);
	await page.locator('#one:not([data-error])').waitFor();
});

scene('the hook says when nothing can be read', `<script>
	const real = fetch;
	globalThis.fetch = (url, ...rest) => /token/.test(url) ?
	    Promise.reject(new Error('logged out')) : real(url, ...rest);
    </script>${HOOK}`, async (page) => {
	await page.locator('#one[data-error=no-token]').waitFor({ timeout: 20000 });
	assert.equal(await page.locator('#one').textContent(), '…');
});

scene('waiting ends with the last component that shows it', HOOK,
    async (page, fake) => {
	await shows(page, 'one', 'free', false);
	// The page says how it waits before the server hears of it.
	await met(() => fake.held.size === 1, 'it waits');
	const [held] = fake.held;
	await page.locator('#less').click();
	await page.locator('#two').waitFor({ state: 'detached' });
	await page.evaluate(() => globalThis.rung.tiers());
	assert.deepEqual([...fake.held], [held], 'the other still waits');
	await page.evaluate(() => globalThis.root.unmount());
	await met(() => fake.held.size === 0, 'nobody waits');
});

const ELEMENT = `<style>rung-upgrade { display: block; margin: 1em }</style>
<rung-upgrade tier="pro" token="/sandbox/token?user=eve">Get Pro</rung-upgrade>
<rung-upgrade tier="enterprise" token="/sandbox/token?user=eve"></rung-upgrade>
<script type="module" src="/rung-element.js"></script>`;

const element = (page, tier, state) => {
	const one = page.locator(`rung-upgrade[tier=${tier}][state=${state}]`);
	return one.waitFor().then(() => one);
};

scene('the element sells, waits, and says that it is yours', ELEMENT,
    async (page, fake) => {
	const pro = await element(page, 'pro', 'offer');
	assert.equal((await pro.textContent()).trim(), 'Get Pro');
	const other = await element(page, 'enterprise', 'offer');
	assert.equal((await other.textContent()).trim(), 'Upgrade to Enterprise');
	await pro.locator('button').click();
	await page.waitForURL(/\/sandbox\/checkout\//);
	fake.late = 0;
	await page.locator('button[value=late]').click();
	await page.waitForURL(/\/mine.html/);
	assert.match(await (await element(page, 'pro', 'busy')).textContent(),
	    /Upgrade in progress/);
	await element(page, 'enterprise', 'busy');
	await page.screenshot({ path: shotPath('element') });
	fake.pay(fake.user('eve').open);
	const mine = await element(page, 'pro', 'owned');
	assert.match(await mine.textContent(), /This is your plan/);
	assert.equal(await mine.locator('button').isDisabled(), true);
	await element(page, 'enterprise', 'offer');
	assert.equal(fake.count(/GET \/v1\/tiers/), 2, 'once for each page');
});

scene('the element sells by the provider that it names', ELEMENT.replace(
    'tier="enterprise"', 'tier="enterprise" provider="paddle"'),
    async (page, fake) => {
	fake.fail(/POST \/v1\/upgrades$/, 422, { times: 2,
		body: '{"code":"url-not-allowed","status":422}' });
	for (const [tier, provider] of [['enterprise', 'paddle'],
		['pro', 'stripe']]) {
		const start = page.waitForRequest((one) =>
		    one.method() === 'POST' && one.url().endsWith('/v1/upgrades'));
		await page.locator(`rung-upgrade[tier=${tier}] button:enabled`).click();
		assert.equal((await start).postDataJSON().checkout.provider, provider);
	}
});

scene('the element says why it was not upgraded, and sells again', ELEMENT,
    async (page, fake) => {
	fake.fail(/POST \/v1\/upgrades$/, 422,
	    { body: '{"code":"url-not-allowed","status":422}' });
	await (await element(page, 'pro', 'offer')).locator('button').click();
	const pro = await element(page, 'pro', 'failed');
	assert.match(await pro.textContent(), /url-not-allowed/);
	assert.doesNotMatch(await (await element(page, 'enterprise', 'offer')).textContent(),
	    /url-not-allowed/);
	await pro.locator('button').click();
	await page.waitForURL(/\/sandbox\/checkout\//);
});

scene('the element says when the server is away, and tries again', ELEMENT,
    async (page) => {
	await element(page, 'pro', 'offer');
	let down = true;
	await page.route('**/v1/tiers', (route) => down ?
	    route.fulfill({ status: 404, body: '' }) : route.continue());
	await page.evaluate(() => {
		document.querySelector('rung-upgrade').setAttribute('token',
		    '/sandbox/token?user=zoe');
		const again = document.querySelector('rung-upgrade').cloneNode();
		document.body.append(again);
	});
	const away = page.locator('rung-upgrade[state=away] button');
	await away.waitFor();
	down = false;
	await away.click();
	await page.locator('rung-upgrade').last().locator('button:enabled')
	    .waitFor();
});
