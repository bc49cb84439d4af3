// Types of rung-react.js.

import type { Rung, RungError, UserEntitlementState } from './rung.js';

export interface UpsellState {
	/**
	 * What to show: the imagined holding while an upgrade is under way (then
	 * `state.optimistic` is true), the committed one otherwise. Null until
	 * the server has answered.
	 */
	state: UserEntitlementState | null;
	/** From the click until the payment is committed or has failed. */
	isUpgrading: boolean;
	/**
	 * Why the last upgrade did not happen, or why nothing can be read; its
	 * `code` is a SessionReason or that of a failed request.
	 */
	error: RungError | null;
}

/**
 * Follows `rung` while the component is mounted: takes up an upgrade that is
 * open, then watches. Make one Rung for the page, outside of components, and
 * start upgrades with `rung.upgrade()`.
 */
export function useUpsellState(rung: Rung): UpsellState;
