// Types of rung.js and of the JSON that the server speaks with a page.
// Times are RFC 3339 texts in UTC, amounts are in the currency's minor unit.

export type Interval = 'day' | 'week' | 'month' | 'year' | (string & {});
export type LimitPeriod = 'total' | 'minute' | 'hour' | 'day' | 'month';
export type Provider = 'stripe' | 'paddle' | 'lemonsqueezy';

/* ---- what is sold: GET /v1/tiers ---- */

export interface Offer {
	provider: Provider;
	name: string | null;
	amount: number | null;
	currency: string | null;
	interval: Interval | null;
}

export interface OfferedCapability {
	id: string;
	description: string | null;
	/** Only on one that the seller has switched off: nobody has it for now. */
	disabled?: true;
}

export interface OfferedLimit {
	value: number | null;
	unlimited: boolean;
	per: LimitPeriod;
	soft?: true;
}

export interface OfferedAsset {
	slot: string;
	type: AssetType;
	metadata: Record<string, unknown>;
}

export interface Addon {
	id: string;
	title: string | null;
	summary: string | null;
	capabilities: OfferedCapability[];
	limits: Record<string, OfferedLimit>;
	assets: OfferedAsset[];
	offers: Offer[];
}

export interface Tier extends Addon {
	/** A higher rank is a better tier. */
	rank: number;
}

/** What each tier carries, in one version of the seller's matrix. */
export interface EntitlementMatrix {
	matrix_version: number;
	default_tier: string;
	livemode: boolean;
	tiers: Tier[];
	addons: Addon[];
}

export type TiersAnswer = EntitlementMatrix;

/* ---- what a user has: GET /v1/users/me/entitlements ---- */

export type AssetType = 'API_KEY' | 'LICENSE' | 'STORAGE_QUOTA' | 'SEAT';

export interface DigitalAsset {
	/** Null while it is only imagined. */
	id: string | null;
	slot: string;
	type: AssetType;
	status: 'PENDING' | 'PROVISIONED' | 'SUSPENDED' | 'REVOKED';
	/** Enough of a secret to recognise it, never enough to use it. */
	hint?: string | null;
	/** Only while an old secret is good beside the new one. */
	overlap_until?: string;
	metadata: Record<string, unknown>;
}

export interface LimitState {
	value: number | null;
	unlimited: boolean;
	per: LimitPeriod;
	/** Only on a soft limit: what is beyond it is told, not refused. */
	soft?: true;
	/** Read live, and no part of the version. */
	used: number;
	remaining: number | null;
	resets_at: string | null;
	warning: 'near' | 'over' | null;
	/** More is in use than the tier allows, and the policy is freeze. */
	frozen?: true;
}

/** The answer to a claim or rotation: the secret is shown this once. */
export interface AssetSecret {
	asset: DigitalAsset;
	version: number;
	secret: string;
}

/** The answer to POST /v1/users/{id}/usage, which a back end asks. */
export interface Usage extends LimitState {
	user: string;
	limit: string;
	allowed: boolean;
	hold: {
		id: string;
		status: 'open' | 'confirmed' | 'released';
		amount: number;
		expires_at: string | null;
	} | null;
}

export interface UserEntitlementState {
	user: string;
	tier: string;
	quantity: number;
	/** Grows by one with each committed change of this user. */
	version: number;
	status: 'default' | 'trialing' | 'active' | 'grace' | 'suspended';
	livemode: boolean;
	updated_at: string | null;
	valid_until: string | null;
	renews_at: string | null;
	ends_at: string | null;
	trial_ends_at: string | null;
	grace_ends_at: string | null;
	capabilities: string[];
	/** What is switched off for everybody, where there is any: no upgrade helps. */
	disabled?: string[];
	limits: Record<string, LimitState>;
	assets: DigitalAsset[];
	/** The open upgrade, if there is one. */
	session: UpgradeSession | null;
	matrix_version: number;
	/** True on a holding that is imagined, not committed. */
	optimistic?: boolean;
}

/* ---- one upgrade: /v1/upgrades ---- */

/** Null: the tier does not have this limit at all. */
export type DeltaLimit = number | 'unlimited' | null;

export interface DeltaAsset {
	slot: string;
	type: AssetType;
	[more: string]: unknown;
}

/** In use beyond a limit that falls, and what the policy does about it. */
export interface OverLimit {
	limit: string;
	used: number;
	allowed: number;
	policy: 'keep' | 'freeze';
}

export interface Delta {
	capabilities: { gain: string[]; lose: string[] };
	limits: Record<string, { from: DeltaLimit; to: DeltaLimit }>;
	assets: {
		provision: DeltaAsset[];
		revoke: DeltaAsset[];
		change: DeltaAsset[];
	};
	over_limit: OverLimit[];
	/** Only for a change at the end of a period. */
	effective_at?: string;
}

export type SessionStatus =
	'pending' | 'completed' | 'failed' | 'cancelled' | 'expired';

export type SessionReason =
	'declined' | 'abandoned' | 'expired' | 'cancelled_by_user' |
	'cancelled_by_seller' | 'other_price_paid' | 'payment_of_other_user' |
	'provider_error';

export interface UpgradeSession {
	id: string;
	user: string;
	from_tier: string;
	/** Null when add-ons are bought. */
	target_tier: string | null;
	addons?: string[];
	quantity: number;
	status: SessionStatus;
	payment_status:
	    'unpaid' | 'requires_action' | 'processing' | 'paid' | 'failed';
	livemode: boolean;
	/** The session's own counter, not the user's. */
	version: number;
	reason: SessionReason | null;
	created_at: string;
	expires_at: string;
	delta: Delta;
}

export interface Checkout {
	provider: Provider;
	url: string;
}

/** What starting, reading, waiting for and cancelling a session answer. */
export interface UpgradeAnswer {
	session: UpgradeSession;
	checkout: Checkout | null;
	/** Only in the answer to a start. */
	token?: string;
	entitlements: UserEntitlementState;
	/** Null once the session is final. */
	optimistic: UserEntitlementState | null;
}

export interface Money {
	amount: number;
	currency: string;
}

export interface Preview {
	delta: Delta;
	entitlements: UserEntitlementState;
	optimistic: UserEntitlementState;
	charge: {
		now: Money | null;
		next: (Money & { interval: Interval | null }) | null;
		source: 'provider' | 'estimate' | 'none';
	} | null;
}

/* ---- errors ---- */

/** RFC 9457, with the last part of `type` repeated in `code`. */
export interface Problem {
	type: string;
	title: string;
	status: number;
	detail?: string;
	instance?: string;
	code: string;
	/** The one that is open, in `upgrade-in-progress`. */
	session?: UpgradeSession;
	errors?: { pointer: string; detail: string }[];
	[more: string]: unknown;
}

export class RungError extends Error {
	/**
	 * The problem's code; `http-502` and the like when the answer was not
	 * ours, `network` when there was none, `no-token` when the token
	 * callback gave none.
	 */
	readonly code: string;
	/** The HTTP status, 0 when there was no answer. */
	readonly status: number;
	readonly detail: string;
	readonly problem: Problem | null;
	/** Milliseconds that the server asked us to wait. */
	readonly retryAfter: number | null;
}

/* ---- the client ---- */

export type Wish = string | {
	tier?: string;
	/** A named price of the tier; the first is sold otherwise. */
	price?: string;
	quantity?: number;
	/** In place of a tier. */
	addons?: string[];
	/** For a lower tier. */
	effective?: 'now' | 'period_end';
};

export interface RungState {
	/**
	 * idle: nothing is being bought. starting: the click is not answered
	 * yet. pending: waiting for the payment. completed: it is committed.
	 * rolled-back: it is not, and `reason` says why; an attempt that was
	 * declined may still go forward again.
	 */
	readonly phase:
	    'idle' | 'starting' | 'pending' | 'completed' | 'rolled-back';
	/** What to show: the imagined holding or the committed one. */
	readonly view: UserEntitlementState | null;
	/** True while `view` is imagined. */
	readonly optimistic: boolean;
	/** The newest that the server has committed, as far as known. */
	readonly committed: UserEntitlementState | null;
	/** What the user will have when the payment arrives. */
	readonly imagined: UserEntitlementState | null;
	readonly session: UpgradeSession | null;
	readonly checkout: Checkout | null;
	/** A SessionReason, or the code of the error that ended it. */
	readonly reason: SessionReason | string | null;
	readonly error: RungError | null;
}

export interface Upgrade {
	session: UpgradeSession;
	checkout: Checkout | null;
	/** Never rejects: the state once the session is final or lost. */
	done: Promise<RungState>;
}

export interface RungOptions {
	/** The public address of the API, without /v1. */
	url: string;
	/**
	 * Answers a client token made by the seller's back end. Called once,
	 * and again when the token has run out.
	 */
	token: () => string | Promise<string>;
	fetch?: typeof fetch;
	/** Where session tokens outlive a redirect; sessionStorage if not given. */
	storage?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
}

export interface UpgradeOptions {
	/** Where the provider sends the buyer; this page if not given. */
	successUrl?: string;
	cancelUrl?: string;
	provider?: Provider;
	/** True: go to the checkout. A function is given its address instead. */
	redirect?: boolean | ((url: string) => void);
}

/**
 * How news reaches this page: an event stream, long polls, short polls, or
 * another tab of this browser, which asks for all of them.
 */
export type Transport = 'stream' | 'wait' | 'poll' | 'tab';

/** What a stream is opened with: POST /v1/events. The client does it. */
export interface StreamTicket {
	/** With `off` the other members are null. */
	stream: 'off' | 'bounded' | 'unbounded';
	ticket: string | null;
	url: string | null;
	expires_at: string | null;
}

/**
 * Dispatches a `change` event whenever `state` is another object, and a
 * `transport` event whenever `transport` is another word.
 */
export class Rung extends EventTarget {
	constructor(options: RungOptions);

	readonly state: RungState;

	/** Null until something has been waited for. */
	readonly transport: Transport | null;

	/** Calls back at once and after each change; returns the way to stop. */
	subscribe(listener: (state: RungState) => void): () => void;

	/** What an upgrade page prints. */
	tiers(): Promise<EntitlementMatrix>;

	/** Reads what the user has and shows it in `state`. */
	entitlements(): Promise<UserEntitlementState>;

	/**
	 * What the wish would change. Ask when a dialog opens, and the click
	 * that follows is shown without waiting for the server.
	 */
	preview(wish: Wish): Promise<Preview>;

	/**
	 * Starts an upgrade, or takes up the one that is open already (then
	 * `resumed`; only one of the same tier is entered). Rejects with a
	 * RungError when it cannot start; the view is rolled back by then.
	 */
	upgrade(wish: Wish, options?: UpgradeOptions):
	    Promise<Upgrade & { resumed: boolean }>;

	/**
	 * Call once when the page has loaded. Takes up the upgrade that is open,
	 * wherever it was started; else reads what the user has and answers
	 * null. `state` shows either.
	 */
	resume(): Promise<Upgrade | null>;

	/** Cancels the open upgrade. */
	cancel(id?: string): Promise<UpgradeSession>;

	/**
	 * Follows every change of this user, upgrades in other tabs included;
	 * returns the way to stop. A hidden tab only listens to the others.
	 */
	watch(): () => void;

	/** Ends all waiting. The object changes no more after this. */
	close(): void;
}
