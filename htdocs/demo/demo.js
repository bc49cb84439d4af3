// The demo shows how a page uses rung.js: read what there is, preview, start
// an upgrade, and draw whatever rung.state says. It decides nothing itself.

import { Rung } from '../rung.js';

const ROOT = new URL('../', import.meta.url);
const USER = 'rung-demo-user';

const REASONS = {
	declined: 'The payment was declined, so nothing has changed.',
	abandoned: 'The checkout was left, so nothing has changed.',
	expired: 'The checkout ran out of time, so nothing has changed.',
	cancelled_by_user: 'You cancelled it. Nothing has changed.',
	cancelled_by_seller: 'The seller cancelled it. Nothing has changed.',
	other_price_paid: 'Another price was paid than this plan costs.',
	payment_of_other_user: 'That payment belongs to somebody else.',
	provider_error: 'The payment provider had a problem. Nothing has changed.',
	network: 'The server could not be reached. Nothing has changed.',
	'no-token': 'Your sign-in could not be renewed. Nothing has changed.',
};

const TRANSPORTS = { stream: 'event stream', wait: 'long poll',
	poll: 'short poll', tab: 'another tab' };

const PERIODS = { minute: 'per minute', hour: 'per hour', day: 'per day',
	week: 'per week', month: 'per month', year: 'per year' };

const $ = (id) => document.getElementById(id);
const numbers = new Intl.NumberFormat('en');

let user = customer();
let rung = null;
let tiers = [];
let names = new Map();
let chosen = null;
let dismissed = null;
let arrived = null;

function customer() {
	const known = localStorage.getItem(USER);
	if (known)
		return known;
	const bytes = crypto.getRandomValues(new Uint8Array(4));
	const made = `demo-${Array.from(bytes,
	    (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
	localStorage.setItem(USER, made);
	return made;
}

// The sandbox plays the seller's back end here. A real page asks its own.
async function token() {
	const url = new URL('sandbox/token', ROOT);
	url.searchParams.set('user', user);
	url.searchParams.set('email', `${user}@shop.example`);
	const response = await fetch(url, { method: 'POST' });
	if (response.status === 404)
		throw new Error('this demo needs a server with "sandbox: yes"');
	if (!response.ok)
		throw new Error(`no token: the server said ${response.status}`);
	return response.text();
}

function make(tag, attributes = {}, ...children) {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes))
		if (value !== null && value !== false)
			node.setAttribute(name, value === true ? '' : value);
	node.append(...children.filter((child) => child !== null));
	return node;
}

function words(text) {
	const plain = String(text).replace(/[_:]+/g, ' ').trim();
	return (plain.charAt(0).toUpperCase() + plain.slice(1)).replace(
	    /\b(api|csv|sso|saml|id|url)\b/gi, (short) => short.toUpperCase());
}

function titleOf(id) {
	const tier = tiers.find((one) => one.id === id);
	return tier?.title ?? words(id ?? '');
}

function money(amount, currency) {
	const format = new Intl.NumberFormat('en', { style: 'currency',
		currency: currency.toUpperCase() });
	const { maximumFractionDigits: digits } = format.resolvedOptions();
	return format.format(amount / 10 ** digits).replace(/\.00$/, '');
}

function amountOf(value) {
	if (value === 'unlimited' || value === -1)
		return 'Unlimited';
	return typeof value === 'number' ? numbers.format(value) : 'none';
}

/* ---- plans ---- */

function priceOf(tier) {
	const offers = tier.offers.filter((one) => one.provider === 'stripe');
	const [first, ...others] = offers;
	const known = (one) => one && one.amount !== null && one.currency;
	const main = make('p', { class: 'price' });
	if (known(first))
		main.append(make('b', {}, money(first.amount, first.currency)),
		    first.interval ? ` ${PERIODS[first.interval]}` : '');
	else if (first)
		main.append(make('span', {}, 'Price shown at checkout'));
	else
		main.append(make('b', {}, tier.rank === 0 ? 'Free' : '–'));
	const more = others.find(known);
	if (more)
		main.append(make('small', {}, `or ${money(more.amount,
		    more.currency)} ${PERIODS[more.interval] ?? 'once'}`));
	return main;
}

function limitText(name, { value, unlimited, per }) {
	const amount = unlimited ? 'Unlimited' : numbers.format(value);
	const what = name.split(':').pop().replace(/_/g, ' ');
	const about = per && what.endsWith(` ${PERIODS[per]}`) ? what :
	    [what, PERIODS[per]].filter(Boolean).join(' ');
	return `${amount} ${about}`;
}

function assetText({ slot, metadata = {} }) {
	const size = metadata.limit ?? metadata.seats;
	return size === undefined ? words(slot) :
	    `${words(slot)}: ${amountOf(size).toLowerCase()}`;
}

function tierCard(tier, place) {
	const title = `tier-${place}`;
	const rungs = make('span', { class: 'rungs', 'aria-hidden': 'true' });
	for (let i = tiers.length; i > 0; i--)
		rungs.append(make('i', { class: i <= place + 1 ? 'on' : null }));
	const button = make('button', { type: 'button', class: 'primary',
		'data-testid': `upgrade-${tier.id}` });
	button.addEventListener('click', () => open(tier));
	return make('article', { class: 'card', 'aria-labelledby': title,
		'data-testid': `tier-${tier.id}`, 'data-tier': tier.id },
	make('header', {}, rungs, make('div', {},
	    make('h3', { id: title }, tier.title ?? words(tier.id)),
	    make('p', {}, tier.summary ?? '')),
	make('span', { class: 'badge', hidden: true }, 'Your plan')),
	priceOf(tier),
	make('ul', { class: 'ticks' },
	    ...tier.capabilities.filter(({ disabled }) => !disabled).map(
		({ id, description }) => make('li', {}, description ?? words(id))),
	    ...Object.entries(tier.limits).map(([name, limit]) =>
		make('li', {}, limitText(name, limit))),
	    ...tier.assets.map((asset) => make('li', {}, assetText(asset)))),
	button);
}

function drawTiers() {
	$('tiers').replaceChildren(...tiers.map(tierCard));
	$('tiers').setAttribute('aria-busy', 'false');
}

// While an upgrade is open the page goes by what was bought, not by what was.
function drawPlans({ view, optimistic, session, phase }) {
	const now = tiers.find((one) => one.id === view?.tier);
	const open = session?.status === 'pending' ? session : null;
	for (const card of $('tiers').querySelectorAll('[data-tier]')) {
		const tier = tiers.find((one) => one.id === card.dataset.tier);
		const button = card.querySelector('button');
		const shown = tier === now;
		const current = shown && !optimistic;
		const target = open?.target_tier === tier.id;
		const under = now && tier.rank < now.rank;
		const busy = phase === 'starting' || (phase === 'pending' && open);
		card.classList.toggle('current', shown);
		card.classList.toggle('waiting', shown && optimistic);
		const badge = card.querySelector('.badge');
		badge.hidden = !shown;
		badge.textContent = current ? 'Your plan' : 'In progress';
		button.disabled = !now || current || under || busy ||
		    tier.offers.length === 0;
		button.textContent = current ? 'Current plan' :
		    under ? 'Included in your plan' :
		    busy && shown ? 'In progress…' :
		    target ? 'Try again' : `Upgrade to ${titleOf(tier.id)}`;
	}
}

/* ---- what the user has ---- */

// Kept in place and only changed where they differ, so that nothing jumps
// and screen readers and keyboards do not lose their place.
function sync(list, items) {
	const old = new Map(Array.from(list.children,
	    (node) => [node.dataset.key, node]));
	const nodes = items.map((item) => {
		const node = old.get(item.dataset.key);
		if (!node)
			return item;
		if (!node.isEqualNode(item)) {
			const was = node.dataset.state;
			for (const { name, value } of item.attributes)
				node.setAttribute(name, value);
			node.replaceChildren(...item.childNodes);
			node.classList.toggle('fresh', was !== item.dataset.state &&
			    item.dataset.state === 'held');
		}
		return node;
	});
	list.replaceChildren(...nodes);
}

function pendingChip(text = 'pending') {
	return make('span', { class: 'chip pending' }, text);
}

function drawCapabilities({ committed, view, optimistic }) {
	const has = new Set(committed?.capabilities);
	const shown = new Set(view?.capabilities);
	const off = new Set(view?.disabled);
	const all = new Set([...names.keys(), ...has, ...shown]);
	const items = Array.from(all, (id) => {
		const state = has.has(id) && shown.has(id) ? 'held' :
		    shown.has(id) ? 'pending' : has.has(id) ? 'leaving' : 'absent';
		return { id, state };
	});
	sync($('capabilities'), items.map(({ id, state }) => make('li', {
		'data-key': id, 'data-testid': 'capability', 'data-id': id,
		'data-state': optimistic || state !== 'pending' ? state : 'held',
	}, make('span', { class: 'mark', 'aria-hidden': 'true' }),
	make('span', { class: 'name' }, names.get(id) ?? words(id),
	    make('code', {}, id)),
	state === 'pending' ? pendingChip() :
	    state === 'leaving' ? pendingChip('replaced') :
	    off.has(id) ? make('span', { class: 'chip' }, 'off for now') :
	    make('span', { class: 'unseen' }, state === 'held' ?
		'yours' : 'not in your plan'))));
}

function drawLimits({ committed, view, optimistic }) {
	sync($('limits'), Object.entries(view?.limits ?? {}).map(
	    ([name, limit]) => {
		const { value, unlimited, used = 0 } = limit;
		const before = committed?.limits[name];
		const changed = optimistic && (before?.value !== value ||
		    before?.unlimited !== unlimited);
		return make('li', { 'data-key': name, 'data-testid': 'limit',
			'data-id': name, 'data-state': changed ? 'pending' : 'held' },
		make('span', { class: 'name' }, words(name.split(':').pop())),
		changed ? pendingChip() : null,
		make('b', {}, unlimited ? 'Unlimited' :
		    `${numbers.format(used)} of ${numbers.format(value)}`),
		unlimited ? make('span', { class: 'endless' }) :
		    make('progress', { max: value || 1, value: used,
			'aria-label': `used of ${name}` }));
	}));
}

function drawAssets({ committed, view, optimistic }) {
	const held = new Map(committed?.assets.map((one) => [one.slot, one]));
	sync($('assets'), (view?.assets ?? []).map((asset) => {
		const before = held.get(asset.slot);
		const changed = optimistic && JSON.stringify(before?.metadata) !==
		    JSON.stringify(asset.metadata);
		const status = asset.status === 'PENDING' ? 'ready to claim' :
		    asset.status.toLowerCase();
		return make('li', { 'data-key': asset.slot, 'data-testid': 'asset',
			'data-id': asset.slot,
			'data-state': changed ? 'pending' : 'held' },
		make('span', { class: 'name' }, assetText(asset),
		    make('code', {}, asset.hint ?? asset.type)),
		changed ? pendingChip() :
		    make('span', { class: 'chip' }, status));
	}));
	if (view && view.assets.length === 0)
		$('assets').append(make('li', { class: 'none' }, 'None'));
}

function drawFacts({ committed, view, optimistic, session, phase }) {
	$('plan-name').textContent = view ? titleOf(view.tier) : '…';
	const plan = $('plan-name').parentNode;
	plan.dataset.tier = committed?.tier ?? '';
	plan.dataset.status = optimistic ? 'pending' : committed?.status ?? '';
	const status = $('plan-status');
	status.hidden = !optimistic && (view?.status ?? 'default') === 'default';
	status.textContent = optimistic ? 'in progress' : view?.status ?? '';
	$('user').textContent = user;
	$('fact-version').textContent = committed?.version ?? '–';
	$('fact-status').textContent = committed?.status ?? '–';
	$('fact-session').textContent = phase === 'starting' ? 'starting' :
	    session ? `${session.status}, ${session.payment_status}` : 'none';
	$('fact-time').textContent = arrived === null ? '–' :
	    arrived < 1000 ? `${arrived} ms` : `${(arrived / 1000).toFixed(1)} s`;
}

function drawTransport() {
	$('fact-transport').textContent = TRANSPORTS[rung.transport] ?? '–';
	$('fact-transport').dataset.transport = rung.transport ?? '';
}

// From the commit of the payment to this view. Both clocks are one in a
// demo; where they are not, nothing is better than nonsense.
function clockArrival({ phase, committed }, before) {
	if (phase === 'starting')
		arrived = null;
	if (phase !== 'completed' || before === 'completed')
		return;
	const ms = Date.now() - Date.parse(committed.updated_at);
	arrived = ms >= 0 && ms < 600000 ? Math.round(ms) : null;
}

/* ---- the toast ---- */

function say(kind, title, detail, { checkout = null, cancel = false } = {}) {
	const toast = $('toast');
	const go = $('toast-checkout');
	toast.dataset.kind = kind;
	if ($('toast-title').textContent !== title)
		$('toast-title').textContent = title;
	if ($('toast-detail').textContent !== detail)
		$('toast-detail').textContent = detail;
	go.hidden = !checkout;
	if (checkout)
		go.href = checkout;
	$('toast-cancel').hidden = !cancel;
	$('toast-actions').hidden = !checkout && !cancel;
	$('toast-close').hidden = kind === 'progress';
	toast.hidden = false;
}

function drawToast(state) {
	const { phase, session, checkout, reason, error, imagined } = state;
	const told = `${phase} ${session?.id} ${session?.version} ${reason}`;
	if (phase === 'idle' || dismissed === told) {
		$('toast').hidden = true;
		return;
	}
	$('toast-close').onclick = () => {
		dismissed = told;
		$('toast').hidden = true;
	};
	const open = session?.status === 'pending';
	const actions = { checkout: open ? checkout?.url : null, cancel: open };
	if (phase === 'starting')
		say('progress', 'Upgrade in progress', 'Opening the checkout.');
	else if (phase === 'pending')
		say('progress', 'Upgrade in progress',
		    `${titleOf(imagined?.tier ?? session.target_tier)} is yours as ` +
		    'soon as the payment arrives.', actions);
	else if (phase === 'completed')
		say('success', 'Success',
		    `You are on ${titleOf(state.committed.tier)} now.`);
	else
		say('failure', 'Not upgraded', REASONS[reason] ?? error?.detail ??
		    `It ended with "${words(reason)}". Nothing has changed.`,
		    actions);
}

/* ---- the dialog ---- */

function previewLines({ delta, charge }) {
	const line = (sign, text, extra = null) =>
	    make('li', { class: sign }, make('span', {}, text), extra);
	const group = (title, id, lines) => lines.length === 0 ? null :
	    make('section', { 'data-testid': id }, make('h3', {}, title),
	    make('ul', {}, ...lines));
	const { capabilities, limits, assets } = delta;
	const price = charge?.now;
	return [
		group('You gain', 'gain', capabilities.gain.map((id) =>
		    line('plus', names.get(id) ?? words(id)))),
		group('Your limits', 'limits-change', Object.entries(limits).map(
		    ([name, { from, to }]) => line('rise',
		    words(name.split(':').pop()), make('b', {},
		    `${amountOf(from)} → ${amountOf(to)}`)))),
		group('You receive', 'provision', assets.provision.map(
		    ({ slot }) => line('plus', words(slot)))),
		group('It replaces', 'lose', [...capabilities.lose.map((id) =>
		    line('minus', names.get(id) ?? words(id))),
		    ...assets.revoke.map(({ slot }) => line('minus', words(slot)))]),
		price ? make('p', { class: 'due', 'data-testid': 'due' },
		    'Due now', make('b', {}, money(price.amount, price.currency))) :
		    null,
	].filter(Boolean);
}

async function showPreview(tier) {
	const box = $('preview');
	$('continue').disabled = true;
	box.setAttribute('aria-busy', 'true');
	box.replaceChildren(make('div', { class: 'ghost' }, make('i'), make('i'),
	    make('i')));
	try {
		const preview = await rung.preview({ tier: tier.id });
		if (chosen !== tier)
			return;
		box.replaceChildren(...previewLines(preview));
		$('continue').disabled = false;
	} catch (error) {
		if (chosen !== tier)
			return;
		const again = make('button', { type: 'button', class: 'link' },
		    'Try again');
		again.addEventListener('click', () => showPreview(tier));
		box.replaceChildren(make('p', { class: 'wrong',
			'data-testid': 'preview-error' },
		error.status === 0 ? 'The server could not be reached. ' :
		    `${error.detail} `, again));
	}
	box.removeAttribute('aria-busy');
}

// The preview is asked for while the buyer reads; so the click on "Continue"
// can be shown at once.
function open(tier) {
	chosen = tier;
	$('dialog-title').textContent = `Upgrade to ${titleOf(tier.id)}`;
	showPreview(tier);
	$('dialog').showModal();
}

function proceed() {
	$('dialog').close();
	// A start that fails is drawn from the state like everything else.
	rung.upgrade({ tier: chosen.id }).catch(() => {});
}

/* ---- the page ---- */

function draw(state) {
	const holding = $('holding');
	clockArrival(state, holding.dataset.phase);
	holding.dataset.phase = state.phase;
	holding.dataset.optimistic = state.optimistic;
	if (tiers.length === 0)
		return;
	drawFacts(state);
	drawPlans(state);
	drawCapabilities(state);
	drawLimits(state);
	drawAssets(state);
	drawToast(state);
}

function trouble(error) {
	$('trouble').hidden = !error;
	document.body.classList.toggle('down', Boolean(error));
	if (!error)
		return;
	$('trouble-title').textContent = error.status > 0 ?
	    'The server cannot help right now' : 'The server does not answer';
	$('trouble-text').textContent = error.status > 0 ? error.detail :
	    `${error.code === 'no-token' ? `No client token: ${error.detail}.` :
	    'Is it running?'} Nothing you bought is lost.`;
}

async function load() {
	$('retry').disabled = true;
	try {
		const [sold] = await Promise.all([rung.tiers(), rung.resume()]);
		tiers = sold.tiers.slice().sort((a, b) => a.rank - b.rank);
		names = new Map(tiers.flatMap((tier) => tier.capabilities.map(
		    ({ id, description }) => [id, description ?? words(id)])));
		drawTiers();
		draw(rung.state);
		trouble(null);
		// What happens in another tab, or at the seller's, shows here too.
		rung.watch();
	} catch (error) {
		trouble(error);
	}
	$('retry').disabled = false;
}

function newCustomer() {
	localStorage.removeItem(USER);
	sessionStorage.clear();
	location.assign(new URL('demo/', ROOT));
}

rung = new Rung({ url: ROOT.href, token });
rung.subscribe(draw);
$('retry').addEventListener('click', load);
$('continue').addEventListener('click', proceed);
$('new-customer').addEventListener('click', newCustomer);
$('toast-cancel').addEventListener('click', () =>
    rung.cancel().catch((error) => say('failure', 'Not cancelled',
    error.detail, { cancel: true })));
$('dialog').addEventListener('click', (event) => {
	if (event.target === $('dialog'))
		$('dialog').close();
});
rung.addEventListener('transport', drawTransport);
load();
