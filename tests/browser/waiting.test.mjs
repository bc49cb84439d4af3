// How news reaches a page from the real programs behind a real web server, in
// a real Chromium: the best way first, then with each rung of the ladder
// broken on the way. The events are signed and delivered here, so their time
// is ours. What a buyer who has paid must never see is watched for all the
// while.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { api, checkKey, deliver, env, newPayment, paid } from '../e2e/lib.mjs';
import { Visit, address, launch, met } from './page.mjs';

const web = env.RUNG_WEB ?? 'lighttpd';
const STREAM = '**/v1/events?*';
const WAIT = '**/v1/watch/**';

let browser;
let best;

before(async () => {
	browser = await launch();
	const offer = await api('POST', '/v1/events', { body: { user: 'u1' } });
	best = offer.json?.stream === 'off' ? 'wait' : 'stream';
});

after(() => browser?.close());

// A customer on the demo page; `prepare` may break things before it loads.
function scene(name, run, prepare) {
	test(`${web}: ${name}`, { timeout: 120000 }, async (t) => {
		const visit = await Visit.start(browser, prepare);
		try {
			await visit.ready();
			await run(visit, t);
		} catch (error) {
			await visit.shoot(`broken-${name.replace(/\W+/g, '-')}`);
			throw error;
		} finally {
			await visit.end();
		}
	});
}

// Back from the checkout as after paying, but nobody has heard of it yet.
// Answers the way to tell: the event, signed and delivered.
async function pay(visit, others = []) {
	await visit.upgrade('pro');
	await Promise.all(others.map((one) => one.toast('progress')));
	const { session } = await visit.held();
	await visit.page.goto(address('/demo/'));
	await visit.ready();
	await visit.page.evaluate(() => localStorage.setItem('test-paid', '1'));
	await visit.page.goto(address(`/demo/?rung_session=${session.id}`));
	await visit.toast('progress');
	const event = paid(newPayment(), { session: session.id });
	return async () => assert.equal((await deliver(event)).status, 200);
}

// By long poll, or by the best way. Where each waiter is a process the place
// of a page that was left is free again only when somebody writes to it, so
// there may be none for another stream just then; a long poll will do.
function settled(visit, way = best) {
	const ways = web === 'lighttpd' || way === 'wait' ? [way] :
	    [way, 'wait'];
	return visit.page.locator(ways.map((one) => '[data-testid=transport]' +
	    `[data-transport=${one}]`).join()).waitFor({ timeout: 60000 });
}

// The time runs from the answer to the event.
async function arrives(t, visit, event) {
	await event();
	return visit.flipsSoon(t);
}

// What the server itself counts.
async function waiters() {
	const { text } = await api('GET', '/metrics', { key: checkKey });
	return Number(text.match(/^rung_waiters (\d+)$/m)[1]);
}

const answering = (where, status) => (page) => page.route(where, (route) =>
    status ? route.fulfill({ status, body: '' }) : route.abort());
// Held in vain: whatever happens in the meantime does not get through.
const breaking = (where, status) => (page) => page.route(where,
    async (route) => {
	await new Promise((resolve) => setTimeout(resolve, 4000));
	// The page may have gone.
	await route.fulfill({ status, body: '' }).catch(() => {});
});
// Nothing comes, and nothing fails: as a proxy that gathers up does.
const silent = (page) => page.route(STREAM, () => {});

scene('news come by the best way that is offered', async (visit, t) => {
	await visit.transport(best);
	const event = await pay(visit);
	await visit.transport(best);
	await arrives(t, visit, event);
	await visit.shoot(`by-${best}-${web}`);
	assert.match(await visit.get('time').textContent(), /^[\d.]+ m?s$/);
});

scene('a stream that is held back is left for long polls', async (visit, t) => {
	await visit.transport('wait');
	const event = await pay(visit);
	await visit.transport('wait');
	await arrives(t, visit, event);
}, silent);

for (const status of [502, 504, 508, 204, 401, 0])
	scene(`a stream that ends with ${status || 'nothing'} is left for long ` +
	    'polls', async (visit, t) => {
		const event = await pay(visit);
		await visit.transport('wait');
		await arrives(t, visit, event);
	}, answering(STREAM, status));

for (const status of [502, 504, 508, 204, 0])
	scene(`where waits end with ${status || 'nothing'} short polls do`,
	    async (visit, t) => {
		await visit.transport('poll');
		const event = await pay(visit);
		await visit.transport('poll');
		await arrives(t, visit, event);
	}, async (page) => {
		await answering(STREAM, 502)(page);
		await answering(WAIT, status)(page);
	});

scene('waits that are held and then broken are not relied on',
    async (visit, t) => {
	const event = await pay(visit);
	await visit.transport('poll');
	await arrives(t, visit, event);
}, async (page) => {
	await answering(STREAM, 502)(page);
	await breaking(WAIT, 504)(page);
});

for (const way of ['stream', 'wait']) {
	const prepare = way === 'wait' ? answering(STREAM, 502) : undefined;
	const name = way === 'wait' ? 'long polls alone' : 'the best way';

	scene(`a network that goes and comes back, ${name}`, async (visit, t) => {
		const event = await pay(visit);
		await settled(visit, way === 'stream' ? best : way);
		await visit.context.setOffline(true);
		await visit.page.waitForFunction(() => !navigator.onLine);
		await event();
		await visit.context.setOffline(false);
		await visit.flipsSoon(t);
	}, prepare);

	scene(`a laptop that sleeps through the payment, ${name}`,
	    async (visit, t) => {
		const event = await pay(visit);
		await settled(visit, way === 'stream' ? best : way);
		const cdp = await visit.context.newCDPSession(visit.page);
		const state = (to) => cdp.send('Page.setWebLifecycleState',
		    { state: to });
		await state('frozen');
		await event();
		await visit.page.clock.setFixedTime(Date.now() + 3 * 3600000);
		await state('active');
		await visit.flipsSoon(t);
	}, prepare);

	scene(`an event that comes 20 s late, ${name}`, async (visit, t) => {
		const event = await pay(visit);
		const late = new Promise((resolve) => setTimeout(resolve, 20000));
		await visit.page.reload();
		await visit.toast('progress');
		await late;
		await settled(visit, way === 'stream' ? best : way);
		await arrives(t, visit, event);
	}, prepare);
}

if (web === 'lighttpd')
	scene('a graceful restart of the web server goes unseen',
	    async (visit, t) => {
		const event = await pay(visit);
		await visit.transport(best);
		process.kill(Number(await readFile(join(env.RUNG_DIR,
		    'lighttpd.pid'), 'utf8')), 'SIGUSR1');
		// As a provider does, until it is taken.
		await met(() => event().then(() => true, () => false), 'delivered');
		await visit.flipsSoon(t);
		await settled(visit);
	});

scene('two tabs are one waiter, and both flip', async (visit, t) => {
	const other = await visit.tab();
	await other.ready();
	const event = await pay(visit, [other]);
	await settled(visit);
	await other.transport('tab');
	await met(async () => await waiters() === 1, 'one waiter', 60);
	await event();
	await Promise.all([visit, other].map((one) => one.flipsSoon(t)));
	await visit.shoot('tab-one');
	await other.shoot('tab-two');
});

scene('ten tabs are one waiter, and all of them flip', async (visit, t) => {
	const tabs = [];
	for (let i = 1; i < 10; i++)
		tabs.push(await visit.tab());
	await Promise.all(tabs.map((one) => one.ready()));
	const event = await pay(visit, tabs);
	await met(async () => await waiters() === 1, 'one waiter', 60);
	await event();
	await Promise.all([visit, ...tabs].map((one) => one.flipsSoon(t)));
});

scene('the page is closed, and another one takes the upgrade up',
    async (visit, t) => {
	const event = await pay(visit);
	await visit.page.close();
	const other = await visit.tab();
	await other.toast('progress');
	await settled(other);
	await arrives(t, other, event);
	await other.page.close();
	await met(async () => await waiters() === 0, 'its place is free', 60);
});

scene('back from the checkout when the event was first', async (visit) => {
	await visit.upgrade('pro');
	const { session } = await visit.held();
	const event = paid(newPayment(), { session: session.id });
	assert.equal((await deliver(event)).status, 200);
	await visit.page.evaluate(() => localStorage.setItem('test-paid', '1'));
	await visit.page.goto(address(`/demo/?rung_session=${session.id}`));
	await visit.toast('success');
	assert.equal((await visit.held()).tier, 'pro');
});
