// rung.js: sell an upgrade from a web page. It shows what the buyer will have
// at once, waits for the server's word, and confirms or takes it back. The
// server alone decides what is allowed; this only decides what is shown.

// Seconds between two questions while nothing happens.
const PACE = [1, 1, 2, 3, 5, 8, 13, 15];
const ME = '/v1/users/me/entitlements';

export class RungError extends Error {
	constructor(code, status, detail, problem = null, retryAfter = null) {
		super(`${code}: ${detail}`);
		Object.assign(this, { code, status, detail, problem, retryAfter });
	}
}

// Busy or out of reach, as shared hosts often are: says nothing about the
// upgrade.
function isBusy({ status, code }) {
	return [0, 408, 429].includes(status) || status >= 500 ||
	    code === 'idempotency-in-progress';
}

// True if the buyer came back to the page, which ends a pause unless the
// server asked for it. Chance keeps pages from asking in step.
function rest(step, asked, signal) {
	return new Promise((resolve) => {
		const over = new AbortController();
		const end = (event) => {
			clearTimeout(timer);
			over.abort();
			resolve(Boolean(event));
		};
		const timer = setTimeout(end, asked ??
		    (PACE[step] ?? 15) * (800 + Math.random() * 400));
		signal.addEventListener('abort', end, { signal: over.signal });
		if (asked === null)
			for (const type of ['focus', 'pageshow', 'online'])
				globalThis.addEventListener?.(type, end,
				    { signal: over.signal });
	});
}

// Storage can be missing, full or forbidden; then this page remembers alone.
function usable(storage) {
	try {
		storage ??= globalThis.sessionStorage;
		storage.setItem('rung:', '');
		return storage;
	} catch {
		const kept = new Map();
		return {
			getItem: (name) => kept.get(name),
			setItem: (name, value) => kept.set(name, value),
			removeItem: (name) => kept.delete(name),
		};
	}
}

function wanted(wish) {
	const { tier, ...others } =
	    typeof wish === 'string' ? { tier: wish } : wish;
	return { target_tier: tier, ...others };
}

function here() {
	const url = new URL(globalThis.location);
	url.searchParams.delete('rung_session');
	return url.href;
}

export class Rung extends EventTarget {
	#url;
	#fetch;
	#storage;
	#askToken;
	#token = null;		// a promise, so that many requests ask once
	#previews = new Map();
	#keys = new Map();
	#followed = null;
	#life = new AbortController();
	state = {
		phase: 'idle', view: null, optimistic: false, committed: null,
		imagined: null, session: null, checkout: null, reason: null,
		error: null,
	};

	constructor({ url, token, fetch, storage }) {
		super();
		this.#url = url.replace(/\/+$/, '');
		this.#askToken = token;
		this.#fetch = fetch ?? ((...args) => globalThis.fetch(...args));
		this.#storage = usable(storage);
	}

	subscribe(listener) {
		const tell = () => listener(this.state);
		this.addEventListener('change', tell);
		tell();
		return () => this.removeEventListener('change', tell);
	}

	close() {
		this.#life.abort();
	}

	async tiers() {
		return (await this.#call('/v1/tiers')).data;
	}

	async entitlements() {
		this.#show({}, (await this.#call(ME)).data);
		return this.state.committed;
	}

	// Remembered, so that the click on "buy" needs no server to be shown.
	async preview(wish) {
		const body = JSON.stringify(wanted(wish));
		const { data } = await this.#call('/v1/upgrades/preview', { body });
		this.#previews.set(body, data);
		this.#show({}, data.entitlements);
		return data;
	}

	async upgrade(wish, { successUrl = here(), cancelUrl = successUrl,
	    provider = 'stripe', redirect = true } = {}) {
		const wants = wanted(wish);
		const known = this.#previews.get(JSON.stringify(wants));
		const body = JSON.stringify({ ...wants, checkout: {
			provider, success_url: successUrl, cancel_url: cancelUrl,
		} });
		// A start without a clear answer may have happened: the next click
		// repeats its key. Plain http pages have no randomUUID.
		const key = this.#keys.get(body) ?? crypto.randomUUID?.() ??
		    crypto.getRandomValues(new Uint32Array(4)).join('-');
		this.#keys.set(body, key);
		this.#show({
			phase: 'starting', session: null, checkout: null,
			imagined: known?.entitlements.version ===
			    this.state.committed?.version ? known?.optimistic : null,
			reason: null, error: null,
		});
		let answer;
		let resumed = false;
		try {
			answer = await this.#patiently('/v1/upgrades', { body, key })
			    .catch((error) => {
				if (!isBusy(error))
					this.#keys.delete(body);
				resumed = error.code === 'upgrade-in-progress';
				if (resumed)
					return this.#read(error.problem.session.id);
				throw error;
			});
		} catch (error) {
			this.#rollBack(error);
			throw error;
		}
		this.#keys.delete(body);
		const { session, checkout } = answer;
		// An open checkout of another tier is shown, not entered.
		const leave = redirect && checkout &&
		    (session.target_tier ?? undefined) === wants.target_tier;
		const upgrade = this.#follow(answer, leave);
		if (leave && typeof redirect === 'function')
			redirect(checkout.url);
		else if (leave)
			globalThis.location.assign(checkout.url);
		return { ...upgrade, resumed };
	}

	// Takes up the session of a buyer who comes back from the checkout, or
	// who reloaded the page. Null if there is none.
	async resume() {
		const page = new URL(globalThis.location ?? this.#url);
		let id = page.searchParams.get('rung_session');
		if (id) {
			this.#storage.setItem('rung:open', id);
			history.replaceState(history.state, '', here());
		}
		id ??= this.#storage.getItem('rung:open');
		try {
			return id ? this.#follow(await this.#read(id)) : null;
		} catch (error) {
			if (![403, 404, 410].includes(error.status))
				throw error;
			this.#forget(id);
			return null;
		}
	}

	async cancel(id = this.state.session?.id) {
		const { data } = await this.#call(`/v1/upgrades/${id}/cancel`,
		    { body: '{}' });
		this.#take(data);
		return data.session;
	}

	// Follows everything that changes for this user, whoever caused it.
	watch() {
		const stop = new AbortController();
		this.#listen({
			read: ME,
			wait: '/v1/watch/users/me',
			stop,
			version: () => this.state.committed?.version,
			take: (doc) => this.#show({}, doc),
			lost: (error) => this.#show({ error }),
		});
		return () => stop.abort();
	}

	#read(id) {
		return this.#patiently(`/v1/upgrades/${encodeURIComponent(id)}`,
		    { session: id });
	}

	#follow(answer, leaving) {
		const { session, checkout, token } = answer;
		const { id } = session;
		this.#storage.setItem('rung:open', id);
		if (token)
			this.#storage.setItem(`rung:${id}`, token);
		this.#take(answer);
		if (this.#followed?.id !== id) {
			this.#followed?.stop.abort();
			const stop = new AbortController();
			const done = this.#untilFinal(session, stop, leaving);
			this.#followed = { id, stop, done };
		}
		return { session, checkout, done: this.#followed.done };
	}

	async #untilFinal(session, stop, leaving) {
		const { id } = session;
		// A page that leaves should not hold a waiting place.
		if (leaving)
			await rest(3, null, stop.signal);
		if (session.status === 'pending')
			await this.#listen({
				read: `/v1/upgrades/${id}`,
				wait: `/v1/watch/upgrades/${id}`,
				session: id,
				stop,
				version: () => session.version,
				deadline: () => Date.parse(session.expires_at),
				take: (answer) => {
					if (answer.session.version > session.version)
						session = answer.session;
					this.#take(answer);
					return session.status !== 'pending';
				},
				lost: (error) => this.#rollBack(error),
			});
		return this.state;
	}

	// Waits for news by long poll, or by asking now and then where long
	// polls do not get through, until take() says that this was the last.
	async #listen({ read, wait, session, stop, version, take, lost,
	    deadline }) {
		const signal = AbortSignal.any([stop.signal, this.#life.signal]);
		let seconds = 25;
		let failures = 0;
		let step = 0;
		let polls = 0;
		let asked = false;
		while (!signal.aborted) {
			// A tab that slept wakes up past the deadline, and its clock
			// may be wrong: the server is asked before it is believed.
			const overdue = !asked && Date.now() > deadline?.();
			const since = version();
			const long = since >= 0 && failures < 2 && !overdue;
			const began = Date.now();
			let idle = true;
			let pause;
			asked ||= overdue;
			try {
				const answer = await this.#call(long ?
				    `${wait}?since=${since}&wait=${seconds}` : read,
				    { session, signal, limit: long ? seconds + 10 : 15 });
				if (signal.aborted || (answer.data && take(answer.data)))
					return;
				pause = answer.retryAfter;
				if (version() !== since)
					step = 0;
				// A wait that is over at once without news means a
				// server that cannot wait now.
				idle = !long || (version() === since &&
				    Date.now() - began < 1000);
				// After every fifth poll waiting has another chance.
				failures = long ? 0 : ++polls % 5 ? failures : 1;
			} catch (error) {
				if (signal.aborted)
					return;
				const over = !long && !isBusy(error);
				if (overdue)
					error.code = 'expired';
				if (over || overdue)
					lost(error);
				if (over)
					return;
				pause = error.retryAfter;
				failures++;
				// A proxy may cut long answers; shorter ones may pass.
				seconds = Math.ceil(seconds / 2);
			}
			if ((idle || pause !== null) && await rest(step++, pause, signal))
				step = 0;
		}
	}

	#take({ session, checkout = null, entitlements, optimistic = null }) {
		const { session: last } = this.state;
		// Answers may overtake each other on the way, and final is final.
		if (last?.id === session.id && (session.version < last.version ||
		    last.status !== 'pending'))
			return;
		const { status } = session;
		const open = status === 'pending';
		const declined = open && session.payment_status === 'failed';
		const good = status === 'completed' || (open && !declined);
		if (!open)
			this.#forget(session.id);
		this.#show({
			phase: good ? status : 'rolled-back', session, checkout,
			imagined: optimistic, error: null,
			reason: good ? null :
			    session.reason ?? (declined ? 'declined' : status),
		}, entitlements);
	}

	#rollBack(error) {
		this.#show({ phase: 'rolled-back', reason: error.code, error });
	}

	#show(change, doc) {
		const next = { ...this.state, ...change };
		const { committed: old, imagined, phase } = next;
		// Nothing older than what was shown is ever shown.
		if (doc && !(old?.user === doc.user && doc.version < old.version))
			next.committed = doc;
		const { committed } = next;
		const overtaken = committed && !committed.session &&
		    imagined?.version < committed.version;
		next.optimistic = Boolean(imagined) && (phase === 'starting' ||
		    (phase === 'pending' && !overtaken));
		next.view = next.optimistic ? imagined : committed;
		if (this.#life.signal.aborted)
			return;
		this.state = Object.freeze(next);
		this.dispatchEvent(new Event('change'));
	}

	#forget(id) {
		this.#storage.removeItem(`rung:${id}`);
		if (this.#storage.getItem('rung:open') === id)
			this.#storage.removeItem('rung:open');
	}

	#credential() {
		return this.#token ??= Promise.resolve().then(this.#askToken)
		    .then((answer) => {
			const token = String(answer).trim();
			// An error page of the seller's is not a token.
			if (!/^[\w-]+$/.test(token))
				throw new Error('the answer is not a token');
			return token;
		}).catch((error) => {
			this.#token = null;
			throw new RungError('no-token', 0, error.message);
		});
	}

	// A few tries; with the same key the server makes them one.
	async #patiently(path, options) {
		for (let step = 0; ; step++) {
			try {
				return (await this.#call(path, options)).data;
			} catch (error) {
				if (!isBusy(error) || step === 3)
					throw error;
				await rest(step, error.retryAfter, this.#life.signal);
			}
		}
	}

	async #call(path, options = {}) {
		const mine = `rung:${options.session}`;
		for (let renewed = false; ; ) {
			const own = this.#storage.getItem(mine);
			const asked = own || this.#credential();
			const answer = await this.#send(path, await asked, options);
			const { status, data, retryAfter } = answer;
			if (status < 400)
				return answer;
			if (status !== 401 || renewed)
				throw new RungError(data?.code ?? `http-${status}`, status,
				    data?.detail ?? data?.title ?? 'no details', data,
				    retryAfter);
			// When a session's own token is over, the user's may do.
			if (own)
				this.#storage.removeItem(mine);
			else
				renewed = true;
			if (this.#token === asked)
				this.#token = null;
		}
	}

	async #send(path, token, { body, key, signal, limit = 15 }) {
		// Stock Apache drops Authorization before a CGI program sees it.
		const headers = { 'X-API-Key': token };
		if (body)
			headers['Content-Type'] = 'application/json';
		if (key)
			headers['Idempotency-Key'] = key;
		try {
			// no-store: "me" is somebody else after another login.
			const response = await this.#fetch(this.#url + path, {
				method: body ? 'POST' : 'GET', headers, body,
				cache: 'no-store',
				signal: AbortSignal.any([signal ?? this.#life.signal,
				    AbortSignal.timeout(limit * 1000)]),
			});
			const text = await response.text();
			const json = /json/.test(response.headers.get('Content-Type'));
			const after = response.headers.get('Retry-After');
			return {
				status: response.status,
				data: text && json ? JSON.parse(text) : null,
				retryAfter: after && Math.max(0, after * 1000 ||
				    Date.parse(after) - Date.now()),
			};
		} catch (error) {
			throw new RungError('network', 0, error.message);
		}
	}
}
