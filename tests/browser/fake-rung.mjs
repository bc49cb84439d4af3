// A FAKE of the server: as much of the HTTP contract as the client's own
// tests need, in memory, with faults on demand. It proves nothing about the
// real programs. Run it alone to look at the demo without a database:
//	node tests/browser/fake-rung.mjs [port]

import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { extname, join, normalize } from 'node:path';

const HTDOCS = fileURLToPath(new URL('../../htdocs/', import.meta.url));
const TYPES = {
	'.html': 'text/html; charset=utf-8', '.css': 'text/css',
	'.js': 'text/javascript', '.ts': 'text/plain', '.svg': 'image/svg+xml',
};

const TITLES = {
	'read:public': 'Read everything public',
	'write:limited': 'Write up to 100 times a day',
	'write:unlimited': 'Write without a limit',
	'export:csv': 'Export reports as CSV',
	'export:all': 'Export in every format',
	'api:unlimited': 'Use the API for everything',
	'sso:saml': 'Single sign-on by SAML',
};

function tier(id, rank, title, summary, capabilities, perDay, assets, offers) {
	return {
		id, rank, title, summary,
		capabilities: capabilities.map((name) => (
		    { id: name, description: TITLES[name] })),
		limits: { 'api:requests_per_day': {
			value: perDay, unlimited: perDay === null, per: 'day',
		} },
		assets,
		offers: offers.map(([name, amount, interval]) => ({
			provider: 'stripe', name, amount,
			currency: amount === null ? null : 'eur', interval,
		})),
	};
}

const storage = (limit) => (
    { slot: 'storage', type: 'STORAGE_QUOTA', metadata: { limit } });
const apiKey = { slot: 'api_key', type: 'API_KEY', metadata: {} };

const TIERS = [
	tier('free', 0, 'Free', 'To look around',
	    ['read:public', 'write:limited'], 100, [storage(100)], []),
	tier('pro', 10, 'Pro', 'For people who export',
	    ['read:public', 'write:unlimited', 'export:csv', 'api:unlimited'],
	    50000, [apiKey, storage(10000)],
	    [[null, 2900, 'month'], ['yearly', 29000, 'year']]),
	tier('enterprise', 20, 'Enterprise', 'For whole companies',
	    ['read:public', 'write:unlimited', 'export:csv', 'export:all',
	    'api:unlimited', 'sso:saml'], null,
	    [apiKey, { slot: 'seats', type: 'SEAT', metadata: { seats: 50 } },
	    storage('unlimited')], [[null, null, null]]),
];

const find = (id) => TIERS.find((one) => one.id === id);
const names = (of) => of.capabilities.map((one) => one.id).sort();

function delta(from, to) {
	const limit = (of) => {
		const { value, unlimited } = of.limits['api:requests_per_day'];
		return unlimited ? 'unlimited' : value;
	};
	const has = (of, slot) => of.assets.some((one) => one.slot === slot);
	const not = (a, b) => a.assets.filter((one) => !has(b, one.slot))
	    .map(({ slot, type }) => ({ slot, type }));
	return {
		capabilities: {
			gain: names(to).filter((one) => !names(from).includes(one)),
			lose: names(from).filter((one) => !names(to).includes(one)),
		},
		limits: { 'api:requests_per_day': {
			from: limit(from), to: limit(to),
		} },
		assets: {
			provision: not(to, from), revoke: not(from, to),
			change: [{ slot: 'storage', type: 'STORAGE_QUOTA' }],
		},
		over_limit: [],
	};
}

class Fake extends EventEmitter {
	users = new Map();
	sessions = new Map();
	starts = new Map();
	tokens = new Map();
	requests = [];
	faults = [];
	life = 3600;
	late = 5000;		// of an event; 0: it does not come by itself
	waits = true;
	stream = 'off';		// or bounded, unbounded; tickets say so
	down = false;		// nobody gets through
	mute = false;		// streams open, but nothing comes through
	pages = new Map();	// of a test's own, by path: [type, text]
	held = new Set();	// the responses that wait or stream now
	streams = new Map();	// of those, the streams and their users

	/**
	 * The next `times` matching requests get this answer instead, after
	 * `held` milliseconds in which nothing that happens gets through.
	 */
	fail(match, status,
	    { times = 1, headers = {}, body = null, held = 0 } = {}) {
		this.faults.push({ match, status, times, headers, body, held });
	}

	count(match) {
		return this.requests.filter((one) => match.test(one.line)).length;
	}

	token(user) {
		const token = `rung_ct_${randomUUID()}`;
		this.tokens.set(token, user);
		return token;
	}

	expireTokens() {
		this.tokens.clear();
	}

	user(id) {
		if (!this.users.has(id))
			this.users.set(id, { id, version: 0, tier: 'free', open: null,
				updated_at: null });
		return this.users.get(id);
	}

	entitlements(user, as = user.tier, optimistic = false) {
		const now = find(as);
		return {
			user: user.id, tier: as, quantity: 1, version: user.version,
			status: as === 'free' ? 'default' : 'active',
			livemode: false, updated_at: user.updated_at,
			valid_until: null, renews_at: null, ends_at: null,
			trial_ends_at: null, grace_ends_at: null,
			capabilities: names(now),
			limits: Object.fromEntries(Object.entries(now.limits).map(
			    ([name, { value, unlimited, per }]) => [name, {
				value, unlimited, per, used: 12,
				remaining: unlimited ? null : value - 12,
				resets_at: `${new Date().toISOString().slice(0, 10)}T23:59:59Z`,
			}])),
			assets: now.assets.map((one) => ({
				id: `as_${one.slot}`, ...one, status:
				    one.type === 'API_KEY' ? 'PENDING' : 'PROVISIONED',
			})),
			session: this.sessions.get(user.open) ?? null,
			matrix_version: 3,
			...(optimistic ? { optimistic: true } : {}),
		};
	}

	answer(session) {
		const user = this.user(session.user);
		const open = session.status === 'pending';
		return {
			session,
			checkout: open ? {
				provider: 'stripe',
				url: `${this.url}/sandbox/checkout/${session.id}`,
			} : null,
			entitlements: this.entitlements(user),
			optimistic: open ? this.entitlements(user,
			    session.target_tier, true) : null,
		};
	}

	change(id, change) {
		const session = { ...this.sessions.get(id), ...change };
		const user = this.user(session.user);
		session.version++;
		user.version++;
		user.updated_at = new Date().toISOString();
		if (session.status !== 'pending')
			user.open = null;
		if (session.status === 'completed')
			user.tier = session.target_tier;
		this.sessions.set(id, session);
		this.emit('change');
		this.announce(user, session);
	}

	/** What a stream says of a change: that there was one. */
	announce(user, session) {
		for (const [res, of] of this.streams) {
			if (of !== user.id)
				continue;
			this.say(res, user, { type: 'refetchEvaluation',
				etag: `"u${user.version}.e1"`, lastModified: 0 });
			if (session)
				this.say(res, user, { type: 'session', session: session.id,
					version: session.version, status: session.status });
		}
	}

	say(res, user, data) {
		if (!this.mute)
			res.write(`id: ${user.version}\nevent: message\n` +
			    `data: ${JSON.stringify(data)}\n\n`);
	}

	/** Whatever waits or streams is cut. */
	cut() {
		for (const res of this.held)
			res.destroy();
	}

	/** And nothing new gets through. */
	goDown() {
		this.down = true;
		this.cut();
	}

	/** Ends every stream, politely or not. */
	hangUp(bye = true) {
		for (const [res, user] of this.streams) {
			if (bye)
				this.say(res, this.user(user), { type: 'bye' });
			res.end();
		}
	}

	ticket(user) {
		if (this.stream === 'off')
			return [200, { stream: 'off', ticket: null, url: null,
			    expires_at: null }];
		const ticket = `rung_tk_${randomUUID()}`;
		this.tokens.set(ticket, user);
		return [200, { stream: this.stream, ticket,
		    url: `/v1/events?ticket=${ticket}`,
		    expires_at: new Date(Date.now() + 900000).toISOString() }];
	}

	events(url, res) {
		const user = this.tokens.get(url.searchParams.get('ticket'));
		if (!user || this.stream === 'off') {
			res.writeHead(user ? 204 : 401);
			return res.end();
		}
		res.writeHead(200, { 'Content-Type': 'text/event-stream',
			'Cache-Control': 'no-store, no-transform' });
		this.hold(res);
		this.streams.set(res, user);
		res.on('close', () => this.streams.delete(res));
		if (!this.mute)
			res.write(`retry: 3000\n: ${'.'.repeat(8192)}\n\n`);
		const me = this.user(user);
		return this.say(res, me, { type: 'hello', version: me.version });
	}

	/** Counts a response for as long as it is open. */
	hold(res) {
		this.held.add(res);
		this.most = Math.max(this.most ?? 0, this.held.size);
		res.on('close', () => this.held.delete(res));
	}

	pay(id) {
		if (this.sessions.get(id).status === 'pending')
			this.change(id, { status: 'completed', payment_status: 'paid' });
	}

	decline(id) {
		this.change(id, { payment_status: 'failed' });
	}

	expire(id) {
		this.change(id, { status: 'expired', reason: 'expired' });
	}

	start(user, wish) {
		const from = find(user.tier);
		const to = find(wish.target_tier);
		const id = `us_${randomUUID()}`;
		const now = Date.now();
		const session = {
			id, user: user.id, from_tier: from.id, target_tier: to.id,
			quantity: 1, status: 'pending', payment_status: 'unpaid',
			livemode: false, version: 1, reason: null,
			created_at: new Date(now).toISOString(),
			expires_at: new Date(now + this.life * 1000).toISOString(),
			delta: delta(from, to),
		};
		this.sessions.set(id, session);
		this.returns ??= new Map();
		this.returns.set(id, wish.checkout);
		user.open = id;
		user.version++;
		user.updated_at = session.created_at;
		this.tokens.set(`rung_st_${id}`, user.id);
		return { ...this.answer(session), token: `rung_st_${id}` };
	}

	/** Answers [status, body, headers]. */
	async api(method, url, headers, body, res) {
		const path = url.pathname;
		const user = this.tokens.get(headers['x-api-key']);
		if (!user)
			return problem(401, 'bad-credential');
		const me = this.user(user);
		if (path === '/v1/tiers')
			return [200, { matrix_version: 3, default_tier: 'free',
			    livemode: false, tiers: TIERS, addons: [] }];
		if (path === '/v1/users/me/entitlements')
			return tagged(headers, `"u${me.version}"`, this.entitlements(me));
		if (path.startsWith('/v1/users/me/can/'))
			return [200, { allowed: this.entitlements(me).capabilities
			    .includes(path.split('/').pop()) }];
		if (path === '/v1/events')
			return this.ticket(user);
		if (path === '/v1/watch/users/me')
			return this.wait(url, res, () => me.version,
			    () => this.entitlements(me));
		if (path === '/v1/upgrades/preview' || path === '/v1/upgrades') {
			const wish = JSON.parse(body);
			const to = find(wish.target_tier);
			if (!to)
				return problem(422, 'unknown-tier');
			if (me.tier === to.id)
				return problem(422, 'already-on-tier');
			if (path.endsWith('preview'))
				return [200, {
					delta: delta(find(me.tier), to),
					entitlements: this.entitlements(me),
					optimistic: this.entitlements(me, to.id, true),
					charge: { now: to.offers[0]?.amount ? {
						amount: to.offers[0].amount, currency: 'eur',
					} : null, next: null, source: 'estimate' },
				}];
			return this.begin(me, wish, headers['idempotency-key'], body);
		}
		const parts = path.match(
		    /^\/v1\/(watch\/)?upgrades\/([^/]+)(\/cancel)?$/);
		const session = this.sessions.get(parts?.[2]);
		if (session?.user !== user)
			return problem(404, session ? 'wrong-user' : 'unknown-session');
		const { id } = session;
		if (parts[3] && session.status === 'pending')
			this.change(id, {
				status: 'cancelled', reason: 'cancelled_by_user',
			});
		if (parts[1])
			return this.wait(url, res, () => this.sessions.get(id).version,
			    () => this.answer(this.sessions.get(id)));
		return tagged(headers, `"s${this.sessions.get(id).version}.` +
		    `u${me.version}"`, this.answer(this.sessions.get(id)));
	}

	begin(me, wish, key, body) {
		if (!key)
			return problem(400, 'idempotency-key-missing');
		const done = this.starts.get(`${me.id} ${key}`);
		if (done)
			return done.body === body ?
			    [201, done.answer, { 'Idempotent-Replayed': 'true' }] :
			    problem(422, 'idempotency-mismatch');
		if (me.open)
			return problem(409, 'upgrade-in-progress',
			    { session: this.sessions.get(me.open) });
		const answer = this.start(me, wish);
		this.starts.set(`${me.id} ${key}`, { body, answer });
		return [201, answer];
	}

	async wait(url, res, version, answer) {
		if (!this.waits)
			return problem(404, 'unknown-path');
		this.hold(res);
		const since = Number(url.searchParams.get('since'));
		const until = Date.now() + url.searchParams.get('wait') * 1000;
		while (version() <= since && Date.now() < until && !this.closed &&
		    !res.destroyed)
			await new Promise((resolve) => {
				const end = () => {
					clearTimeout(timer);
					this.off('change', end);
					res.off('close', end);
					resolve();
				};
				const timer = setTimeout(end, until - Date.now());
				this.on('change', end);
				res.on('close', end);
			});
		return version() > since ? [200, answer()] : [204, null];
	}

	async sandbox(method, url, body, res) {
		if (url.pathname === '/sandbox/token') {
			res.writeHead(200, { 'Content-Type': 'text/plain' });
			return res.end(this.token(url.searchParams.get('user')));
		}
		const id = url.pathname.split('/').pop();
		const { success_url: success, cancel_url: cancel } =
		    this.returns.get(id);
		const back = (to) => {
			const page = new URL(to);
			page.searchParams.set('rung_session', id);
			return page.href;
		};
		const action = new URLSearchParams(body).get('action');
		if (method === 'POST' && action !== 'decline') {
			if (action !== 'late')
				this.pay(id);
			else if (this.late)
				setTimeout(() => this.pay(id), this.late);
			res.writeHead(303, { Location: back(success) });
			return res.end();
		}
		if (action === 'decline')
			this.decline(id);
		res.writeHead(200, { 'Content-Type': 'text/html' });
		return res.end(`<!doctype html><title>Fake checkout</title>
			<h1>Fake checkout</h1>${action ? '<p>declined' : ''}
			<form method="post">${['pay', 'decline', 'late', 'twice'].map(
			    (one) => `<button name="action" value="${one}">${one}</button>`
			).join(' ')}</form><a href="${back(cancel)}">Back</a>`);
	}

	async handle(req, res) {
		if (this.down)
			return req.socket.destroy();
		const url = new URL(req.url, this.url);
		const chunks = [];
		for await (const chunk of req)
			chunks.push(chunk);
		const body = Buffer.concat(chunks).toString();
		const line = `${req.method} ${req.url}`;
		this.requests.push({ line, headers: req.headers, body,
			at: Date.now() });
		const fault = this.faults.find((one) => one.times > 0 &&
		    one.match.test(line));
		if (fault) {
			fault.times--;
			if (fault.held)
				await new Promise((resolve) => {
					const timer = setTimeout(resolve, fault.held);
					res.on('close', () => resolve(clearTimeout(timer)));
				});
			if (fault.status === 0)
				return req.socket.destroy();
			res.writeHead(fault.status, { 'Content-Type':
			    'application/problem+json', ...fault.headers });
			return res.end(fault.body ?? '');
		}
		if (url.pathname.startsWith('/sandbox/'))
			return this.sandbox(req.method, url, body, res);
		if (req.method === 'GET' && url.pathname === '/v1/events')
			return this.events(url, res);
		if (url.pathname.startsWith('/v1/')) {
			const [status, answer, more] = await this.api(req.method, url,
			    req.headers, body, res);
			res.writeHead(status, { 'Content-Type': status < 400 ?
			    'application/json' : 'application/problem+json', ...more });
			return res.end(answer ? JSON.stringify(answer) : '');
		}
		return this.file(url.pathname, res);
	}

	async file(path, res) {
		if (this.pages.has(path)) {
			const [type, text] = this.pages.get(path);
			res.writeHead(200, { 'Content-Type': type });
			return res.end(text);
		}
		const name = join(HTDOCS, normalize(path),
		    path.endsWith('/') ? 'index.html' : '');
		try {
			const bytes = await readFile(name);
			res.writeHead(200, { 'Content-Type':
			    TYPES[extname(name)] ?? 'application/octet-stream' });
			return res.end(bytes);
		} catch {
			res.writeHead(404);
			return res.end();
		}
	}

	close() {
		this.closed = true;
		this.emit('change');
		this.server.closeAllConnections?.();
		return new Promise((resolve) => this.server.close(resolve));
	}
}

// Whoever names the tag has the answer already.
function tagged(headers, tag, answer) {
	return headers['if-none-match'] === tag ? [304, null, { ETag: tag }] :
	    [200, answer, { ETag: tag }];
}

function problem(status, code, more = {}) {
	return [status, {
		type: `urn:rung:problem:${code}`, title: `About ${code}`, status,
		detail: `The fake says ${code}.`, code, ...more,
	}];
}

export async function fakeRung({ port = 0 } = {}) {
	const fake = new Fake();
	fake.setMaxListeners(0);
	fake.server = createServer((req, res) => fake.handle(req, res).catch(
	    (error) => res.writeHead(500).end(String(error))));
	await new Promise((resolve) => fake.server.listen(port, '127.0.0.1',
	    resolve));
	fake.url = `http://127.0.0.1:${fake.server.address().port}`;
	return fake;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const { url } = await fakeRung({ port: Number(process.argv[2] ?? 8099) });
	console.log(`fake ready ${url}/demo/`);
}
