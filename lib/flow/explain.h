/*
 * Why a user holds what they hold: from the answer back to matrix version,
 * purchase, provider events and overrides.
 */
#ifndef RUNG_FLOW_EXPLAIN_H
#define RUNG_FLOW_EXPLAIN_H

#include "flow/app.h"

/*
 * {"user","tier","status","version","matrix_version","due_at",
 *  "purchases":[{"key","state","matrix_version","pinned_by","sold":[...],
 *    "amount","refunded","session","paid_until","cancel_at",
 *    "objects":[{"key","first_event"}]}],
 *  "overrides":[{"id","kind","name","until"}],
 *  "capability":{"name","allowed","code","tier","cause"}|null}
 * of the present moment; nothing is written.  capability may be "".
 */
enum rc	flow_explain(struct flow *, struct str user, struct str capability,
	    struct str *json, struct err *);

#endif
