/*
 * Every SQL statement that Rung can run while it serves, by name.  No SQL is
 * put together at run time.  Each is prepared once for a connection, at its
 * first use; a test prepares all of them against a fresh schema.
 *
 * X(name, READS or WRITES, text).  A name that ends in _1 is followed by _2,
 * _3 and _4: the same for so many rows, one round trip.
 *
 * Each key begins with seller_id, so each looks possible to the optimizer: it
 * would probe them all, every time, and take a wrong one when its statistics
 * are old (locking other rows than ours).  Where the choice is not a whole
 * unique key of a SELECT, the statement names the index.
 */
#ifndef RUNG_STORE_STATEMENTS_H
#define RUNG_STORE_STATEMENTS_H

/* What the user's row, the open session and a session row are read as. */
#define SESSION_NUMBERS							\
	"ver, livemode, created_at, expires_at, ended_at"
#define SESSION_TEXTS							\
	"session_id, status, payment_status, reason, from_tier, terms,"	\
	" delta, provider, price_id, success_url, cancel_url"
#define OBJECT_AT							\
	" WHERE seller_id = ? AND provider = ? AND account = ?"		\
	" AND kind = ? AND ref = ?"
#define USERS_BETWEEN							\
	" WHERE seller_id = ? AND user_id BETWEEN ? AND ?"
#define EVENT_AT							\
	" WHERE seller_id = ? AND provider = ? AND account = ?"		\
	" AND event_id = ?"
/* What the open holds of a counter come to, at a time. */
#define HELD_NOW							\
	"IF(c.held = 0, 0, (SELECT CAST(COALESCE(SUM(h.amount), 0)"	\
	" AS SIGNED) FROM holds h FORCE INDEX (holds_open)"		\
	" WHERE h.seller_id = c.seller_id AND h.user_id = c.user_id"	\
	" AND h.limit_id = c.limit_id AND h.time_window = c.time_window" \
	" AND h.state = 'open' AND h.expires_at > ?))"

/* Several rows at once; the names carry how many. */
#define ROWS_1(row)	row
#define ROWS_2(row)	row ", " row
#define ROWS_3(row)	row ", " row ", " row
#define ROWS_4(row)	row ", " row ", " row ", " row
/* A list of so many values. */
#define VALUES_8	"?, ?, ?, ?, ?, ?, ?, ?"
#define VALUES_40	VALUES_8 ", " VALUES_8 ", " VALUES_8 ", " VALUES_8	\
	", " VALUES_8
#define VALUES_200	VALUES_40 ", " VALUES_40 ", " VALUES_40 ", "	\
	VALUES_40 ", " VALUES_40
#define VALUES_1000	VALUES_200 ", " VALUES_200 ", " VALUES_200 ", "	\
	VALUES_200 ", " VALUES_200
#define VALUES_2000	VALUES_1000 ", " VALUES_1000
#define VALUES_4000	VALUES_2000 ", " VALUES_2000
#define VALUES_8000	VALUES_4000 ", " VALUES_4000
#define VALUES_16000	VALUES_8000 ", " VALUES_8000
#define VERSIONS_OF(values)						\
	"SELECT user_id, ver, due_at, follows_newest, derived_under"	\
	" FROM users FORCE INDEX (PRIMARY)"				\
	" WHERE seller_id = ? AND user_id IN (" values ")"

#define UP_TO_FOUR(X, name, text, row)					\
	X(name##_1, WRITES, text ROWS_1(row))				\
	X(name##_2, WRITES, text ROWS_2(row))				\
	X(name##_3, WRITES, text ROWS_3(row))				\
	X(name##_4, WRITES, text ROWS_4(row))

#define STATEMENTS_OF_USERS(X)						\
	/* Locks the user by writing, and makes the row of a new one. */ \
	X(USER_LOCK, WRITES,						\
	    "INSERT INTO users (seller_id, user_id, touched, ver,"	\
	    " due_at, matrix_version, follows_newest, updated_at,"	\
	    " holding, document, chain_id, audit_hash, outbox_pruned_to)" \
	    " VALUES (?, ?, 0, 0, NULL, 0, 0, ?, '', '', ?,"		\
	    " UNHEX(REPEAT('00', 32)), 0)"				\
	    " ON DUPLICATE KEY UPDATE touched = touched + 1")		\
	/* What most requests need of a user: one primary key, one row. */ \
	X(USER_READ, READS,						\
	    "SELECT ver, due_at, matrix_version, follows_newest,"	\
	    " derived_under, updated_at, holding, document, chain_id,"	\
	    " audit_hash FROM users WHERE seller_id = ? AND user_id = ?") \
	/* For all who wait together; the list is filled up with its first. */ \
	X(VERSIONS_8, READS, VERSIONS_OF(VALUES_8))			\
	X(VERSIONS_200, READS, VERSIONS_OF(VALUES_200))			\
	X(VERSIONS_1000, READS, VERSIONS_OF(VALUES_1000))		\
	X(VERSIONS_2000, READS, VERSIONS_OF(VALUES_2000))		\
	X(VERSIONS_4000, READS, VERSIONS_OF(VALUES_4000))		\
	X(VERSIONS_8000, READS, VERSIONS_OF(VALUES_8000))		\
	X(VERSIONS_16000, READS, VERSIONS_OF(VALUES_16000))		\
	/* All that hangs on a user, in one shape; see world.c. */	\
	X(WORLD_READ, READS,						\
	    "SELECT 1 AS part, ver AS i1, due_at AS i2,"		\
	    " matrix_version AS i3, follows_newest AS i4,"		\
	    " derived_under AS i5, updated_at AS i6,"			\
	    " holding AS b1, document AS b2,"				\
	    " chain_id AS b3, audit_hash AS b4, NULL AS b5, NULL AS b6,"  \
	    " NULL AS b7, NULL AS b8, NULL AS b9, NULL AS b10,"		\
	    " NULL AS b11"						\
	    " FROM users WHERE seller_id = ? AND user_id = ?"		\
	    " UNION ALL SELECT 2, first_seen, NULL, NULL, NULL, NULL,"	\
	    " NULL,"							\
	    " provider, account, kind, ref, first_event, facts,"	\
	    " NULL, NULL, NULL, NULL, NULL"				\
	    " FROM objects FORCE INDEX (objects_of_user)"		\
	    " WHERE seller_id = ? AND user_id = ?"			\
	    " UNION ALL SELECT 3, unlimited, amount, from_at, until_at,"  \
	    " NULL, NULL, override_id, kind, name,"			\
	    " NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"		\
	    " FROM overrides WHERE seller_id = ? AND user_id = ?"	\
	    " AND ended_at IS NULL"					\
	    " UNION ALL SELECT 4, secret_hash IS NOT NULL,"		\
	    " IF(secret_hash IS NULL, NULL, old_until), NULL,"		\
	    " NULL, NULL, NULL, slot, asset_id, status, held, hint,"	\
	    " NULL, NULL, NULL, NULL, NULL, NULL"			\
	    " FROM assets FORCE INDEX (PRIMARY)"			\
	    " WHERE seller_id = ? AND user_id = ?"			\
	    " UNION ALL SELECT 5, live, NULL, NULL, NULL, NULL, NULL,"	\
	    " provider, account, kind, ref, slot, cause_event,"		\
	    " cause_override, NULL, NULL, NULL, NULL"			\
	    " FROM grants WHERE seller_id = ? AND user_id = ?"		\
	    " UNION ALL SELECT 6, " SESSION_NUMBERS ", NULL, "		\
	    SESSION_TEXTS						\
	    " FROM sessions FORCE INDEX (sessions_open_slot)"		\
	    " WHERE seller_id = ? AND open_slot = ?")			\
	/* Ends a transaction about a user.  A version that is neither	\
	 * the stored one nor the next finds no row. */			\
	X(USER_CLOSE, WRITES,						\
	    "UPDATE users FORCE INDEX (PRIMARY)"			\
	    " SET ver = ?, due_at = ?, matrix_version = ?,"		\
	    " follows_newest = ?, derived_under = ?, updated_at = ?,"	\
	    " holding = ?, document = ?, audit_hash = ?"		\
	    " WHERE seller_id = ? AND user_id = ?"			\
	    " AND ver BETWEEN ? - 1 AND ?")				\
	/* For the sweep: what fell due, and what a newer matrix changes. */ \
	X(USERS_DUE, READS,						\
	    "(SELECT user_id FROM users"				\
	    " WHERE seller_id = ? AND due_at <= ?"			\
	    " ORDER BY due_at LIMIT ?)"					\
	    " UNION (SELECT user_id FROM users"				\
	    " WHERE seller_id = ? AND follows_newest = 1"		\
	    " AND derived_under < ?"					\
	    " ORDER BY derived_under LIMIT ?)"				\
	    " UNION (SELECT user_id FROM users"				\
	    " WHERE seller_id = ? AND follows_newest = 0"		\
	    " AND derived_under > 0 AND derived_under < ?"		\
	    " ORDER BY derived_under LIMIT ?) LIMIT ?")			\
	/* A new asset.  It has no secret until it is claimed. */	\
	UP_TO_FOUR(X, ASSETS_ADD,					\
	    "INSERT INTO assets (seller_id, user_id, slot, ordinal,"	\
	    " asset_id, status, held, hint, secret_hash, created_at)"	\
	    " VALUES ", "(?, ?, ?, 0, ?, ?, ?, '', NULL, ?)")		\
	/* An asset that stays the same one.  Where it is not claimed any \
	 * more its secret is an old one, and over. */			\
	X(ASSET_SET, WRITES,						\
	    "UPDATE assets FORCE INDEX (PRIMARY)"			\
	    " SET status = ?, held = ?,"				\
	    " old_until = IF(? = 1 OR secret_hash IS NULL, old_until, ?),"  \
	    " old_hash = IF(? = 1 OR secret_hash IS NULL, old_hash,"	\
	    " secret_hash), hint = IF(? = 1, hint, ''),"		\
	    " secret_hash = IF(? = 1, secret_hash, NULL)"		\
	    " WHERE seller_id = ? AND user_id = ? AND slot = ?"		\
	    " AND ordinal = 0")						\
	/* A new secret; the one before, if any, is good until then. */	\
	X(ASSET_SECRET, WRITES,						\
	    "UPDATE assets FORCE INDEX (PRIMARY)"			\
	    " SET old_until = IF(secret_hash IS NULL, old_until, ?),"	\
	    " old_hash = IF(secret_hash IS NULL, old_hash, secret_hash),"  \
	    " secret_hash = ?, hint = ?"				\
	    " WHERE seller_id = ? AND user_id = ? AND slot = ?"		\
	    " AND ordinal = 0")						\
	/* Whose secret is this?  One text may be typed in two ways. */	\
	X(ASSET_BY_SECRET, READS,					\
	    "SELECT user_id, slot, asset_id, status, held, hint, NULL"	\
	    " FROM assets FORCE INDEX (assets_secret)"			\
	    " WHERE seller_id = ? AND secret_hash IN (?, ?)"		\
	    " UNION ALL SELECT user_id, slot, asset_id, status, held, hint," \
	    " old_until FROM assets FORCE INDEX (assets_old_secret)"	\
	    " WHERE seller_id = ? AND old_hash IN (?, ?)")		\
	/* What a purchase or override gives. */			\
	UP_TO_FOUR(X, GRANTS_ADD,					\
	    "INSERT INTO grants (seller_id, user_id, provider, account,"  \
	    " kind, ref, slot, ordinal, live, cause_event,"		\
	    " cause_override, granted_at, ended_at) VALUES ",		\
	    "(?, ?, ?, ?, ?, ?, ?, 0, 1, ?, ?, ?, NULL)")		\
	/* A grant ends, or comes back with the cause that brought it. */ \
	X(GRANT_SET, WRITES,						\
	    "UPDATE grants FORCE INDEX (PRIMARY)"			\
	    " SET live = ?, ended_at = ?,"				\
	    " cause_event = ?, cause_override = ?"			\
	    " WHERE seller_id = ? AND user_id = ? AND provider = ?"	\
	    " AND account = ? AND kind = ? AND ref = ? AND slot = ?"	\
	    " AND ordinal = 0")

#define STATEMENTS_OF_USAGE(X)						\
	/* What is in use of limits in the periods that run now. */	\
	X(USAGE_OF, READS,						\
	    "SELECT c.limit_id, c.used + " HELD_NOW ", c.time_window"	\
	    " FROM counters c FORCE INDEX (PRIMARY)"			\
	    " WHERE c.seller_id = ? AND c.user_id = ?"			\
	    " AND (c.time_window = 0 OR c.time_window > ?)"		\
	    " ORDER BY c.limit_id, c.time_window")			\
	X(COUNTER_READ, READS,						\
	    "SELECT c.used, c.held <> 0, " HELD_NOW ", c.fits"		\
	    " FROM counters c WHERE c.seller_id = ? AND c.user_id = ?"	\
	    " AND c.limit_id = ? AND c.time_window = ?")		\
	/* Counts if there is room; `fits` tells whether there was. */	\
	X(COUNTER_TAKE, WRITES,						\
	    "INSERT INTO counters (seller_id, user_id, limit_id,"	\
	    " time_window, used, touched, held, fits)"			\
	    " VALUES (?, ?, ?, ?, ?, 0, 0, 1)"				\
	    " ON DUPLICATE KEY UPDATE touched = touched + 1,"		\
	    " fits = used + held + ? <= ?,"				\
	    " used = IF(used + held + ? <= ?, LEAST(used + ?, ?), used)")  \
	/* Locks the counter by writing, and makes the row of a new one. */ \
	X(COUNTER_LOCK, WRITES,						\
	    "INSERT INTO counters (seller_id, user_id, limit_id,"	\
	    " time_window, used, touched, held, fits)"			\
	    " VALUES (?, ?, ?, ?, 0, 0, 0, 1)"				\
	    " ON DUPLICATE KEY UPDATE touched = touched + 1")		\
	X(COUNTER_SET, WRITES,						\
	    "UPDATE counters FORCE INDEX (PRIMARY) SET used = ?, held = ?" \
	    " WHERE seller_id = ? AND user_id = ? AND limit_id = ?"	\
	    " AND time_window = ?")					\
	X(COUNTER_PRUNE, WRITES,					\
	    "DELETE FROM counters WHERE seller_id = ?"			\
	    " AND time_window BETWEEN 1 AND ?"				\
	    " ORDER BY time_window LIMIT ?")				\
	X(HOLD_ADD, WRITES,						\
	    "INSERT INTO holds (seller_id, user_id, hold_id, limit_id,"	\
	    " time_window, amount, taken, state, expires_at)"		\
	    " VALUES (?, ?, ?, ?, ?, ?, 0, 'open', ?)")			\
	X(HOLD_READ, READS,						\
	    "SELECT limit_id, time_window, amount, taken, state,"	\
	    " expires_at FROM holds"					\
	    " WHERE seller_id = ? AND user_id = ? AND hold_id = ?")	\
	/* Ends a hold; one that has ended finds no row. */		\
	X(HOLD_END, WRITES,						\
	    "UPDATE holds FORCE INDEX (PRIMARY) SET state = ?, taken = ?"  \
	    " WHERE seller_id = ? AND user_id = ? AND hold_id = ?"	\
	    " AND state = 'open'")					\
	X(HOLD_PRUNE, WRITES,						\
	    "DELETE FROM holds WHERE seller_id = ? AND expires_at < ?"	\
	    " ORDER BY expires_at LIMIT ?")

#define STATEMENTS_OF_OBJECTS(X)					\
	/* Locks the object by writing, and makes the row of a new one.	\
	 * A start may have made it before any delivery spoke of it. */	\
	X(OBJECT_LOCK, WRITES,						\
	    "INSERT INTO objects (seller_id, provider, account, kind,"	\
	    " ref, touched, user_id, paid, first_event, first_seen,"	\
	    " facts) VALUES (?, ?, ?, ?, ?, 0, NULL, 0, ?, ?, '')"	\
	    " ON DUPLICATE KEY UPDATE touched = touched + 1,"		\
	    " first_event = IF(first_event = '', VALUES(first_event),"	\
	    " first_event)")						\
	X(OBJECT_LOAD, READS,						\
	    "SELECT user_id, first_event, first_seen, facts"		\
	    " FROM objects" OBJECT_AT)					\
	/* Facts and owner.  An owner never changes: another one finds	\
	 * no row. */							\
	X(OBJECT_SAVE, WRITES,						\
	    "UPDATE objects FORCE INDEX (PRIMARY)"			\
	    " SET user_id = ?, paid = ?, facts = ?"			\
	    OBJECT_AT " AND (user_id IS NULL OR user_id = ?)")		\
	/* Said again, a claim says nothing new. */			\
	X(CLAIM_ADD, WRITES,						\
	    "INSERT INTO claims (seller_id, provider, account, kind,"	\
	    " ref, session_id, user_id, created_at)"			\
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"				\
	    " ON DUPLICATE KEY UPDATE user_id = user_id")		\
	X(CLAIMS_OF, READS,						\
	    "SELECT session_id, user_id FROM claims" OBJECT_AT		\
	    " ORDER BY session_id")

#define STATEMENTS_OF_SESSIONS(X)					\
	/* A plain insert: the key of open_slot lets only one be open. */ \
	X(SESSION_INSERT, WRITES,					\
	    "INSERT INTO sessions (seller_id, user_id, open_slot,"	\
	    " target, " SESSION_NUMBERS ", " SESSION_TEXTS ")"		\
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"	\
	    " ?, ?, ?, ?)")						\
	X(SESSION_READ, READS,						\
	    "SELECT " SESSION_NUMBERS ", " SESSION_TEXTS ", user_id"	\
	    " FROM sessions WHERE seller_id = ? AND session_id = ?")	\
	/* Another's takes no longer than none: no row comes. */	\
	X(SESSION_READ_OF, READS,					\
	    "SELECT " SESSION_NUMBERS ", " SESSION_TEXTS ", user_id"	\
	    " FROM sessions FORCE INDEX (PRIMARY)"			\
	    " WHERE seller_id = ? AND session_id = ? AND user_id = ?")	\
	/* Moves an open session; a final one finds no row. */		\
	X(SESSION_MOVE, WRITES,						\
	    "UPDATE sessions FORCE INDEX (PRIMARY)"			\
	    " SET status = ?, payment_status = ?,"			\
	    " reason = ?, ver = ?, ended_at = ?, open_slot = ?"		\
	    " WHERE seller_id = ? AND session_id = ?"			\
	    " AND status = 'pending'")					\
	/* Ids begin with the time, so their order is the order of age. */ \
	X(SESSIONS_NEWEST, READS,					\
	    "SELECT " SESSION_NUMBERS ", " SESSION_TEXTS ", user_id"	\
	    " FROM sessions WHERE seller_id = ? AND (? = 1 OR status = ?)" \
	    " ORDER BY session_id DESC LIMIT ?")			\
	X(SESSIONS_OF_USER, READS,					\
	    "SELECT " SESSION_NUMBERS ", " SESSION_TEXTS ", user_id"	\
	    " FROM sessions WHERE seller_id = ? AND user_id = ?"	\
	    " AND (? = 1 OR status = ?)"				\
	    " ORDER BY created_at DESC, session_id DESC LIMIT ?")	\
	/* For the sweep: users with an open session past its end. */	\
	X(SESSIONS_STALE, READS,					\
	    "SELECT user_id FROM sessions WHERE seller_id = ?"		\
	    " AND status = 'pending' AND expires_at <= ?"		\
	    " AND payment_status <> 'processing'"			\
	    " ORDER BY expires_at LIMIT ?")				\
	/* Answers by idempotency key. */				\
	X(IDEM_FIND, READS,						\
	    "SELECT body_digest, status, session_id, gap, answer"	\
	    " FROM idempotency WHERE seller_id = ? AND principal = ?"	\
	    " AND route = ? AND idem_key = ?")				\
	X(IDEM_STORE, WRITES,						\
	    "INSERT INTO idempotency (seller_id, principal, route,"	\
	    " idem_key, body_digest, status, session_id, gap, answer,"	\
	    " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")	\
	X(IDEM_PRUNE, WRITES,						\
	    "DELETE FROM idempotency WHERE seller_id = ?"		\
	    " AND created_at < ? ORDER BY created_at LIMIT ?")

#define STATEMENTS_OF_INTENTS(X)					\
	/* Locks the intent by writing, and makes the row of a new one. */ \
	X(INTENT_LOCK, WRITES,						\
	    "INSERT INTO intents (seller_id, session_id, touched,"	\
	    " account, ref, replaces, quoted_at, lease_until,"		\
	    " lease_owner, declined, state, url, made_kind,"		\
	    " made_account, made_ref, close_at, close_tries,"		\
	    " created_at, email, email_until, opened_at)"		\
	    " VALUES (?, ?, 0, ?, ?, ?, NULL, NULL, '', 0,"		\
	    " 'new', '', '', '', '', NULL, 0, ?, ?, ?, NULL)"		\
	    " ON DUPLICATE KEY UPDATE touched = touched + 1")		\
	X(INTENT_READ, READS,						\
	    "SELECT account, ref, replaces, quoted_at, lease_until,"	\
	    " lease_owner, declined, state, url, made_kind,"		\
	    " made_account, made_ref, close_at, close_tries, email,"	\
	    " email_until, opened_at"					\
	    " FROM intents WHERE seller_id = ? AND session_id = ?")	\
	X(INTENT_SAVE, WRITES,						\
	    "UPDATE intents FORCE INDEX (PRIMARY)"			\
	    " SET quoted_at = ?, lease_until = ?, lease_owner = ?,"	\
	    " declined = ?, state = ?, url = ?, made_kind = ?,"		\
	    " made_account = ?, made_ref = ?, close_at = ?,"		\
	    " close_tries = ?, opened_at = ?"				\
	    " WHERE seller_id = ? AND session_id = ?")			\
	/* A session ended: what is open for it must not be paid. */	\
	X(INTENT_CLOSE, WRITES,						\
	    "UPDATE intents FORCE INDEX (PRIMARY) SET close_at = ?"	\
	    " WHERE seller_id = ? AND session_id = ?"			\
	    " AND made_ref <> '' AND close_at IS NULL")			\
	X(INTENTS_TO_CLOSE, READS,					\
	    "SELECT session_id FROM intents"				\
	    " FORCE INDEX (intents_to_close)"				\
	    " WHERE seller_id = ? AND close_at <= ?"			\
	    " ORDER BY close_at LIMIT ?")				\
	/* Checkouts that were opened for a buyer of this address; ids	\
	 * begin with the time. */					\
	X(INTENTS_OF_EMAIL, READS,					\
	    "SELECT session_id, opened_at FROM intents"			\
	    " FORCE INDEX (intents_of_email)"				\
	    " WHERE seller_id = ? AND email = ?"			\
	    " AND opened_at IS NOT NULL"				\
	    " ORDER BY session_id DESC LIMIT ?")			\
	X(INTENTS_FORGET, WRITES,					\
	    "UPDATE intents FORCE INDEX (intents_email_until)"		\
	    " SET email = NULL, email_until = NULL"			\
	    " WHERE seller_id = ? AND email_until <= ?"			\
	    " ORDER BY email_until LIMIT ?")

/* A delivery as delivery_take reads it. */
#define DELIVERY_COLUMNS(body)						\
	"provider, account, event_id, type, state, why, livemode,"	\
	" happened_at, first_seen, " body ", kind, ref, user_id"

#define STATEMENTS_OF_INBOX(X)						\
	/* One row for each delivery; the key makes a repeat fail. */	\
	X(INBOX_CLAIM, WRITES,						\
	    "INSERT INTO inbox (seller_id, provider, account, event_id,"  \
	    " body_digest, type, state, why, kind, ref, user_id,"	\
	    " livemode, happened_at, first_seen, body)"			\
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")	\
	/* Taken in once more. */					\
	X(INBOX_RESTATE, WRITES,					\
	    "UPDATE inbox FORCE INDEX (PRIMARY) SET type = ?,"		\
	    " state = ?, why = ?, kind = ?, ref = ?, user_id = ?"	\
	    EVENT_AT)							\
	/* Had the delivery that was here before the same body? */	\
	X(INBOX_DIGEST, READS,						\
	    "SELECT body_digest FROM inbox" EVENT_AT)			\
	/* Two bodies under one event id; the same two told again. */	\
	X(INBOX_CONFLICT, WRITES,					\
	    "INSERT INTO inbox_conflicts (seller_id, provider, account,"  \
	    " event_id, body_digest, first_seen, body)"			\
	    " VALUES (?, ?, ?, ?, ?, ?, ?)"				\
	    " ON DUPLICATE KEY UPDATE first_seen = first_seen")		\
	/* Deliveries about an object that has found its user; those that \
	 * waited for one are done. */					\
	X(INBOX_GIVE, WRITES,						\
	    "UPDATE inbox FORCE INDEX (inbox_of_object)"		\
	    " SET why = IF(state = 'deferred', '', why),"		\
	    " state = IF(state = 'deferred', 'applied', state),"	\
	    " user_id = ? WHERE seller_id = ? AND provider = ?"		\
	    " AND account = ? AND kind = ? AND ref = ?"			\
	    " AND user_id IS NULL AND state <> 'ignored'")		\
	/* Those that were kept for this reason, which is none any more. */ \
	X(INBOX_RELEASE, WRITES,					\
	    "UPDATE inbox FORCE INDEX (inbox_of_object)"		\
	    " SET state = 'applied', why = ''"				\
	    " WHERE seller_id = ? AND provider = ?"			\
	    " AND account = ? AND kind = ? AND ref = ?"			\
	    " AND user_id = ? AND state = 'quarantined' AND why = ?")

#define STATEMENTS_OF_LEDGER(X)						\
	/* One record per version; a second one of a number fails. */	\
	X(AUDIT_APPEND, WRITES,						\
	    "INSERT INTO audit (seller_id, user_id, n, at, actor,"	\
	    " action, cause, request_id, detail, prev_hash, hash)"	\
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")		\
	/* Notices to send, as parts 0, 1, ... of a version. */		\
	UP_TO_FOUR(X, OUTBOX_ADD,					\
	    "INSERT INTO outbox (seller_id, user_id, ver, part,"	\
	    " event_id, type, at, data) VALUES ",			\
	    "(?, ?, ?, ?, ?, ?, ?, ?)")

#define STATEMENTS_OF_SELLERS(X)					\
	/* Whose secret is this?  The one search without a seller. */	\
	X(CREDENTIAL_FIND, READS,					\
	    "SELECT seller_id, kind, key_id, user_id, scopes, label,"	\
	    " created_at, expires_at, revoked_at, email"		\
	    " FROM credentials WHERE secret_hash = ?")			\
	X(CREDENTIAL_ADD, WRITES,					\
	    "INSERT INTO credentials (secret_hash, seller_id, kind,"	\
	    " key_id, user_id, scopes, label, created_at, expires_at,"	\
	    " revoked_at, email)"					\
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")		\
	X(CREDENTIAL_REVOKE, WRITES,					\
	    "UPDATE credentials SET revoked_at = ?"			\
	    " WHERE seller_id = ? AND key_id = ?"			\
	    " AND revoked_at IS NULL")					\
	/* Keys for the operator; client tokens are too many to list. */ \
	X(CREDENTIAL_LIST, READS,					\
	    "SELECT seller_id, kind, key_id, user_id, scopes, label,"	\
	    " created_at, expires_at, revoked_at, email"		\
	    " FROM credentials WHERE seller_id = ? AND kind <> 'client'"  \
	    " ORDER BY created_at, key_id")				\
	X(CREDENTIAL_PRUNE, WRITES,					\
	    "DELETE FROM credentials WHERE seller_id = ?"		\
	    " AND kind = 'client' AND expires_at < ?"			\
	    " ORDER BY expires_at LIMIT ?")				\
	/* Asked once a second by every program: the end of one key. */	\
	X(MATRIX_NEWEST, READS,						\
	    "SELECT version, digest FROM matrices WHERE seller_id = ?"	\
	    " ORDER BY version DESC LIMIT 1")				\
	X(MATRIX_EDITIONS, READS,					\
	    "SELECT version, applied_at, disabled FROM matrices"	\
	    " WHERE seller_id = ? ORDER BY version")			\
	X(MATRIX_SOURCE, READS,						\
	    "SELECT source FROM matrices"				\
	    " WHERE seller_id = ? AND version = ?")			\
	X(MATRIX_STORE, WRITES,						\
	    "INSERT INTO matrices (seller_id, version, applied_at,"	\
	    " applied_by, digest, disabled, source)"			\
	    " VALUES (?, ?, ?, ?, ?, ?, ?)")				\
	/* When a periodic job last ended well: never back in time. */	\
	X(JOB_DONE, WRITES,						\
	    "INSERT INTO jobs (seller_id, job, last_success)"		\
	    " VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE"			\
	    " last_success = GREATEST(last_success, ?)")		\
	X(JOB_LAST, READS,						\
	    "SELECT last_success FROM jobs"				\
	    " WHERE seller_id = ? AND job = ?")

#define STATEMENTS_OF_SCHEMA(X)						\
	/* Which steps of schema/ were applied, and how far. */		\
	X(MIGRATION_LIST, READS,					\
	    "SELECT name, digest, applied_at, done"			\
	    " FROM schema_migrations")					\
	X(MIGRATION_ADD, WRITES,					\
	    "INSERT INTO schema_migrations (name, digest, applied_at,"	\
	    " done) VALUES (?, ?, NULL, 0)")				\
	X(MIGRATION_MOVE, WRITES,					\
	    "UPDATE schema_migrations SET digest = ?, done = ?,"	\
	    " applied_at = ? WHERE name = ?")

#define STATEMENTS_OF_OPERATORS(X)					\
	/* A gift or a withdrawal, and its end by hand. */		\
	X(OVERRIDE_ADD, WRITES,						\
	    "INSERT INTO overrides (seller_id, user_id, override_id,"	\
	    " kind, name, unlimited, amount, from_at, until_at, reason,"  \
	    " operator, created_at, ended_at)"				\
	    " VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?, NULL)")	\
	X(OVERRIDE_END, WRITES,						\
	    "UPDATE overrides SET ended_at = ?"				\
	    " WHERE seller_id = ? AND user_id = ? AND override_id = ?"	\
	    " AND ended_at IS NULL")					\
	X(OVERRIDES_OF, READS,						\
	    "SELECT override_id, kind, name, unlimited, amount,"	\
	    " until_at, reason, operator, created_at, ended_at"		\
	    " FROM overrides WHERE seller_id = ? AND user_id = ?"	\
	    " ORDER BY created_at, override_id")			\
	/* The audit chain of one user, piece by piece. */		\
	X(AUDIT_OF, READS,						\
	    "SELECT n, at, actor, action, cause, request_id, detail,"	\
	    " prev_hash, hash FROM audit"				\
	    " WHERE seller_id = ? AND user_id = ? AND n > ?"		\
	    " ORDER BY n LIMIT ?")					\
	/* All users by id, for who verifies or exports. */		\
	X(USERS_PAGE, READS,						\
	    "SELECT user_id, ver, chain_id, audit_hash FROM users"	\
	    " WHERE seller_id = ? AND user_id > ?"			\
	    " ORDER BY user_id LIMIT ?")				\
	/* Who left traces and has no row: somebody took it away. */	\
	X(USERS_GONE, READS,						\
	    "SELECT DISTINCT t.user_id FROM ("				\
	    "SELECT seller_id, user_id FROM audit" USERS_BETWEEN	\
	    " UNION ALL SELECT seller_id, user_id FROM outbox"		\
	    USERS_BETWEEN						\
	    " UNION ALL SELECT seller_id, user_id FROM sessions"	\
	    USERS_BETWEEN						\
	    " UNION ALL SELECT seller_id, user_id FROM assets"		\
	    USERS_BETWEEN						\
	    " UNION ALL SELECT seller_id, user_id FROM objects"		\
	    USERS_BETWEEN						\
	    ") t LEFT JOIN users u ON u.seller_id = t.seller_id"	\
	    " AND u.user_id = t.user_id WHERE u.user_id IS NULL"	\
	    " ORDER BY t.user_id LIMIT ?")				\
	/* All who ever bought, by id, for who moves purchases on. */	\
	X(BUYERS_PAGE, READS,						\
	    "SELECT DISTINCT user_id FROM objects"			\
	    " FORCE INDEX (objects_of_user)"				\
	    " WHERE seller_id = ? AND user_id > ?"			\
	    " ORDER BY user_id LIMIT ?")				\
	/* How many users' tiers follow which version. */		\
	X(PINNED_COUNT, READS,						\
	    "SELECT matrix_version, COUNT(*) FROM users"		\
	    " FORCE INDEX (users_behind)"				\
	    " WHERE seller_id = ? AND follows_newest = 0"		\
	    " AND matrix_version > 0 GROUP BY matrix_version")		\
	X(MATRIX_LIST, READS,						\
	    "SELECT version, applied_at, applied_by FROM matrices"	\
	    " WHERE seller_id = ? ORDER BY version")			\
	X(MOVE_ADD, WRITES,						\
	    "INSERT INTO matrix_moves (seller_id, move_id, version,"	\
	    " back, users, operator, at) VALUES (?, ?, ?, ?, ?, ?, ?)")	\
	X(MOVES_LIST, READS,						\
	    "SELECT at, version, back, users, operator"			\
	    " FROM matrix_moves WHERE seller_id = ?"			\
	    " ORDER BY version, move_id")				\
	/* What providers told us of one user, the first word first. */	\
	X(INBOX_OF_USER, READS,						\
	    "SELECT " DELIVERY_COLUMNS("body")				\
	    " FROM inbox WHERE seller_id = ? AND user_id = ?"		\
	    " ORDER BY first_seen, event_id LIMIT ?")			\
	X(INBOX_READ, READS,						\
	    "SELECT " DELIVERY_COLUMNS("body") " FROM inbox" EVENT_AT)	\
	/* For an operator, without bodies; of one state, as the key is. */ \
	X(INBOX_LIST, READS,						\
	    "SELECT " DELIVERY_COLUMNS("''")				\
	    " FROM inbox FORCE INDEX (inbox_waiting)"			\
	    " WHERE seller_id = ? AND state = ? AND first_seen >= ?"	\
	    " AND (? = '' OR provider = ?) AND (? = '' OR user_id = ?)"	\
	    " ORDER BY first_seen DESC LIMIT ?")

/* Figures for the operator, each from the beginning of an index. */
#define STATEMENTS_OF_GAUGES(X)						\
	X(SESSIONS_COUNT, READS,					\
	    "SELECT status, COUNT(*) FROM sessions"			\
	    " WHERE seller_id = ? GROUP BY status")			\
	X(INBOX_COUNT, READS,						\
	    "SELECT state, COUNT(*), MIN(first_seen) FROM inbox"	\
	    " WHERE seller_id = ?"					\
	    " AND state IN ('deferred', 'quarantined') GROUP BY state")

/* Only where `sandbox: yes`. */
#define STATEMENTS_OF_SANDBOX(X)					\
	X(THING_ADD, WRITES,						\
	    "INSERT INTO sandbox_things (seller_id, provider, kind,"	\
	    " ref, parent, n, ver, changed_at, body)"			\
	    " VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)")			\
	/* The next version; another one finds no row. */		\
	X(THING_SET, WRITES,						\
	    "UPDATE sandbox_things FORCE INDEX (PRIMARY)"		\
	    " SET parent = ?, changed_at = ?, body = ?, ver = ver + 1"	\
	    " WHERE seller_id = ? AND provider = ? AND kind = ?"	\
	    " AND ref = ? AND ver = ?")					\
	X(THING_GET, READS,						\
	    "SELECT ref, parent, n, ver, body FROM sandbox_things"	\
	    " WHERE seller_id = ? AND provider = ? AND kind = ?"	\
	    " AND ref = ?")						\
	X(THINGS_NEWEST, READS,						\
	    "SELECT ref, parent, n, ver, body FROM sandbox_things"	\
	    " FORCE INDEX (sandbox_things_by_age)"			\
	    " WHERE seller_id = ? AND provider = ? AND kind = ?"	\
	    " AND n < ? ORDER BY n DESC LIMIT ?")			\
	X(THINGS_OF, READS,						\
	    "SELECT ref, parent, n, ver, body FROM sandbox_things"	\
	    " FORCE INDEX (sandbox_things_of)"				\
	    " WHERE seller_id = ? AND provider = ? AND kind = ?"	\
	    " AND parent = ? AND n < ? ORDER BY n DESC LIMIT ?")	\
	X(SANDBOX_EVENT_ADD, WRITES,					\
	    "INSERT INTO sandbox_events (seller_id, provider, seq,"	\
	    " event_id, type, at, delivered, body)"			\
	    " SELECT ?, ?, COALESCE(MAX(seq), 0) + 1, ?, ?, ?, 0, ?"	\
	    " FROM sandbox_events WHERE seller_id = ? AND provider = ?") \
	X(SANDBOX_EVENT_DELIVERED, WRITES,				\
	    "UPDATE sandbox_events FORCE INDEX (sandbox_events_id)"	\
	    " SET delivered = delivered + 1"				\
	    " WHERE seller_id = ? AND provider = ? AND event_id = ?")	\
	X(SANDBOX_EVENT_GET, READS,					\
	    "SELECT seq, event_id, type, at, delivered, body"		\
	    " FROM sandbox_events"					\
	    " WHERE seller_id = ? AND provider = ? AND event_id = ?")	\
	X(SANDBOX_EVENTS_NEWEST, READS,					\
	    "SELECT seq, event_id, type, at, delivered, body"		\
	    " FROM sandbox_events FORCE INDEX (PRIMARY)"		\
	    " WHERE seller_id = ? AND provider = ? AND seq > ?"		\
	    " AND seq < ? AND at >= ? ORDER BY seq DESC LIMIT ?")	\
	X(SANDBOX_EVENTS_OLDEST, READS,					\
	    "SELECT seq, event_id, type, at, delivered, body"		\
	    " FROM sandbox_events FORCE INDEX (PRIMARY)"		\
	    " WHERE seller_id = ? AND provider = ? AND seq > ?"		\
	    " AND seq < ? AND at >= ? ORDER BY seq LIMIT ?")

#define STATEMENTS(X)							\
	STATEMENTS_OF_USERS(X)						\
	STATEMENTS_OF_USAGE(X)						\
	STATEMENTS_OF_OBJECTS(X)					\
	STATEMENTS_OF_SESSIONS(X)					\
	STATEMENTS_OF_INTENTS(X)					\
	STATEMENTS_OF_INBOX(X)						\
	STATEMENTS_OF_LEDGER(X)						\
	STATEMENTS_OF_SELLERS(X)					\
	STATEMENTS_OF_OPERATORS(X)					\
	STATEMENTS_OF_SCHEMA(X)						\
	STATEMENTS_OF_GAUGES(X)						\
	STATEMENTS_OF_SANDBOX(X)

#define X(name, may, text)	STMT_##name,
enum stmt { STATEMENTS(X) STMT__COUNT };
#undef X

enum { STMT_ROWS_MAX = 4 };	/* of a name that ends in _1 */

#endif
