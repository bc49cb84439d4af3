// What the browser tests share: Debian's Chromium, a fresh customer on the
// demo page, the sandbox's checkout, and the server's own word beside it.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const SHOTS = process.env.RUNG_SHOTS ??
    fileURLToPath(new URL('shots', import.meta.url));
const URL_OF_RUNG = process.env.RUNG_URL;

// A page says so within a second of the event. The half is for a machine that
// has other things to do; what was measured is printed.
const SOON = 1500;

export function launch() {
	mkdirSync(SHOTS, { recursive: true });
	return chromium.launch({
		executablePath: process.env.RUNG_CHROMIUM ?? '/usr/bin/chromium',
		args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
			'--no-first-run', '--disable-background-networking',
			'--disable-component-update', '--disable-sync'],
	});
}

export function address(path) {
	assert.ok(URL_OF_RUNG,
	    'RUNG_URL is not set: source the env file that ./quickstart writes');
	return URL_OF_RUNG.replace(/\/+$/, '') + path;
}

// Waits for something that happens outside of pages.
export async function met(holds, what, seconds = 20) {
	const end = Date.now() + seconds * 1000;
	while (!await holds()) {
		assert.ok(Date.now() < end, `never true: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

// Runs in the page: tells which plan it shows, and whatever a buyer who has
// paid must never see. The mark is in localStorage, so it holds for all tabs
// of the browser.
function watchPaid() {
	let shown = null;
	const look = () => {
		const tier = document.getElementById('plan-name')?.parentNode
		    .dataset.tier;
		if (tier !== shown)
			globalThis.tellTier(shown = tier);
		if (!localStorage.getItem('test-paid'))
			return;
		const plan = document.getElementById('plan-name')?.textContent;
		if (plan === 'Free')
			globalThis.tellWrong('the page says Free');
		const button = document.querySelector('[data-testid=upgrade-pro]');
		if (/^(Upgrade|Try)/.test(button?.textContent ?? ''))
			globalThis.tellWrong(`the page says ${button.textContent}`);
		const toast = document.getElementById('toast');
		if (toast?.dataset.kind === 'failure' && !toast.hidden)
			globalThis.tellWrong(`the page says ${toast.textContent}`);
		if (document.getElementById('trouble')?.hidden === false)
			globalThis.tellWrong('the page speaks of trouble');
	};
	new MutationObserver(look).observe(document, { subtree: true,
		childList: true, attributes: true, characterData: true });
}

export function shotPath(name) {
	return join(SHOTS, `${name}.png`);
}

export class Visit {
	// A new context is a new browser profile, so a new customer.
	static async start(browser, prepare, url) {
		const context = await browser.newContext(
		    { viewport: { width: 1200, height: 1250 } });
		const visit = new Visit();
		const turned = new Map();
		Object.assign(visit, { context, url, wrong: [], turned });
		await context.exposeFunction('tellWrong',
		    (what) => visit.wrong.push(what));
		await context.exposeBinding('tellTier',
		    ({ page }) => turned.set(page, Date.now()));
		await context.addInitScript(watchPaid);
		return visit.#open(prepare);
	}

	// Another tab of the same browser.
	async tab() {
		const visit = new Visit();
		Object.assign(visit, { ...this, token: null });
		return visit.#open();
	}

	async #open(prepare = () => {}) {
		const visit = this;
		visit.page = await visit.context.newPage();
		visit.page.on('pageerror', (error) =>
		    visit.wrong.push(error.message));
		visit.page.on('console', (line) => {
			if (/Content Security Policy/.test(line.text()))
				visit.wrong.push(line.text());
		});
		await prepare(visit.page);
		await visit.page.goto(visit.address('/demo/'));
		return visit;
	}

	address(path) {
		return this.url ? this.url + path : address(path);
	}

	get(id) {
		return this.page.getByTestId(id);
	}

	async ready() {
		await this.get('upgrade-pro').waitFor();
		this.user = await this.get('user').textContent();
		return this;
	}

	// Opens the dialog, reads what it offers, and clicks on "Continue".
	async choose(tier = 'pro') {
		await this.get(`upgrade-${tier}`).click();
		await this.page.locator('[data-testid=continue]:enabled').waitFor();
		const gain = await this.get('gain').locator('li').allTextContents();
		await this.get('continue').click();
		return gain;
	}

	async upgrade(tier) {
		const gain = await this.choose(tier);
		await this.page.waitForURL(/\/sandbox\/checkout\//);
		return gain;
	}

	// A button with the action, or a form that carries it in a hidden field.
	async checkout(action) {
		await this.page.locator(`button[name=action][value=${action}], ` +
		    `form:has(input[name=action][value=${action}]) button`)
		    .first().click();
	}

	async leaveCheckout() {
		await this.page.locator('a[href*="rung_session="]').first().click();
		await this.page.waitForURL(/\/demo\//);
	}

	async toast(kind, timeout = 15000) {
		const toast = this.page.locator(
		    `[data-testid=toast][data-kind=${kind}]`);
		await toast.waitFor({ timeout });
		return toast.textContent();
	}

	capabilities(state) {
		return this.page.locator(
		    `[data-testid=capability][data-state=${state}]`).evaluateAll(
		    (nodes) => nodes.map((node) => node.dataset.id).sort());
	}

	// Pays, and comes back before the payment's event has arrived. From here
	// on the page may not say that nothing was bought.
	async payLate() {
		await this.page.evaluate(() =>
		    localStorage.setItem('test-paid', '1'));
		await this.checkout('late');
		await this.page.waitForURL(/\/demo\//);
		await this.toast('progress');
	}

	transport(name, timeout = 20000) {
		return this.page.locator(`[data-testid=transport]` +
		    `[data-transport=${name}]`).waitFor({ timeout });
	}

	// Milliseconds until the page shows that the plan is committed: by its
	// own word, because the driver looks only now and then.
	async flips(timeout = 20000) {
		const began = Date.now();
		await this.page.locator('[data-testid=plan][data-tier=pro]')
		    .waitFor({ timeout });
		const took = Math.max(0, this.turned.get(this.page) - began);
		await this.page.locator('[data-testid=holding]' +
		    '[data-phase=completed]').waitFor({ timeout });
		return took;
	}

	// The same, within a second; `t` is the test, which prints it.
	async flipsSoon(t) {
		const took = await this.flips();
		t.diagnostic(`${took} ms from the event to the page`);
		assert.ok(took < SOON, `${took} ms`);
		return took;
	}

	shoot(name) {
		return this.page.screenshot({ path: shotPath(name),
			animations: 'disabled' });
	}

	// What the server says, whatever the page shows.
	async ask(path) {
		if (!this.token) {
			const minted = await fetch(this.address(
			    `/sandbox/token?user=${this.user}`), { method: 'POST' });
			assert.equal(minted.status, 200);
			this.token = (await minted.text()).trim();
		}
		const answer = await fetch(this.address(path),
		    { headers: { 'X-API-Key': this.token } });
		assert.equal(answer.status, 200, path);
		return answer.json();
	}

	held() {
		return this.ask('/v1/users/me/entitlements');
	}

	async can(capability) {
		return (await this.ask(`/v1/users/me/can/${capability}`)).allowed;
	}

	async end() {
		await this.context.close();
		assert.deepEqual(this.wrong, [], 'script errors or blocked content');
	}
}
