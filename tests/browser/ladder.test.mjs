// How news reaches a page, in a real Chromium against the fake server, where
// every fault can be forced: each rung of the ladder, many tabs, sleep, and
// networks that come and go. What a buyer who has paid must never see is
// watched for all the while. The real servers are met in waiting.test.mjs.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fakeRung } from './fake-rung.mjs';
import { Visit, launch, met } from './page.mjs';

const SOON = 1000;
const FAILURES = [502, 504, 508, 503, 204, 401];

let browser;

before(async () => {
	browser = await launch();
});

after(() => browser?.close());

// A customer on the demo page of a fake of its own.
function scene(name, run, prepare = () => {}) {
	test(name, { timeout: 120000 }, async () => {
		const fake = await fakeRung();
		fake.late = 0;
		await prepare(fake);
		const visit = await Visit.start(browser, undefined, fake.url);
		try {
			await visit.ready();
			await run(visit, fake);
		} catch (error) {
			await visit.shoot(`broken-${name.replace(/\W+/g, '-')}`);
			throw error;
		} finally {
			await visit.end().finally(() => fake.close());
		}
	});
}

// Leaves for the checkout, pays, and is back before the event.
async function pay(visit, fake) {
	await visit.upgrade('pro');
	await visit.payLate();
	return () => fake.pay(fake.user(visit.user).open);
}

// The event arrives, and the page says so soon.
async function arrives(visit, event, limit = SOON) {
	event();
	const took = await visit.flips();
	assert.ok(took < limit, `${took} ms`);
}

const stream = (fake) => { fake.stream = 'unbounded'; };

scene('a stream that says hello takes the place of the long poll',
    async (visit, fake) => {
	await visit.transport('stream');
	await met(() => fake.held.size === 1, 'one connection');
	const event = await pay(visit, fake);
	await visit.transport('stream');
	await arrives(visit, event);
	assert.equal(fake.streams.size, 1);
	await met(() => fake.held.size === 1, 'one connection');
}, stream);

scene('a stream that is blocked on the way is left for long polls, and not ' +
    'tried again in this tab', async (visit, fake) => {
	await visit.transport('wait');
	await met(() => fake.count(/GET \/v1\/events/) === 1, 'it was tried');
	await met(() => fake.streams.size === 0, 'it was closed again');
	const event = await pay(visit, fake);
	await arrives(visit, event);
	assert.equal(fake.count(/GET \/v1\/events/), 1);
}, (fake) => {
	fake.stream = 'unbounded';
	fake.mute = true;
});

for (const status of FAILURES)
	scene(`a stream answered with ${status} is left for long polls`,
	    async (visit, fake) => {
		await met(() => fake.faults[0].times === 0, 'it was tried');
		await visit.transport('wait');
		const event = await pay(visit, fake);
		await arrives(visit, event);
	}, (fake) => {
		fake.stream = 'unbounded';
		fake.fail(/GET \/v1\/events/, status);
	});
