/*
 * The one function that runs transactions.
 */
#ifndef RUNG_STORE_TX_H
#define RUNG_STORE_TX_H

#include "store/db.h"

/*
 * Everything between BEGIN and COMMIT.  A body reads what it decides upon
 * inside itself, does nothing outside the database, gets ids, random values
 * and the time from its caller, and passes every failure on: it may run
 * several times.  It must reset what it wrote into *arg.  Returning an
 * RC_ (other than RC_BUSY, RC_LOST) rolls back and is final.
 */
typedef enum rc	tx_body(struct db *, void *arg, struct err *);

/*
 * Run body in one transaction, and again from the top on deadlock, lock wait,
 * lost connection and commit in doubt (then on a new connection, with the
 * same ids, so that a unique key tells whether it was done).  At most
 * TX_TRIES_MAX tries with full jitter, all within the deadline set by
 * db_deadline.  RC_STORE_UNAVAILABLE when that was not enough.
 */
enum rc tx_run(struct db *, tx_body *, void *arg, struct err *);

#endif
