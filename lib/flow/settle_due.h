/*
 * Settling what fell due: one ordinary transaction, from a reader or the
 * sweep.
 */
#ifndef RUNG_FLOW_SETTLE_DUE_H
#define RUNG_FLOW_SETTLE_DUE_H

#include "flow/app.h"

/* Settle the user up to now and wake who waits.  Harmless when nothing is due. */
enum rc flow_settle_due(struct flow *, struct str user, struct err *);

#endif
