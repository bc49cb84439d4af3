// Types of rung-element.js, which defines <rung-upgrade>.

import type { Rung } from './rung.js';

/**
 * A button that sells one tier. Attributes:
 *
 *	tier	the tier to sell
 *	price	a named price of it; the first is sold otherwise
 *	provider	who takes the money: stripe if not given, paddle or lemonsqueezy
 *	url	the public address of the API; this origin if not given
 *	token	where to POST for a client token; /rung-token.php if not given
 *	state	set by the element: loading, offer, busy, owned, failed or away
 *
 * Its text is the label of the button.
 */
export class RungUpgrade extends HTMLElement {
	/** A Rung of yours, set before the element is in the page. */
	rung: Rung;
	label?: string;
}

declare global {
	interface HTMLElementTagNameMap {
		'rung-upgrade': RungUpgrade;
	}
}
