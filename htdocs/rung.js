// rung.js: sell an upgrade from a web page. It shows what the buyer will have
// at once, waits for the server's word, and confirms or takes it back. The
// server alone decides what is allowed; this only decides what is shown.

// Seconds between two questions while nothing happens.
const PACE = [1, 1, 2, 3, 5, 8, 13, 15];
const ME = '/v1/users/me/entitlements';
// The buyer may be back, or the network.
const BACK = ['focus', 'pageshow', 'online', 'visibilitychange', 'resume'];

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

const undone = (error) => (
    { phase: 'rolled-back', reason: error.code, error });

const isOpen = (session) => session?.status === 'pending';

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
	// A promise, so that many requests ask once.
	#token = null;
	#previews = new Map();
	#keys = new Map();
	#life = new AbortController();
	// Aborted, it ends the present pause or long poll.
	#stir = new AbortController();
	#watchers = 0;
	#running = false;
	// A channel to the browser's other tabs; what this tab has while it
	// leads them or stands by; whether it leads.
	#tabs = null;
	#seat = null;
	#leads = false;
	// Whether there is a stream, and the newest version that it named.
	#hears = false;
	#told = 0;
	// Ask at once; and since when the present long poll waits.
	#look = false;
	#began = 0;
	transport = null;
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
			this.#show(undone(error));
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

	// Takes up the session of a buyer who comes back from the checkout, who
	// reloaded the page, or who has one open elsewhere. Null if there is none.
	async resume() {
		const page = new URL(globalThis.location ?? this.#url);
		let id = page.searchParams.get('rung_session');
		if (id) {
			this.#storage.setItem('rung:open', id);
			history.replaceState(history.state, '', here());
		}
		id ??= this.#storage.getItem('rung:open');
		try {
			if (id)
				return this.#follow(await this.#read(id));
		} catch (error) {
			if (![403, 404, 410].includes(error.status))
				throw error;
			this.#forget(id);
		}
		const doc = await this.#patiently(ME);
		if (doc.session)
			return this.#follow(await this.#read(doc.session.id));
		this.#show({}, doc);
		return null;
	}

	async cancel(id = this.state.session?.id) {
		const { data } = await this.#call(`/v1/upgrades/${id}/cancel`,
		    { body: '{}' });
		this.#take(data);
		return data.session;
	}

	// Follows everything that changes for this user, whoever caused it.
	watch() {
		let one = 1;
		this.#watchers++;
		this.#run();
		return () => {
			this.#watchers -= one;
			one = 0;
			this.#ring();
		};
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
		this.#tabs?.postMessage({ ...answer, token: null });
		this.#run(leaving);
		const done = new Promise((resolve) => {
			const look = () => {
				const { session: now } = this.state;
				if (!this.#running || (now && (now.id !== id || !isOpen(now))))
					resolve(this.state);
			};
			this.addEventListener('change', look);
			this.addEventListener('end', look);
			look();
		});
		return { session, checkout, done };
	}

	#needed() {
		return this.#running && !this.#life.signal.aborted &&
		    (this.#watchers > 0 || isOpen(this.state.session));
	}

	// One loop does all the waiting of a page, while there is something to
	// wait for. Of a browser's tabs one leads and asks the server; the
	// others hear it from that one.
	async #run(leaving) {
		if (this.#running)
			return;
		this.#running = true;
		const over = new AbortController();
		const back = () => {
			if (globalThis.document?.hidden)
				return;
			this.#look = true;
			// A young wait is still good; an old one may have been broken
			// by sleep without a word.
			if (this.#began < Date.now() - 10000)
				this.#ring();
		};
		for (const type of BACK)
			globalThis.addEventListener?.(type, back,
			    { signal: over.signal });
		if (globalThis.navigator?.locks) {
			this.#tabs = new BroadcastChannel(`rung ${this.#url}`);
			this.#tabs.onmessage = ({ data }) => this.#hear(data, 1);
		}
		// A page that leaves should not hold a waiting place.
		if (leaving)
			await this.#pause(2);
		const pace = { seconds: 25, failures: 0, step: 0, polls: 0 };
		while (this.#needed())
			await this.#turn(pace);
		over.abort();
		this.#tabs?.close();
		this.#running = false;
		this.#elect(false);
		this.dispatchEvent(new Event('end'));
	}

	async #turn(pace) {
		const { committed, session, phase } = this.state;
		const { version, session: named } = committed ?? {};
		const mine = isOpen(session);
		const open = mine ? session :
		    phase !== 'starting' && named?.id !== session?.id && named;
		const back = this.#look;
		// A tab that slept wakes up past the deadline, and its clock may be
		// wrong: the server is asked before it is believed.
		const overdue = open && open.id !== pace.asked &&
		    Date.now() > Date.parse(open.expires_at);
		const behind = !(version >= this.#told) || (open && (!mine ||
		    named?.id !== open.id || named.version > open.version));
		const calm = !back && !overdue && !behind;
		this.#elect(committed && (mine || !globalThis.document?.hidden));
		const long = calm && pace.failures < 2;
		const how = !this.#leads ? 'tab' : this.#hears ? 'stream' :
		    long ? 'wait' : 'poll';
		if (calm && how !== this.transport) {
			this.transport = how;
			this.dispatchEvent(new Event('transport'));
		}
		if (calm && (this.#hears || !this.#leads)) {
			// Whoever should tell may be gone without a word. A hidden tab
			// with nothing open can wait.
			const patience = mine ? 30 : 120;
			if (!await this.#pause(this.#leads ? patience :
			    this.#seat ? 1.5 * patience : 1e6))
				this.#look = true;
			return;
		}
		if (back)
			Object.assign(pace, { seconds: 25, failures: 0, step: 0 });
		if (overdue)
			pace.asked = open.id;
		const { signal } = this.#stir;
		const began = Date.now();
		this.#began = long && began;
		this.#look = false;
		let idle = true;
		let pause;
		try {
			const { data, retryAfter } = await this.#call(long ?
			    `/v1/watch/users/me?since=${version}&wait=${pace.seconds}` :
			    open ? `/v1/upgrades/${open.id}` : ME, { session: open?.id,
				...long && { signal, limit: pace.seconds + 10 } });
			const news = data?.entitlements ? data :
			    { entitlements: data ?? committed };
			this.#hear(news, 0);
			const { committed: now, session: then } = this.state;
			const same = version === now.version &&
			    session?.version === then?.version;
			// A session is told to the others with all that belongs to it.
			if (same || news.session || !(open || data.session))
				this.#tabs?.postMessage(news);
			// A stream that tells less than the server is none.
			if (back && this.#hears && !same && now.version > this.#told) {
				this.#storage.setItem('rung:deaf', 1);
				this.#elect(false);
			}
			if (!same)
				pace.step = 0;
			// A wait that is over at once without news means a server that
			// cannot wait now.
			idle = same && (long ? Date.now() - began < 1000 : !back);
			pause = retryAfter;
			if (long)
				pace.failures = idle ? pace.failures + 1 : 0;
			// After every fifth poll waiting has another chance.
			else if (++pace.polls % 5 === 0)
				pace.failures = 1;
		} catch (error) {
			if (!this.#needed() || (long && signal.aborted))
				return;
			const refused = !long && !isBusy(error);
			this.#look = back;
			this.#running = !refused;
			if (overdue)
				error.code = 'expired';
			if (overdue || refused)
				this.#show(mine ? undone(error) : { error });
			pause = error.retryAfter;
			pace.failures++;
			// A proxy may cut long answers; shorter ones may pass.
			pace.seconds = Math.max(5, Math.ceil(pace.seconds / 2));
		} finally {
			this.#began = 0;
		}
		if ((idle || pause !== null) && this.#needed() &&
		    await this.#pause(PACE[pace.step++] ?? 15, pause))
			pace.step = 0;
	}

	// One tab of a browser asks for all of them: whoever holds the lock.
	#elect(may) {
		if (may && this.#seat)
			return;
		this.#seat?.abort();
		this.#seat = null;
		this.#leads = false;
		if (!may)
			return;
		const { signal } = this.#seat = new AbortController();
		const lead = () => {
			this.#stream(signal);
			// It gets a start over long polls, which it would only end.
			this.#pause(.3).then(() => {
				if (signal.aborted)
					return;
				this.#leads = true;
				this.#ring();
			});
			return new Promise((resolve) =>
			    signal.addEventListener('abort', resolve));
		};
		if (this.#tabs)
			navigator.locks.request(
			    `rung ${this.#url} ${this.state.committed.user}`,
			    { signal }, lead).catch(() => {});
		else
			lead();
	}

	// A stream says that something changed, never what. It is tried beside
	// a long poll, and one that never spoke not again in this tab.
	async #stream(signal) {
		let step = 0;
		let proven;
		while (globalThis.EventSource && !signal.aborted &&
		    !this.#storage.getItem('rung:deaf')) {
			let pause;
			try {
				const { data, retryAfter } = await this.#call('/v1/events',
				    { body: '{}', signal, session: this.state.session?.id });
				if (data?.ticket && !signal.aborted && await this.#tune(
				    new URL(data.url, `${this.#url}/`), signal)) {
					proven = true;
					step = 0;
				}
				pause = retryAfter;
				if (!proven && pause === null && !signal.aborted)
					this.#storage.setItem('rung:deaf', 1);
			} catch (error) {
				pause = error.retryAfter;
				if (!isBusy(error))
					this.#storage.setItem('rung:deaf', 1);
			}
			await this.#pause(Math.min(60, 2 ** step++), pause);
		}
	}

	// One stream, to its end. EventSource would not restart by itself where
	// it should, so we do.
	#tune(url, signal) {
		return new Promise((resolve) => {
			const source = new EventSource(url);
			this.#told = 0;
			const end = () => {
				clearTimeout(timer);
				source.close();
				resolve(this.#hears);
				if (this.#hears)
					this.#ring();
				this.#hears = false;
			};
			const timer = setTimeout(end, 3000);
			signal.onabort = end;
			source.onerror = end;
			source.onmessage = ({ data, lastEventId }) => {
				clearTimeout(timer);
				this.#hears = true;
				this.#told = Math.max(this.#told, lastEventId);
				this.#ring();
				if (JSON.parse(data).type === 'bye')
					end();
			};
		});
	}

	#ring() {
		this.#stir.abort();
		this.#stir = new AbortController();
	}

	// Chance keeps pages from asking in step. True if something ended it
	// before its time, which is not done to a pause that the server asked for.
	#pause(seconds, asked = null) {
		const signal = AbortSignal.any([this.#life.signal,
			(asked === null ? this.#stir : this.#life).signal]);
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, asked ??
			    seconds * (800 + Math.random() * 400));
			signal.addEventListener('abort', () => {
				clearTimeout(timer);
				resolve(true);
			});
		});
	}

	// News from the server or from another tab, which tells a session only
	// when it is a newer one.
	#hear(news, least) {
		const { session, entitlements } = news;
		const { session: last, phase, committed } = this.state;
		if (least && entitlements.user !== committed?.user)
			return;
		if (session && phase !== 'starting' && (session.id === last?.id ?
		    session.version >= last.version + least :
		    isOpen(session) && !isOpen(last)))
			this.#take(news);
		else if (entitlements.user !== committed?.user ||
		    entitlements.version > committed.version)
			this.#show({}, entitlements);
		if (least)
			this.#ring();
	}

	#take({ session, checkout = null, entitlements, optimistic = null }) {
		const { session: last } = this.state;
		// Answers may overtake each other on the way, and final is final.
		if (last?.id === session.id && (session.version < last.version ||
		    !isOpen(last)))
			return;
		const { status } = session;
		const open = isOpen(session);
		const declined = open && session.payment_status === 'failed';
		const good = status === 'completed' || (open && !declined);
		if (!open) {
			this.#forget(session.id);
			this.#ring();
		}
		this.#show({
			phase: good ? status : 'rolled-back', session, checkout,
			imagined: optimistic, error: null,
			reason: good ? null :
			    session.reason ?? (declined ? 'declined' : status),
		}, entitlements);
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
				await this.#pause(PACE[step], error.retryAfter);
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
