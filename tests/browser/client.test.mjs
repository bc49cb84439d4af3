// The browser client alone, in Node, against a fake server: what it does with
// errors, waiting, versions and rollback. The real server is met by the tests
// in demo.test.mjs.

import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, test } from 'node:test';
import { fakeRung } from './fake-rung.mjs';

// Node 18 takes a bare .js file for CommonJS; a browser does not.
const source = await readFile(new URL('../../htdocs/rung.js',
    import.meta.url));
const { Rung, RungError } = await import(
    `data:text/javascript;base64,${source.toString('base64')}`);

// Node 18 has it, but not yet as a global.
globalThis.crypto ??= webcrypto;

// The pauses that the client chooses by chance are broken numbers. They are
// noted, and kept twenty times shorter; what a server asked for is kept. Who
// leaves the asking to another tab or to a stream listens for 24 s and more.
const realTimeout = globalThis.setTimeout;
const pauses = [];
globalThis.setTimeout = (call, ms, ...rest) => {
	const chosen = ms >= 500 && !Number.isInteger(ms);
	if (chosen && ms < 20000)
		pauses.push(ms);
	return realTimeout(call, chosen ? ms / 20 : ms, ...rest);
};

const WATCH = /GET \/v1\/watch/;
const READ = /GET \/v1\/upgrades/;
const RETURN = { successUrl: 'https://shop.example/', redirect: false };
let fake;
let rung;
let minted;
let count = 0;

function store() {
	const map = new Map();
	return {
		map,
		getItem: (name) => map.get(name) ?? null,
		setItem: (name, value) => map.set(name, value),
		removeItem: (name) => map.delete(name),
	};
}

function client({ user = `u${++count}`, storage = store(), fetch } = {}) {
	minted = 0;
	return new Rung({
		url: fake.url,
		token: async () => {
			minted++;
			return fake.token(user);
		},
		storage, fetch,
	});
}

// Resolves with the first state that fits; fails after `seconds`.
function until(fits, seconds = 10) {
	return new Promise((resolve, reject) => {
		let stop = () => {};
		const timer = setTimeout(() => {
			stop();
			reject(new Error(`never came: ${fits}, but ${rung.state.phase}`));
		}, seconds * 1000);
		stop = rung.subscribe((state) => {
			if (!fits(state))
				return;
			clearTimeout(timer);
			setImmediate(() => stop());
			resolve(state);
		});
	});
}

// Collects every state from now on.
function history() {
	const states = [];
	rung.subscribe((state) => states.push(state));
	return states;
}

// Waits for something that happens outside the client.
async function met(holds, seconds = 10) {
	const end = Date.now() + seconds * 1000;
	while (!holds()) {
		assert.ok(Date.now() < end, `never true: ${holds}`);
		await new Promise((resolve) => realTimeout(resolve, 10));
	}
}

// Notes what the client asks for, in its own order, and after how many pauses.
function listed(asked) {
	return (url, options) => {
		asked.push({ path: url.slice(fake.url.length), after: pauses.length });
		return fetch(url, options);
	};
}

// Long polls are trusted once a short one was held.
const waits = () => met(() => fake.count(/wait=25/) > 0);

const between = (pause, seconds) => assert.ok(pause >= seconds * 800 &&
    pause <= seconds * 1200, `${pause} ms for ${seconds} s`);

// The page of a browser, as far as the client looks at it.
async function onPage(run) {
	const page = new EventTarget();
	globalThis.addEventListener = page.addEventListener.bind(page);
	globalThis.document = { hidden: false };
	try {
		rung = client();
		await run(page);
	} finally {
		rung.close();
		delete globalThis.addEventListener;
		delete globalThis.document;
	}
}

// A fake for each test: what an earlier one still had on the way is not seen.
beforeEach(async () => {
	fake = await fakeRung();
	rung = client();
	pauses.length = 0;
});

afterEach(async () => {
	rung.close();
	await fake.close();
});

test('the key travels as X-API-Key and is asked for once', async () => {
	await Promise.all([rung.tiers(), rung.entitlements(), rung.tiers()]);
	assert.equal(minted, 1);
	for (const { headers } of fake.requests) {
		assert.match(headers['x-api-key'], /^rung_ct_/);
		assert.equal(headers.authorization, undefined);
	}
});

test('the browser\'s cache is kept out: "me" may be another tomorrow',
    async () => {
	const modes = [];
	rung = client({ fetch: (url, options) => {
		modes.push(options.cache);
		return fetch(url, options);
	} });
	await rung.entitlements();
	assert.deepEqual(modes, ['no-store']);
});

test('a token that ran out is renewed once, for all who wait', async () => {
	await rung.entitlements();
	fake.expireTokens();
	await Promise.all([rung.tiers(), rung.entitlements()]);
	assert.equal(minted, 2);
});

test('a token that is refused twice is an error, not a loop', async () => {
	fake.fail(/tiers/, 401, { times: 9, body: '{"code":"bad-credential"}' });
	await assert.rejects(rung.tiers(), { code: 'bad-credential', status: 401 });
	assert.equal(fake.count(/tiers/), 2);
});

test('a token callback that fails is asked again next time', async () => {
	let good = false;
	rung = new Rung({ url: fake.url, storage: store(), token: () => {
		if (!good)
			throw new Error('logged out');
		return fake.token('again');
	} });
	await assert.rejects(rung.tiers(), { code: 'no-token' });
	good = true;
	assert.equal((await rung.tiers()).default_tier, 'free');
});

test('an error page in place of a token never leaves the page', async () => {
	rung = new Rung({ url: fake.url, storage: store(),
		token: () => '<h1>500 Internal Server Error</h1>' });
	await assert.rejects(rung.tiers(), { code: 'no-token' });
	assert.equal(fake.requests.length, 0);
});

test('tokens that run out during the checkout are renewed', async () => {
	await rung.entitlements();
	const { session, done } = await rung.upgrade('pro', RETURN);
	fake.expireTokens();
	fake.pay(session.id);
	assert.equal((await done).phase, 'completed');
	await rung.entitlements();
	assert.equal(rung.state.view.tier, 'pro');
});

test('a problem becomes a RungError with its parts', async () => {
	const error = await rung.preview('gold').catch((one) => one);
	assert.ok(error instanceof RungError);
	assert.equal(error.code, 'unknown-tier');
	assert.equal(error.status, 422);
	assert.equal(error.detail, 'The fake says unknown-tier.');
	assert.equal(error.problem.type, 'urn:rung:problem:unknown-tier');
});

test('an error that is not ours names the status', async () => {
	fake.fail(/tiers/, 508, { body: '<html>Resource limit',
		headers: { 'Content-Type': 'text/html' } });
	await assert.rejects(rung.tiers(), { code: 'http-508', status: 508 });
});

test('after a preview the click shows its effect without an answer',
    async () => {
	await rung.entitlements();
	await rung.preview({ tier: 'pro' });
	const started = rung.upgrade({ tier: 'pro' }, RETURN);
	assert.equal(rung.state.phase, 'starting');
	assert.equal(rung.state.optimistic, true);
	assert.equal(rung.state.view.tier, 'pro');
	assert.equal(rung.state.committed.tier, 'free');
	await started;
});

test('a preview of an older holding is not used for the click', async () => {
	await rung.preview('pro');
	const { session } = await rung.upgrade('enterprise', RETURN);
	await rung.cancel(session.id);
	const started = rung.upgrade('pro', RETURN);
	assert.equal(rung.state.optimistic, false);
	assert.equal(rung.state.view.tier, 'free');
	await started;
	assert.equal(rung.state.view.tier, 'pro');
});

test('without a preview the answer to the start is shown', async () => {
	await rung.upgrade('pro', RETURN);
	assert.equal(rung.state.phase, 'pending');
	assert.equal(rung.state.view.optimistic, true);
});

test('the payment confirms the view within a long poll', async () => {
	const { session, done } = await rung.upgrade('pro', RETURN);
	await waits();
	const reads = fake.count(READ);
	const paid = Date.now();
	fake.pay(session.id);
	const state = await done;
	assert.equal(state.phase, 'completed');
	assert.equal(state.optimistic, false);
	assert.equal(state.view.tier, 'pro');
	assert.ok(Date.now() - paid < 1000);
	assert.equal(fake.count(READ), reads + 1, 'one for the session');
});

test('a failed session rolls back to exactly what was there', async () => {
	const held = await rung.entitlements();
	const { session, done } = await rung.upgrade('pro', RETURN);
	const states = history();
	fake.change(session.id, { status: 'failed', reason: 'provider_error' });
	const state = await done;
	assert.equal(state.phase, 'rolled-back');
	assert.equal(state.reason, 'provider_error');
	const strip = ({ version, updated_at, limits, ...rest }) => rest;
	assert.deepEqual(strip(state.view), strip(held));
	assert.equal(states.filter((one) => one.phase === 'rolled-back').length,
	    1, 'one event');
});

test('a start that is refused rolls back to the very same view', async () => {
	await rung.preview('pro');
	const held = rung.state.view;
	fake.fail(/POST \/v1\/upgrades$/, 422,
	    { body: '{"code":"url-not-allowed","status":422}' });
	await assert.rejects(rung.upgrade('pro', RETURN),
	    { code: 'url-not-allowed' });
	assert.equal(rung.state.view, held);
	assert.equal(rung.state.reason, 'url-not-allowed');
});

test('a declined card rolls back at once and forward again', async () => {
	const { session, done } = await rung.upgrade('pro', RETURN);
	fake.decline(session.id);
	const back = await until((state) => state.phase === 'rolled-back');
	assert.equal(back.reason, 'declined');
	assert.equal(back.view.tier, 'free');
	fake.change(session.id, { payment_status: 'processing' });
	const again = await until((state) => state.phase === 'pending');
	assert.equal(again.view.tier, 'pro');
	fake.pay(session.id);
	assert.equal((await done).phase, 'completed');
});

test('cancelling rolls back and ends the wait', async () => {
	const { session, done } = await rung.upgrade('pro', RETURN);
	const states = history();
	await rung.cancel();
	await met(() => states.length > 1);
	assert.equal(rung.state.reason, 'cancelled_by_user');
	assert.equal(rung.state.view.tier, 'free');
	assert.equal((await done).session.id, session.id);
	assert.equal(states.length, 2, 'one event');
});

test('one click is one start, however often it is sent', async () => {
	fake.fail(/POST \/v1\/upgrades$/, 503, { headers: { 'Retry-After': '0' } });
	fake.fail(/POST \/v1\/upgrades$/, 409, { headers: { 'Retry-After': '0' },
		body: '{"code":"idempotency-in-progress"}' });
	const { resumed } = await rung.upgrade('pro', RETURN);
	const keys = fake.requests.filter((one) => /POST/.test(one.line))
	    .map((one) => one.headers['idempotency-key']);
	assert.equal(keys.length, 3);
	assert.equal(new Set(keys).size, 1);
	assert.ok(keys[0].length >= 20);
	assert.equal(resumed, false);
});

test('a click after a lost answer repeats the key of the first', async () => {
	fake.fail(/POST \/v1\/upgrades$/, 503,
	    { times: 4, headers: { 'Retry-After': '0' } });
	await assert.rejects(rung.upgrade('pro', RETURN), { status: 503 });
	assert.equal(rung.state.phase, 'rolled-back');
	await rung.upgrade('pro', RETURN);
	const keys = fake.requests.filter((one) => /POST/.test(one.line))
	    .map((one) => one.headers['idempotency-key']);
	assert.equal(keys.length, 5);
	assert.equal(new Set(keys).size, 1);
});

test('a second purchase has a key of its own', async () => {
	const first = await rung.upgrade('pro', RETURN);
	await rung.cancel();
	const second = await rung.upgrade('pro', RETURN);
	assert.notEqual(first.session.id, second.session.id);
});

test('an upgrade that is open already is taken up', async () => {
	const first = await rung.upgrade('pro', RETURN);
	const other = client({ user: first.session.user });
	let went = null;
	const second = await other.upgrade('pro', { ...RETURN,
		redirect: (url) => { went = url; } });
	assert.equal(second.resumed, true);
	assert.equal(second.session.id, first.session.id);
	assert.equal(went, second.checkout.url);
	assert.equal(other.state.view.tier, 'pro');
	other.close();
});

test('an open upgrade to another tier is shown, but not entered', async () => {
	const first = await rung.upgrade('pro', RETURN);
	const other = client({ user: first.session.user });
	let went = null;
	const { resumed } = await other.upgrade('enterprise', { ...RETURN,
		redirect: (url) => { went = url; } });
	assert.equal(resumed, true);
	assert.equal(went, null);
	assert.equal(other.state.view.tier, 'pro');
	other.close();
});

test('short polls go on until a short wait was held', async () => {
	const asked = [];
	rung = client({ fetch: listed(asked) });
	await rung.upgrade('pro', RETURN);
	await waits();
	const seconds = asked.map(({ path }) => path.match(/wait=(\d+)/)?.[1])
	    .filter(Boolean);
	// Pauses are shorter here and a second is not, so it is tried again.
	assert.deepEqual([...new Set(seconds)], ['1', '25']);
	assert.ok(fake.count(READ) > 2, 'short polls meanwhile');
	const reads = fake.count(READ);
	await new Promise((resolve) => realTimeout(resolve, 300));
	assert.equal(fake.count(READ), reads, 'none beside a trusted wait');
});

test('a host that holds waits and breaks them hides nothing', async () => {
	fake.fail(/watch/, 504, { times: 99, held: 9000 });
	const { session, done } = await rung.upgrade('pro', RETURN);
	await met(() => fake.count(WATCH) > 0);
	const paid = Date.now();
	fake.pay(session.id);
	assert.equal((await done).phase, 'completed');
	assert.ok(Date.now() - paid < 1000);
});

test('a wait that breaks is followed by a question at once', async () => {
	const asked = [];
	rung = client({ fetch: listed(asked) });
	const { session, done } = await rung.upgrade('pro', RETURN);
	await waits();
	const at = asked.length;
	const before = pauses.length;
	fake.fail(/watch/, 502, { times: 99 });
	fake.cut();
	await met(() => asked.length > at);
	assert.match(asked[at].path, /^\/v1\/upgrades/);
	assert.equal(asked[at].after, before);
	fake.pay(session.id);
	assert.equal((await done).phase, 'completed');
});

test('short polls alone do where nothing else exists', async () => {
	fake.waits = false;
	const { session, done } = await rung.upgrade('pro', RETURN);
	setTimeout(() => fake.pay(session.id), 100);
	assert.equal((await done).view.tier, 'pro');
});

test('short polls are in haste for two minutes, then slow down', async () => {
	fake.fail(/watch/, 504, { times: 999 });
	await rung.upgrade('pro', RETURN);
	const ladder = [1, 1, 2, 3, 5, 8, 13, 15, 15];
	await met(() => pauses.length >= 170 + ladder.length, 40);
	const haste = pauses.slice(0, 170);
	haste.forEach((pause) => between(pause, .7));
	between(haste.reduce((sum, pause) => sum + pause), 120);
	ladder.forEach((seconds, step) => between(pauses[170 + step], seconds));
});

test('short polls of a hidden page slow down at once', () =>
    onPage(async () => {
	document.hidden = true;
	fake.fail(/watch/, 504, { times: 999 });
	await rung.upgrade('pro', RETURN);
	await met(() => pauses.length >= 12, 20);
	// A wait that breaks has its pause too: nobody looks.
	[1, 1, 2, 3, 5, 8, 13, 15].forEach((seconds, step) =>
	    between(pauses[step], seconds));
}));

test('short polls of a page that only watches slow down at once, until an ' +
    'upgrade starts', async () => {
	fake.fail(/watch/, 504, { times: 999 });
	await rung.entitlements();
	rung.watch();
	await met(() => pauses.length >= 8, 20);
	[1, 1, 2, 3, 5, 8, 13, 15].forEach((seconds, step) =>
	    between(pauses[step], seconds));
	const end = Date.now() + pauses.at(-1) / 20;
	const slow = pauses.length;
	await rung.upgrade('pro', RETURN);
	await met(() => pauses.length > slow + 3);
	between(pauses.at(-1), .7);
	const { at } = fake.requests.find(({ line }) => READ.test(line));
	assert.ok(at < end - 100, 'the long pause was ended');
});

test('a short poll without news is answered with 304, and is no change',
    async () => {
	fake.fail(/watch/, 504, { times: 999 });
	const { session, done } = await rung.upgrade('pro', RETURN);
	await met(() => fake.count(READ) > 1);
	const states = history();
	await met(() => fake.count(READ) > 4);
	assert.equal(states.length, 1);
	const [, second] = fake.requests.filter(({ line }) => READ.test(line));
	assert.match(second.headers['if-none-match'], /^"s1\.u\d+"$/);
	fake.pay(session.id);
	assert.equal((await done).phase, 'completed');
});

test('after some polls waiting has another chance', async () => {
	const asked = [];
	rung = client({ fetch: listed(asked) });
	fake.fail(/watch/, 504, { times: 2 });
	await rung.upgrade('pro', RETURN);
	await waits();
	const first = asked.findIndex(({ path }) => /wait=1/.test(path));
	const rest = asked.slice(first + 1);
	assert.equal(rest.findIndex(({ path }) => /wait=1/.test(path)), 5);
});

test('who comes back to the page is told at once', () =>
    onPage(async (page) => {
	document.hidden = true;
	fake.fail(/watch/, 503, { times: 99 });
	const { done, session } = await rung.upgrade('pro', RETURN);
	await met(() => pauses.at(-1) > 12000, 20);
	const polls = fake.count(READ);
	fake.pay(session.id);
	const back = Date.now();
	document.hidden = false;
	page.dispatchEvent(new Event('visibilitychange'));
	await done;
	assert.equal(fake.count(READ), polls + 1);
	assert.ok(Date.now() - back < 600);
}));

test('who comes back breaks an old wait, which sleep may have broken, and no ' +
    'young one', () => onPage(async (page) => {
	await rung.entitlements();
	rung.watch();
	await met(() => fake.held.size === 1);
	const [held] = fake.held;
	page.dispatchEvent(new Event('focus'));
	await rung.tiers();
	assert.deepEqual([...fake.held], [held]);
	const { now } = Date;
	Date.now = () => now() + 11000;
	try {
		page.dispatchEvent(new Event('focus'));
	} finally {
		Date.now = now;
	}
	await met(() => fake.held.size === 1 && !fake.held.has(held));
}));

test('nobody is asked before the time that the server named, whoever comes ' +
    'back', () => onPage(async (page) => {
	fake.fail(/watch/, 503, { headers: { 'Retry-After': '2' } });
	await rung.upgrade('pro', RETURN);
	await met(() => fake.count(WATCH) === 1);
	await new Promise((resolve) => realTimeout(resolve, 200));
	const { length } = fake.requests;
	page.dispatchEvent(new Event('focus'));
	await new Promise((resolve) => realTimeout(resolve, 1000));
	assert.equal(fake.requests.length, length);
}));

for (const [name, match] of [['waits', WATCH], ['polls', READ]])
	test(`Retry-After is kept to, in ${name}`, async () => {
		fake.fail(match, 503, { headers: { 'Retry-After': '2' } });
		const { session, done } = await rung.upgrade('pro', RETURN);
		// A short poll goes out beside the first wait; it knows of nothing yet.
		await met(() => fake.faults[0].times === 0 && fake.count(READ) > 0);
		const asked = Date.now();
		fake.pay(session.id);
		await done;
		assert.ok(Date.now() - asked >= 1900, `${Date.now() - asked} ms`);
	});

test('a host that says no is not a failed upgrade', async () => {
	for (const status of [508, 503, 502, 504, 500, 0])
		fake.fail(/watch|GET \/v1\/upgrades/, status,
		    { headers: { 'Retry-After': '0' } });
	const { session, done } = await rung.upgrade('pro', RETURN);
	const states = history();
	await met(() => fake.faults.every((one) => one.times === 0));
	assert.ok(states.every((state) => state.phase === 'pending'));
	fake.pay(session.id);
	assert.equal((await done).phase, 'completed');
});

test('a wait that is over at once does not become a loop', async () => {
	fake.fail(/watch/, 204, { times: 99 });
	await rung.upgrade('pro', RETURN);
	await met(() => fake.count(WATCH) === 4);
	assert.ok(fake.count(READ) >= 15, 'short polls between');
	assert.ok(pauses.length >= 15, `${pauses.length} pauses`);
});

test('at expires_at the server is asked before the timer is believed',
    async () => {
	fake.life = 0.03;
	fake.fail(/watch/, 204, { times: 1 });
	const { done } = await rung.upgrade('pro', RETURN);
	const states = history();
	await met(() => fake.count(/GET \/v1\/upgrades\/us_/) > 0);
	const [id] = fake.requests.map((one) => one.line.match(/us_[\w-]+/))
	    .find(Boolean);
	assert.ok(states.every((state) => state.phase === 'pending'));
	fake.expire(id);
	assert.equal((await done).reason, 'expired');
});

test('when nobody answers at expires_at the timer is believed, and a later ' +
    'answer still counts', async () => {
	fake.life = 0.03;
	fake.fail(/watch/, 204, { times: 1 });
	fake.fail(/GET \/v1\/upgrades/, 503, { headers: { 'Retry-After': '1' } });
	const { session, done } = await rung.upgrade('pro', RETURN);
	const back = await until((state) => state.phase === 'rolled-back');
	assert.equal(back.reason, 'expired');
	assert.equal(back.view.tier, 'free');
	fake.pay(session.id);
	assert.equal((await done).phase, 'completed');
});

test('a version older than one shown is never shown', async () => {
	const { session, done } = await rung.upgrade('pro', RETURN);
	const old = JSON.stringify(fake.entitlements(fake.user(session.user)));
	fake.pay(session.id);
	await done;
	const { version } = rung.state.view;
	fake.fail(/entitlements/, 200, { body: old });
	assert.equal((await rung.entitlements()).version, version);
	assert.equal(rung.state.view.tier, 'pro');
});

test('a session answer that was overtaken changes nothing', async () => {
	const { session } = await rung.upgrade('pro', RETURN);
	const old = JSON.stringify(fake.answer(session));
	fake.decline(session.id);
	await until((state) => state.phase === 'rolled-back');
	fake.fail(/GET \/v1\/upgrades/, 200, { body: old });
	await rung.resume();
	assert.equal(fake.faults[0].times, 0, 'the old answer came');
	assert.equal(rung.state.phase, 'rolled-back');
	assert.equal(rung.state.view.tier, 'free');
});

test('the view of a pending upgrade yields to a newer commit', async () => {
	const { session } = await rung.upgrade('pro', RETURN);
	rung.watch();
	assert.equal(rung.state.optimistic, true);
	await waits();
	const user = fake.user(session.user);
	user.tier = 'enterprise';
	user.open = null;
	user.version++;
	fake.emit('change');
	const state = await until((one) => one.view.tier === 'enterprise');
	assert.equal(state.optimistic, false);
});

test('a page that comes back resumes with the token it kept', async () => {
	const storage = store();
	rung = client({ user: 'back', storage });
	const { session } = await rung.upgrade('pro', RETURN);
	assert.equal(storage.map.get(`rung:${session.id}`),
	    `rung_st_${session.id}`);
	rung.close();
	rung = client({ user: 'back', storage });
	const { done } = await rung.resume();
	assert.equal(minted, 0, 'the session token was enough');
	assert.equal(rung.state.view.tier, 'pro');
	fake.pay(session.id);
	assert.equal((await done).phase, 'completed');
	assert.equal(storage.map.has(`rung:${session.id}`), false);
	assert.equal(await rung.resume(), null);
});

test('a page without the kept token resumes with the user\'s', async () => {
	const storage = store();
	rung = client({ user: 'lost', storage });
	const { session } = await rung.upgrade('pro', RETURN);
	storage.map.delete(`rung:${session.id}`);
	rung.close();
	rung = client({ user: 'lost', storage });
	await rung.resume();
	assert.equal(rung.state.session.id, session.id);
	assert.equal(minted, 1);
});

test('a session of somebody else is not taken up', async () => {
	const { session } = await rung.upgrade('pro', RETURN);
	rung.close();
	const storage = store();
	storage.setItem('rung:open', session.id);
	rung = client({ user: 'mallory', storage });
	assert.equal(await rung.resume(), null);
	assert.equal(rung.state.phase, 'idle');
	assert.equal(storage.map.has('rung:open'), false);
});

test('storage that throws is replaced by memory', async () => {
	const forbidden = () => { throw new Error('forbidden'); };
	rung = client({ storage: {
		getItem: forbidden, setItem: forbidden, removeItem: forbidden,
	} });
	const { session, done } = await rung.upgrade('pro', RETURN);
	fake.pay(session.id);
	assert.equal((await done).phase, 'completed');
});

test('watch shows what others change', async () => {
	await rung.entitlements();
	const { user } = rung.state.view;
	const stop = rung.watch();
	const other = client({ user });
	const { session } = await other.upgrade('pro', RETURN);
	fake.pay(session.id);
	await until((state) => state.view.tier === 'pro');
	assert.equal(rung.state.optimistic, false);
	stop();
	other.close();
});

test('a closed client is silent', async () => {
	const { session } = await rung.upgrade('pro', RETURN);
	const states = history();
	rung.close();
	fake.pay(session.id);
	await assert.rejects(rung.upgrade('enterprise', RETURN));
	await assert.rejects(rung.entitlements());
	assert.equal(states.length, 1);
});

test('closing ends what is held at once', async () => {
	await rung.upgrade('pro', RETURN);
	await waits();
	await met(() => fake.held.size === 1);
	rung.close();
	await met(() => fake.held.size === 0, 2);
});

test('one who stops watching does not disturb the others', async () => {
	await rung.entitlements();
	const stop = rung.watch();
	rung.watch();
	await met(() => fake.held.size === 1);
	const [held] = fake.held;
	stop();
	await rung.tiers();
	assert.deepEqual([...fake.held], [held]);
});
