// rung.js: sell an upgrade from a web page. It shows what the buyer will have
// at once, waits for the server's word, and confirms or takes it back. The
// server alone decides what is allowed; this only decides what is shown.

// Seconds between two questions while nothing happens. A buyer who looks at
// the page is told within a second, so before these come 170 pauses of .7, two
// minutes: by then the payment has arrived, or nobody looks any more. They are
// counted because clocks jump, and because a slow server is asked less so.
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

// Busy or out of reach, as shared hosts often are, or to be asked later: says
// nothing about the upgrade.
const isBusy = ({ status, retryAfter }) => retryAfter !== null ||
    /^(0|408|429|5..)$/.test(status);

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
		return Object.assign(kept, { getItem: kept.get, setItem: kept.set,
			removeItem: kept.delete });
	}
}

function wanted(wish) {
	const { tier, ...others } =
	    typeof wish === 'string' ? { tier: wish } : wish;
	return { target_tier: tier, ...others };
}

function here() {
	const url = new URL(location);
	url.searchParams.delete('rung_session');
	return url.href;
}

export class Rung extends EventTarget {
	#url;
	#fetch;
	#storage;
	#askToken;
	// A promise, so that many requests ask once.
	#token;
	#previews = new Map();
	#keys = new Map();
	#life = new AbortController();
	// Aborted, it ends the present pause or long poll.
	#stir = new AbortController();
	#watchers = 0;
	#running;
	// A channel to the browser's other tabs; what this tab has while it
	// leads them or stands by; whether it leads.
	#tabs;
	#seat;
	#leads;
	// Whether there is a stream, and the newest version that it named.
	#hears;
	#told = 0;
	// Pauses since something happened.
	#step = 0;
	// Ask at once; and since when the present long poll waits.
	#look;
	#began = 0;
	transport = null;
	state = {
		phase: 'idle', view: null, optimistic: false, committed: null,
		imagined: null,
		session: null, checkout: null, reason: null, error: null,
	};

	constructor({ url, token, fetch, storage }) {
		super();
		this.#url = url.replace(/\/+$/, '');
		this.#askToken = token;
		this.#fetch = fetch ?? ((...args) => globalThis.fetch(...args));
		this.#storage = usable(storage);
		// A page that was only just loaded needs no second look. A young wait
		// is still good; an old one may have been broken by sleep without a
		// word.
		for (const type of BACK)
			globalThis.addEventListener?.(type, ({ persisted }) => {
				if (persisted === false || globalThis.document?.hidden)
					return;
				this.#look = true;
				if (this.#began < Date.now() - 10000)
					this.#ring();
			}, { signal: this.#life.signal });
	}

	subscribe(listener) {
		const tell = () => listener(this.state);
		this.addEventListener('change', tell);
		tell();
		return () => this.removeEventListener('change', tell);
	}

	close() {
		this.#life.abort();
		this.#ring();
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
		// repeats its key.
		const key = this.#keys.get(body) ??
		    crypto.getRandomValues(new Uint32Array(4)).join('-');
		this.#keys.set(body, key);
		this.#show({
			phase: 'starting', imagined: known?.entitlements.version ===
			    this.state.committed?.version ? known?.optimistic : null,
			session: null, checkout: null, reason: null, error: null,
		});
		let resumed = false;
		const answer = await this.#patiently('/v1/upgrades', { body, key })
		    .catch((error) => {
			if (!isBusy(error))
				this.#keys.delete(body);
			resumed = error.code === 'upgrade-in-progress';
			if (resumed)
				return this.#read(error.problem.session.id);
			throw error;
		}).catch((error) => {
			this.#show(undone(error));
			throw error;
		});
		this.#keys.delete(body);
		const { session, checkout } = answer;
		// An open checkout of another tier is shown, not entered. No tier is
		// null on one side and undefined on the other.
		const leave = redirect && checkout &&
		    session.target_tier == wants.target_tier;
		const upgrade = this.#follow(answer, leave);
		if (leave && redirect !== true)
			redirect(checkout.url);
		else if (leave)
			location.assign(checkout.url);
		return { ...upgrade, resumed };
	}

	// Takes up the session of a buyer who comes back from the checkout, who
	// reloaded the page, or who has one open elsewhere. Null if there is none.
	async resume() {
		let id = new URL(globalThis.location ?? this.#url).searchParams
		    .get('rung_session');
		if (id) {
			this.#storage.setItem('rung:open', id);
			history.replaceState(history.state, '', here());
		}
		id ??= this.#storage.getItem('rung:open');
		try {
			if (id)
				return this.#follow(await this.#read(id));
		} catch (error) {
			if (isBusy(error))
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
			if (!this.#needed())
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
		this.#ring();
		this.#run(leaving);
		const done = new Promise((resolve) => {
			const look = () => {
				const { session: now } = this.state;
				if (!this.#running || (now && (now.id !== id || !isOpen(now))))
					resolve(this.state);
			};
			this.addEventListener('end', look);
			this.subscribe(look);
		});
		return { session, checkout, done };
	}

	#needed() {
		return this.#running && !this.#life.signal.aborted &&
		    (this.#watchers || isOpen(this.state.session));
	}

	// One loop does all the waiting of a page, while there is something to
	// wait for. Of a browser's tabs one leads and asks the server; the
	// others hear it from that one.
	async #run(leaving) {
		if (this.#running)
			return;
		this.#running = true;
		if (globalThis.navigator?.locks) {
			this.#tabs = new BroadcastChannel(`rung ${this.#url}`);
			this.#tabs.onmessage = ({ data }) => this.#hear(data, 1);
		}
		// A page that leaves should not hold a waiting place.
		if (leaving)
			await this.#pause(2);
		// waits: 1 as long polls work, -1 as they do not, 0 as nobody knows.
		const pace = { waits: 0 };
		while (this.#needed())
			await this.#turn(pace);
		this.#tabs?.close();
		this.#running = false;
		this.#elect(false);
		this.dispatchEvent(new Event('end'));
	}

	async #turn(pace) {
		await pace.hold;
		const { committed, session, phase } = this.state;
		const { version, session: named } = committed ?? {};
		const mine = isOpen(session);
		const hidden = globalThis.document?.hidden;
		// Somebody looks and waits: then nothing is relied on before it worked.
		const eager = mine && !hidden;
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
		// Who leads may be hidden, and slow or asleep: the tab that somebody
		// comes to takes its place.
		this.#elect(committed && (mine || !hidden),
		    eager && !this.#leads && (back || !this.#seat));
		const long = calm && pace.waits >= eager;
		const how = !this.#leads ? 'tab' : this.#hears ? 'stream' :
		    long ? 'wait' : 'poll';
		if (calm && how !== this.transport) {
			this.transport = how;
			this.dispatchEvent(new Event('transport'));
		}
		if (calm && (this.#hears || !this.#leads)) {
			// Whoever should tell may be gone without a word. A hidden tab
			// with nothing open can wait.
			if (!await this.#pause((mine ? 30 : 120) *
			    (this.#leads ? 1 : this.#seat ? 1.5 : 1e4)))
				this.#look = true;
			return;
		}
		if (back)
			pace.waits = 0;
		if (overdue)
			pace.asked = open.id;
		if (calm && !long && !pace.waits)
			this.#probe(pace, version, open.id);
		const { signal } = this.#stir;
		this.#began = long && Date.now();
		this.#look = false;
		let idle = true;
		let pause;
		try {
			// A question without a cause names the tag of the last answer.
			const { data, retryAfter, tag, took } = await this.#call(long ?
			    `/v1/watch/users/me?since=${version}&wait=25` :
			    open ? `/v1/upgrades/${open.id}` : ME, { session: open?.id,
				...long ? { signal, limit: 35 } : calm && pace });
			pace.tag = tag;
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
				this.#step = 0;
			// A wait that is over at once without news means a server that
			// cannot wait now.
			idle = same && (long ? took < 1000 : !back);
			pause = retryAfter;
		} catch (error) {
			if (!this.#needed() || (long && signal.aborted))
				return;
			this.#look ||= back;
			this.#running = long || isBusy(error);
			if (overdue)
				error.code = 'expired';
			if (overdue || !this.#running)
				this.#show(mine ? undone(error) : { error });
			pause = error.retryAfter;
		} finally {
			this.#began = 0;
		}
		if (long)
			pace.waits = idle ? -1 : 1;
		// After every fifth poll waiting has another chance.
		else if (pace.waits < 0 && this.#step % 5 === 4)
			pace.waits = 0;
		// A wait that broke may have hidden news: who is eager asks now.
		if (((idle && !(long && eager)) || pause !== null) && this.#needed()) {
			const step = this.#step++ - eager * 170;
			await this.#pause(PACE[step] ?? (step < 0 ? .7 : 15), pause);
		}
	}

	// Is a wait of a second held, and then answered? Short polls go on beside
	// it, because a host may hold it in vain.
	async #probe(pace, version, session) {
		pace.waits = -1;
		const { retryAfter, took } = await this.#call(
		    `/v1/watch/users/me?since=${version}&wait=1`,
		    { session, limit: 3 }).catch((error) => error);
		if (took > 500)
			pace.waits = 1;
		pace.hold = this.#pause(0, retryAfter);
	}

	// One tab of a browser asks for all of them: whoever holds the lock.
	#elect(may, steal) {
		if (may && this.#seat?.signal.aborted === false && !steal)
			return;
		this.#seat?.abort();
		this.#seat = null;
		this.#leads = false;
		if (!may)
			return;
		const seat = this.#seat = new AbortController();
		const { signal } = seat;
		const lead = async () => {
			this.#stream(signal);
			// It gets a start over long polls, which it would only end.
			await this.#pause(.3);
			if (signal.aborted)
				return;
			this.#leads = true;
			this.#ring();
			await new Promise((resolve) =>
			    signal.addEventListener('abort', resolve));
		};
		if (this.#tabs)
			navigator.locks.request(
			    `rung ${this.#url} ${this.state.committed.user}`,
			    steal ? { steal } : { signal }, lead).catch(() => {
				// Another tab took it, or we gave it up.
				seat.abort();
				this.#ring();
			});
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
			const answer = await this.#call('/v1/events', { body: '{}', signal,
				session: this.state.session?.id }).catch((error) => error);
			const { data, retryAfter } = answer;
			if (data?.ticket && !signal.aborted && await this.#tune(
			    new URL(data.url, `${this.#url}/`), signal)) {
				proven = true;
				step = 0;
			}
			await this.#pause(Math.min(60, 2 ** step++), retryAfter);
			// Not said at once: a page that leaves breaks its stream too.
			if (!proven && !isBusy(answer) && !signal.aborted)
				this.#storage.setItem('rung:deaf', 1);
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
			signal.onabort = source.onerror = end;
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
		this.#step = 0;
		this.#stir.abort();
		this.#stir = new AbortController();
	}

	// Chance keeps pages from asking in step. True if something ended it
	// before its time, which is not done to a pause that the server asked for.
	#pause(seconds, asked = null) {
		const { signal } = asked === null ? this.#stir : this.#life;
		return new Promise((resolve) => {
			const wake = () => {
				clearTimeout(timer);
				signal.removeEventListener('abort', wake);
				resolve(signal.aborted);
			};
			const timer = setTimeout(wake, asked ??
			    seconds * (800 + Math.random() * 400));
			signal.addEventListener('abort', wake);
		});
	}

	// News from the server or from another tab, which tells a session only
	// when it is a newer one.
	#hear(news, least) {
		const { session: last, phase, committed } = this.state;
		const { session, entitlements } = news;
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
		const good = open ? session.payment_status !== 'failed' :
		    status === 'completed';
		if (!open) {
			this.#forget(session.id);
			this.#ring();
		}
		this.#show({
			phase: good ? status : 'rolled-back', session, checkout,
			imagined: optimistic, error: null,
			reason: good ? null :
			    session.reason ?? (open ? 'declined' : status),
		}, entitlements);
	}

	#show(change, doc) {
		const next = { ...this.state, ...change };
		const { committed: old, imagined, phase } = next;
		// Nothing older than what was shown is ever shown.
		if (doc && (old?.user !== doc.user || doc.version >= old.version))
			next.committed = doc;
		const { committed } = next;
		const overtaken = committed && !committed.session &&
		    imagined?.version < committed.version;
		next.optimistic = Boolean(imagined) && (phase === 'pending' ?
		    !overtaken : phase === 'starting');
		next.view = next.optimistic ? imagined : committed;
		if (this.#life.signal.aborted)
			return;
		this.state = Object.freeze(next);
		this.dispatchEvent(new Event('change'));
	}

	#forget(id) {
		this.#storage.removeItem(`rung:${id}`);
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
		for (let renewed; ; ) {
			const own = this.#storage.getItem(mine);
			const asked = own || this.#credential();
			const answer = await this.#send(path, await asked, options);
			const { status, data, retryAfter } = answer;
			if (status < 400)
				return answer;
			if (status !== 401 || renewed)
				throw new RungError(data?.code ?? `http-${status}`, status,
				    data?.detail ?? 'no details', data,
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

	async #send(path, token, { body, key, signal, tag, limit = 15 }) {
		// Stock Apache drops Authorization before a CGI program sees it.
		const headers = {
			'X-API-Key': token,
			...body && { 'Content-Type': 'application/json' },
			...key && { 'Idempotency-Key': key },
			...tag && { 'If-None-Match': tag },
		};
		const began = Date.now();
		try {
			// no-store: "me" is somebody else after another login.
			const response = await this.#fetch(this.#url + path, {
				method: body && 'POST', headers, body,
				cache: 'no-store',
				signal: AbortSignal.any([signal ?? this.#life.signal,
				    AbortSignal.timeout(limit * 1000)]),
			});
			const text = await response.text();
			const after = response.headers.get('Retry-After');
			return {
				status: response.status,
				// Pages of the host are none of ours.
				data: text[0] === '{' ? JSON.parse(text) : null,
				took: Date.now() - began,
				tag: response.headers.get('ETag'),
				retryAfter: after && Math.max(0, after * 1000 ||
				    Date.parse(after) - Date.now()),
			};
		} catch (error) {
			throw new RungError('network', 0, error.message);
		}
	}
}
