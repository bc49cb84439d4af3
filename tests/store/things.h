/*
 * Small values for tests: sessions, objects, grants, a user whose world has
 * something of everything.
 */
#ifndef RUNG_TESTS_STORE_THINGS_H
#define RUNG_TESTS_STORE_THINGS_H

#include "store/inbox.h"
#include "store/ledger.h"
#include "store/object_store.h"
#include "store/session_store.h"
#include "store/world.h"

enum { T0 = 1000000 };			/* some moment, in microseconds */

#define CHAIN	STR("0123456789abcdef")	/* a chain id: 16 bytes */

struct session	 a_session(struct str id, struct str user);
struct object_key a_payment(struct str ref);
struct delivery	 a_delivery(struct str event, struct str body);
struct grant_row a_grant(struct str ref, struct str slot, struct str event);
struct asset_step an_asset(enum asset_action, struct str slot,
		    enum asset_state, bool stored);
struct record	 a_record(int64_t n);

#endif
