// How news reaches a page, in a real Chromium against the fake server, where
// every fault can be forced: each rung of the ladder, many tabs, sleep, and
// networks that come and go. What a buyer who has paid must never see is
// watched for all the while. The real servers are met in waiting.test.mjs.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fakeRung } from './fake-rung.mjs';
import { Visit, launch, met } from './page.mjs';

const FAILURES = [502, 504, 508, 503, 204, 401];

let browser;

before(async () => {
	browser = await launch();
});

after(() => browser?.close());

// A customer on the demo page of a fake of its own.
function scene(name, run, prepare = () => {}) {
	test(name, { timeout: 120000 }, async (t) => {
		const fake = await fakeRung();
		fake.late = 0;
		await prepare(fake);
		const visit = await Visit.start(browser, undefined, fake.url);
		try {
			await visit.ready();
			await run(visit, fake, t);
		} catch (error) {
			await visit.shoot(`broken-${name.replace(/\W+/g, '-')}`);
			throw error;
		} finally {
			await visit.end().finally(() => fake.close());
		}
	});
}

// Leaves for the checkout, pays, and is back before the event.
async function pay(visit, fake, others = []) {
	await visit.upgrade('pro');
	await Promise.all(others.map((one) => one.toast('progress')));
	await visit.payLate();
	return () => fake.pay(fake.user(visit.user).open);
}

// The event arrives, and the page says so soon.
function arrives(t, visit, event) {
	event();
	return visit.flipsSoon(t);
}

const stream = (fake) => { fake.stream = 'unbounded'; };

scene('a stream that says hello soon takes the place of long polls',
    async (visit, fake, t) => {
	await visit.transport('stream');
	await met(() => fake.held.size === 1, 'one connection');
	const event = await pay(visit, fake);
	await visit.transport('stream');
	await arrives(t, visit, event);
	await met(() => fake.streams.size === 1 && fake.held.size === 1,
	    'one connection, and it is a stream');
}, stream);

scene('a stream that is blocked on the way is left for long polls, and not ' +
    'tried again in this tab', async (visit, fake, t) => {
	await visit.transport('wait');
	await met(() => fake.count(/GET \/v1\/events/) === 1, 'it was tried');
	await met(() => fake.streams.size === 0, 'it was closed again');
	const event = await pay(visit, fake);
	await arrives(t, visit, event);
	assert.equal(fake.count(/GET \/v1\/events/), 1);
}, (fake) => {
	fake.stream = 'unbounded';
	fake.mute = true;
});

for (const status of FAILURES)
	scene(`a stream answered with ${status} is left for long polls`,
	    async (visit, fake, t) => {
		await met(() => fake.faults[0].times === 0, 'it was tried');
		await visit.transport('wait');
		const event = await pay(visit, fake);
		await arrives(t, visit, event);
	}, (fake) => {
		fake.stream = 'unbounded';
		fake.fail(/GET \/v1\/events/, status);
	});

scene('a stream that was refused at once is not asked for again',
    async (visit, fake, t) => {
	await visit.page.waitForFunction(() =>
	    sessionStorage.getItem('rung:deaf'));
	await visit.page.reload();
	await visit.ready();
	await visit.transport('wait');
	await arrives(t, visit, await pay(visit, fake));
	assert.equal(fake.count(/POST \/v1\/events/), 1);
});

scene('a stream that a page was too short for is tried again in the next',
    async (visit, fake) => {
	await met(() => fake.count(/GET \/v1\/events/) === 1, 'it is tried');
	await visit.page.reload();
	await visit.transport('stream');
}, (fake) => {
	fake.stream = 'unbounded';
	fake.fail(/GET \/v1\/events/, 204, { held: 2000 });
});

for (const status of [502, 504, 508, 204, 0]) {
	const name = status || 'a broken connection';

	scene(`waits that end with ${name} lead to short polls, and nobody is ` +
	    'told of trouble', async (visit, fake, t) => {
		await visit.transport('poll');
		const event = await pay(visit, fake);
		await visit.transport('poll');
		await arrives(t, visit, event);
	}, (fake) => fake.fail(/GET \/v1\/watch/, status, { times: 999 }));

	scene(`waits that begin to end with ${name} hide nothing`,
	    async (visit, fake, t) => {
		const event = await pay(visit, fake);
		await visit.transport('wait');
		await met(() => fake.held.size === 1, 'it waits');
		fake.fail(/GET \/v1\/watch/, status, { times: 999 });
		fake.cut();
		await visit.transport('poll');
		await arrives(t, visit, event);
	});
}

// A wait that was sent just then would hear nothing of it.
scene('an event in the moment in which waits begin to fail',
    async (visit, fake, t) => {
	const event = await pay(visit, fake);
	await visit.transport('wait');
	await met(() => fake.held.size === 1, 'it waits');
	fake.fail(/GET \/v1\/watch/, 504, { times: 999, held: 4000 });
	const reads = fake.count(/GET \/v1\/upgrades/);
	fake.cut();
	await met(() => fake.count(/GET \/v1\/upgrades/) > reads, 'it asks');
	await arrives(t, visit, event);
});

scene('waits that a host holds and then breaks are not relied on',
    async (visit, fake, t) => {
	const event = await pay(visit, fake);
	const long = fake.count(/wait=25/);
	await met(() => fake.count(/wait=1$/) > 1, 'short ones are tried');
	assert.equal(fake.count(/wait=25/), long);
	await arrives(t, visit, event);
}, (fake) => fake.fail(/GET \/v1\/watch/, 504, { times: 999, held: 4000 }));

scene('waits that are over at once do not become a loop',
    async (visit, fake, t) => {
	await visit.transport('poll');
	const event = await pay(visit, fake);
	const before = fake.requests.length;
	const began = Date.now();
	await met(() => fake.requests.length > before + 5, 'it asks');
	assert.ok(Date.now() - began > 1500, `${Date.now() - began} ms`);
	await arrives(t, visit, event);
}, (fake) => fake.fail(/GET \/v1\/watch/, 204, { times: 999 }));

scene('a stream that ends is begun again, and misses nothing',
    async (visit, fake, t) => {
	const event = await pay(visit, fake);
	await visit.transport('stream');
	fake.hangUp();
	await visit.page.locator('[data-testid=transport]' +
	    ':not([data-transport=stream])').waitFor();
	await arrives(t, visit, event);
	await visit.transport('stream');
	await met(() => fake.streams.size === 1, 'one stream');
}, stream);

scene('a stream that breaks and stays broken leaves the news to long polls',
    async (visit, fake, t) => {
	const event = await pay(visit, fake);
	await visit.transport('stream');
	fake.fail(/\/v1\/events/, 503, { times: 99 });
	fake.hangUp(false);
	await visit.transport('wait');
	const before = fake.count(/\/v1\/events/);
	await met(() => fake.count(/\/v1\/events/) >= before + 3,
	    'it is tried again');
	const [first, second, third] = fake.requests.filter((one) =>
	    /v1\/events/.test(one.line)).slice(-3).map((one) => one.at);
	// A second and two, shorter by chance, and not always on the way as long.
	assert.ok(second - first >= 600 && third - second >= 1300,
	    `after ${second - first} ms, then ${third - second} ms`);
	await arrives(t, visit, event);
}, stream);

scene('a stream that says nothing although things change is not believed',
    async (visit, fake, t) => {
	const event = await pay(visit, fake);
	await visit.transport('stream');
	fake.mute = true;
	event();
	await visit.page.evaluate(() => dispatchEvent(new Event('focus')));
	await visit.flipsSoon(t);
	await visit.transport('wait');
	await met(() => fake.streams.size === 0, 'it was closed');
}, stream);

for (const kind of ['off', 'unbounded'])
	scene(`a network that goes and comes back, streams ${kind}`,
	    async (visit, fake, t) => {
		const event = await pay(visit, fake);
		await visit.transport(kind === 'off' ? 'wait' : 'stream');
		await visit.context.setOffline(true);
		await visit.page.waitForFunction(() => !navigator.onLine);
		fake.goDown();
		event();
		await met(() => fake.held.size === 0, 'nothing waits');
		fake.down = false;
		await visit.context.setOffline(false);
		await visit.flipsSoon(t);
	}, (fake) => { fake.stream = kind; });

for (const kind of ['off', 'unbounded'])
	scene(`a laptop that sleeps through the payment, streams ${kind}`,
	    async (visit, fake, t) => {
		const event = await pay(visit, fake);
		await visit.transport(kind === 'off' ? 'wait' : 'stream');
		const cdp = await visit.context.newCDPSession(visit.page);
		const state = (to) => cdp.send('Page.setWebLifecycleState',
		    { state: to });
		await state('frozen');
		fake.goDown();
		event();
		fake.down = false;
		// Three hours later, far beyond the end of the session.
		await visit.page.clock.setFixedTime(Date.now() + 3 * 3600000);
		await state('active');
		await visit.flipsSoon(t);
	}, (fake) => { fake.stream = kind; });

scene('a clock that jumps past the deadline is not believed',
    async (visit, fake, t) => {
	const event = await pay(visit, fake);
	await visit.page.clock.setFixedTime(Date.now() + 3 * 3600000);
	await visit.page.evaluate(() => dispatchEvent(new Event('focus')));
	await visit.toast('progress');
	await arrives(t, visit, event);
});

scene('an event that comes 20 s late', async (visit, fake, t) => {
	const event = await pay(visit, fake);
	const late = new Promise((resolve) => setTimeout(resolve, 20000));
	await visit.transport('stream');
	await visit.page.reload();
	await visit.toast('progress');
	await late;
	await arrives(t, visit, event);
}, stream);

scene('the page is closed, and another one takes the upgrade up',
    async (visit, fake, t) => {
	const event = await pay(visit, fake);
	await visit.page.close();
	await met(() => fake.held.size === 0, 'nothing is held for it');
	const other = await visit.tab();
	await other.toast('progress');
	await arrives(t, other, event);
	await met(() => fake.held.size === 1, 'one connection');
}, stream);

for (const kind of ['off', 'unbounded'])
	scene(`two tabs have one connection, streams ${kind}`,
	    async (visit, fake, t) => {
		await visit.transport(kind === 'off' ? 'wait' : 'stream');
		const other = await visit.tab();
		await other.ready();
		await other.transport('tab');
		await met(() => fake.held.size === 1, 'one connection');
		const event = await pay(visit, fake, [other]);
		event();
		await Promise.all([visit, other].map((one) => one.flipsSoon(t)));
		await met(() => fake.held.size === 1, 'one connection');
	}, (fake) => { fake.stream = kind; });

scene('when the tab that leads is closed another takes its place',
    async (visit, fake, t) => {
	await visit.transport('stream');
	const other = await visit.tab();
	await other.ready();
	await other.transport('tab');
	const event = await pay(visit, fake, [other]);
	await visit.page.close();
	await other.transport('stream');
	await arrives(t, other, event);
	await met(() => fake.held.size === 1, 'one connection');
}, stream);

scene('a tab that somebody looks at does not depend on one that sleeps',
    async (visit, fake, t) => {
	await visit.transport('stream');
	const other = await visit.tab();
	await other.ready();
	await other.transport('tab');
	const event = await pay(other, fake, [visit]);
	const cdp = await visit.context.newCDPSession(visit.page);
	await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
	event();
	await other.page.evaluate(() => dispatchEvent(new Event('focus')));
	await other.flipsSoon(t);
	await cdp.send('Page.setWebLifecycleState', { state: 'active' });
	await visit.flipsSoon(t);
}, stream);

scene('a tab that somebody comes to leads, whatever the other one does',
    async (visit, fake, t) => {
	const other = await visit.tab();
	await other.ready();
	const event = await pay(visit, fake, [other]);
	await visit.transport('stream');
	await other.transport('tab');
	const cdp = await visit.context.newCDPSession(visit.page);
	await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
	await other.page.evaluate(() => dispatchEvent(new Event('focus')));
	await other.transport('stream');
	await arrives(t, other, event);
	await cdp.send('Page.setWebLifecycleState', { state: 'active' });
	await visit.flipsSoon(t);
	await visit.transport('tab');
	await met(() => fake.held.size === 1, 'one connection');
}, stream);

scene('a tab that is seen does not wait for the short polls of a hidden one',
    async (visit, fake, t) => {
	const other = await visit.tab();
	await other.ready();
	const event = await pay(visit, fake, [other]);
	await visit.transport('poll');
	await other.transport('tab');
	const turn = (hidden) => {
		Object.defineProperty(document, 'hidden',
		    { configurable: true, value: hidden });
		document.dispatchEvent(
		    new Event('visibilitychange', { bubbles: true }));
	};
	await visit.page.evaluate(turn, true);
	await other.page.evaluate(turn, false);
	await other.transport('poll');
	await visit.transport('tab');
	await arrives(t, other, event);
}, (fake) => fake.fail(/GET \/v1\/watch/, 502, { times: 999 }));

scene('ten tabs have one connection, and all of them flip',
    async (visit, fake, t) => {
	await visit.transport('stream');
	const tabs = [];
	for (let i = 1; i < 10; i++)
		tabs.push(await visit.tab());
	await Promise.all(tabs.map((one) => one.ready()));
	const event = await pay(visit, fake, tabs);
	await met(() => fake.held.size === 1, 'one connection');
	const reads = fake.count(/^GET \/v1\/(users|upgrades)/);
	event();
	await Promise.all([visit, ...tabs].map((one) => one.flipsSoon(t)));
	await met(() => fake.held.size === 1, 'one connection');
	assert.ok(fake.count(/^GET \/v1\/(users|upgrades)/) - reads <= 3,
	    'one reads for all');
}, stream);

scene('tabs of two customers do not mix', async (visit, fake, t) => {
	await visit.transport('stream');
	const other = await visit.tab();
	await other.get('new-customer').click();
	await other.page.waitForFunction((old) => document.getElementById('user')
	    .textContent !== old, visit.user);
	await other.ready();
	await other.transport('stream');
	await met(() => fake.held.size === 2, 'a connection each');
	await visit.upgrade('pro');
	await visit.checkout('pay');
	await visit.flips();
	assert.equal(await other.get('plan').getAttribute('data-tier'), 'free');
}, stream);

scene('a payment that fails late is taken back everywhere, exactly',
    async (visit, fake, t) => {
	const before = await visit.capabilities('held');
	const other = await visit.tab();
	await other.ready();
	await visit.upgrade('pro');
	await visit.page.goto(visit.address('/demo/'));
	await visit.toast('progress');
	await other.toast('progress');
	fake.change(fake.user(visit.user).open,
	    { status: 'failed', reason: 'provider_error' });
	for (const tab of [visit, other]) {
		assert.match(await tab.toast('failure'), /provider/);
		assert.deepEqual(await tab.capabilities('held'), before);
		assert.deepEqual(await tab.capabilities('pending'), []);
	}
}, stream);
