/*
 * The handlers of this program, by the file that has them; the table of
 * routes is in entitlement.c.
 */
#ifndef RUNG_ENTITLEMENT_H
#define RUNG_ENTITLEMENT_H

#include "web/web.h"

/* entitlement_gifts.c: what an operator gives or withholds. */
web_handler	gifts_list, gifts_add, gifts_end;

/* entitlement_ofrep.c: what OpenFeature asks. */
web_handler	ofrep_flag, ofrep_bulk;
extern const struct dialect ofrep_dialect;

/* entitlement_authzen.c: what policy enforcement points ask. */
web_handler	authzen_evaluation, authzen_evaluations,
		authzen_configuration;
extern const struct dialect authzen_dialect;

/* entitlement_gate.c: into protected files. */
web_handler	gate_enter;

/* entitlement_usage.c: what is taken from limits, and held of them. */
web_handler	usage_take_some, usage_confirm, usage_release;

/* entitlement_assets.c: assets, and the secrets of those that have one. */
web_handler	assets_list, assets_claim, assets_rotate, assets_revoke,
		assets_verify;

#endif
