// rung-element.js: a button that sells one tier, as a custom element:
//
//	<rung-upgrade tier="pro" token="/rung-token.php">Get Pro</rung-upgrade>
//
// It has no style of its own. Its attribute `state` says how it stands, for
// style sheets: loading, offer, busy, owned, failed or away.

import { Rung } from './rung.js';

// One Rung, and one question for what is sold, for all elements of a page
// with the same two addresses.
const shared = new Map();

function rungOf(url, token) {
	const key = JSON.stringify([url, token]);
	if (!shared.has(key))
		shared.set(key, new Rung({ url, token: async () => {
			const answer = await fetch(token, { method: 'POST' });
			if (!answer.ok)
				throw new Error(`${token} answered ${answer.status}`);
			return answer.text();
		} }));
	return shared.get(key);
}

const loads = new WeakMap();
const pressed = new WeakMap();	// the tier whose button was, last

function load(rung) {
	if (!loads.has(rung))
		loads.set(rung, Promise.all([rung.tiers(), rung.resume()])
		    .then(([{ tiers }]) => tiers).catch((error) => {
			loads.delete(rung);
			throw error;
		}));
	return loads.get(rung);
}

export class RungUpgrade extends HTMLElement {
	#rung = null;
	#tiers = null;
	#stops = [];
	#button = document.createElement('button');
	#note = document.createElement('span');

	// Set it before the element is in the page, or leave it to the
	// attributes `url` and `token`.
	set rung(rung) {
		this.#rung = rung;
	}

	get rung() {
		return this.#rung ??= rungOf(
		    this.getAttribute('url') ?? globalThis.location.origin,
		    this.getAttribute('token') ?? '/rung-token.php');
	}

	connectedCallback() {
		this.label ??= this.textContent.trim();
		this.#button.type = 'button';
		this.#button.onclick = () => this.#click();
		this.#note.setAttribute('role', 'status');
		this.replaceChildren(this.#button, ' ', this.#note);
		this.#load();
		this.#stops = [this.rung.subscribe(() => this.#draw())];
	}

	disconnectedCallback() {
		for (const stop of this.#stops)
			stop();
		this.#stops = [];
	}

	async #load() {
		this.#show('loading', this.label, '');
		try {
			this.#tiers = await load(this.rung);
			if (this.isConnected && this.#stops.length === 1)
				this.#stops.push(this.rung.watch());
			this.#draw();
		} catch {
			this.#show('away', 'Try again', 'The server does not answer.');
		}
	}

	#click() {
		const tier = this.getAttribute('tier');
		const price = this.getAttribute('price');
		const provider = this.getAttribute('provider') ?? undefined;
		if (this.getAttribute('state') === 'away') {
			this.#load();
			return;
		}
		pressed.set(this.rung, tier);
		// A start that fails is drawn from the state like all else.
		this.rung.upgrade({ tier, ...price && { price } }, { provider })
		    .catch(() => {});
	}

	#draw() {
		const { view, optimistic, phase, session, imagined, reason } =
		    this.rung.state;
		if (!this.#tiers || !view)
			return;
		const of = (id) => this.#tiers.find((one) => one.id === id);
		const id = this.getAttribute('tier');
		const { title, rank } = of(id) ?? { title: id, rank: Infinity };
		const buy = this.label || `Upgrade to ${title ?? id}`;
		const bought = session?.target_tier ?? imagined?.tier ??
		    pressed.get(this.rung) ?? id;
		if (phase === 'starting' || phase === 'pending')
			this.#show('busy', buy,
			    bought === id ? 'Upgrade in progress' : '');
		else if (!optimistic && (of(view.tier)?.rank ?? 0) >= rank)
			this.#show('owned', buy, view.tier === id ?
			    'This is your plan' : 'Included in your plan');
		else if (phase === 'rolled-back' && bought === id)
			this.#show('failed', buy, `Not upgraded: ${reason}`);
		else
			this.#show('offer', buy, '');
	}

	#show(state, label, note) {
		this.setAttribute('state', state);
		this.#button.disabled = !['offer', 'failed', 'away'].includes(state);
		if (label)
			this.#button.textContent = label;
		this.#note.textContent = note;
	}
}

customElements.define('rung-upgrade', RungUpgrade);
