/*
 * What an error number of the server or the library means for our work.
 * Numbers, not SQLSTATE: most of these are HY000.
 */
#include <string.h>

#include "store/classify.h"
#include "store/db.h"

/* What to do with the connection after a failure. */
enum keep { KEEPS, DROPS };

static const struct verdict {
	unsigned	 number;
	enum rc		 rc;
	enum keep	 keep;
	const char	*mend;
} verdicts[] = {
	/* Undone, or undone by our ROLLBACK: run again. */
	{ 1213,	RC_BUSY,	KEEPS,	NULL },	/* deadlock, certification */
	{ 1205,	RC_BUSY,	KEEPS,	NULL },	/* lock wait; MariaDB NOWAIT */
	{ 3572,	RC_BUSY,	KEEPS,	NULL },	/* MySQL NOWAIT */
	{ 1020,	RC_BUSY,	KEEPS,	NULL },	/* changed since snapshot */
	{ 3101,	RC_BUSY,	KEEPS,	NULL },	/* Group Replication */
	{ 8002,	RC_BUSY,	KEEPS,	NULL },	/* TiDB */
	{ 8005,	RC_BUSY,	KEEPS,	NULL },
	{ 8022,	RC_BUSY,	KEEPS,	NULL },
	{ 8028,	RC_BUSY,	KEEPS,	NULL },
	{ 9007,	RC_BUSY,	KEEPS,	NULL },
	{ 1317,	RC_BUSY,	KEEPS,	NULL },	/* interrupted */
	{ 1969,	RC_BUSY,	KEEPS,	NULL },	/* MariaDB: too slow */
	{ 3024,	RC_BUSY,	KEEPS,	NULL },	/* MySQL: too slow */
	{ 1615,	RC_BUSY,	DROPS,	NULL },	/* schema moved */

	{ 1062,	RC_DUPLICATE,	KEEPS,	NULL },
	{ 1586,	RC_DUPLICATE,	KEEPS,	NULL },

	/* The connection is gone: again on a new one. */
	{ 2006,	RC_LOST,	DROPS,	NULL },	/* was dead already */
	{ 2013,	RC_LOST,	DROPS,	NULL },	/* answer lost */
	{ 1053,	RC_LOST,	DROPS,	NULL },	/* server stops */
	{ 1180,	RC_LOST,	DROPS,	NULL },	/* failed while committing */
	{ 1927,	RC_LOST,	DROPS,	NULL },	/* connection killed */
	{ 1158,	RC_LOST,	DROPS,	NULL },	/* the server read nothing */
	{ 1159,	RC_LOST,	DROPS,	NULL },
	{ 1160,	RC_LOST,	DROPS,	NULL },
	{ 1161,	RC_LOST,	DROPS,	NULL },

	/* Nobody there, no room, read-only: nothing was done. */
	{ 2002,	RC_DOWN, DROPS, "start the database; check database_socket" },
	{ 2003,	RC_DOWN, DROPS, "start the database; check database_host" },
	{ 2005,	RC_DOWN, DROPS, "check database_host" },
	{ 1040,	RC_DOWN, DROPS, "raise max_connections or run fewer programs" },
	{ 1203,	RC_DOWN, DROPS, "the account has too few connections for so"
	    " many programs" },
	{ 1226,	RC_DOWN, DROPS, "the account's limits are too low" },
	{ 1047,	RC_DOWN, DROPS, "the node has no quorum" },
	{ 1290,	RC_DOWN, DROPS, "the database is read-only" },
	{ 1792,	RC_DOWN, DROPS, "the database is read-only" },
	{ 1836,	RC_DOWN, DROPS, "the database is read-only" },
	{ 1114,	RC_DOWN, KEEPS, "make room on the database's disk" },
	{ 1021,	RC_DOWN, KEEPS, "make room on the database's disk" },
	{ 1026,	RC_DOWN, KEEPS, "make room on the database's disk" },
	{ 3,	RC_DOWN, KEEPS, "make room on the database's disk" },
	{ 2008,	RC_DOWN, DROPS, "there is no memory left" },

	/* Grants, schema, protocol, TLS: a person must look. */
	{ 1044,	RC_BROKEN, DROPS, "check database_name and its grants" },
	{ 1045,	RC_BROKEN, DROPS, "check database_user, database_password" },
	{ 1049,	RC_BROKEN, DROPS, "check database_name" },
	{ 1698,	RC_BROKEN, DROPS, "check database_user, database_password" },
	{ 1142,	RC_BROKEN, DROPS, "grant the account what the manual says" },
	{ 1143,	RC_BROKEN, DROPS, "grant the account what the manual says" },
	{ 1146,	RC_BROKEN, DROPS, "run: rung migrate" },
	{ 1054,	RC_BROKEN, DROPS, "run: rung migrate" },
	{ 1243,	RC_BROKEN, DROPS, NULL },
	{ 2014,	RC_BROKEN, DROPS, NULL },
	{ 2026,	RC_BROKEN, DROPS, "check the certificate of the database" },
	{ 2027,	RC_BROKEN, DROPS, NULL },
};

static const struct verdict *
verdict_of(unsigned number)
{
	/* The library can fail without a number: the answer is lost. */
	if (number == 0)
		number = 2013;
	for (size_t i = 0; i < COUNT(verdicts); i++)
		if (verdicts[i].number == number)
			return &verdicts[i];
	return NULL;
}

/* At COMMIT only these say that nothing was kept. */
static bool
undone_at_commit(unsigned number)
{
	static const unsigned list[] = {
		1213, 1020, 3101, 8002, 8005, 8022, 8028, 9007,
	};

	for (size_t i = 0; i < COUNT(list); i++)
		if (list[i] == number)
			return true;
	return false;
}

enum rc
db_classify(unsigned number, bool at_commit)
{
	const struct verdict *v = verdict_of(number);

	if (at_commit)
		return undone_at_commit(number) ? RC_BUSY : RC_UNSURE;
	/* What is left are values that do not fit: a hole in our checks. */
	return v == NULL ? RC_BROKEN : v->rc;
}

bool
db_number_drops(unsigned number)
{
	const struct verdict *v = verdict_of(number);

	return v != NULL && v->keep == DROPS;
}

const char *
db_number_mend(unsigned number)
{
	const struct verdict *v = verdict_of(number);

	return v == NULL ? NULL : v->mend;
}

/*
 * "Duplicate entry 'x' for key 'table.name'": MySQL writes the table, MariaDB
 * does not.  The entry may hold any text, so we look from the end.
 */
struct str
db_key_of(const char *words)
{
	static const char mark[] = " for key ";
	struct str key = STR_NONE;

	for (const char *p = words; (p = strstr(p, mark)) != NULL; ) {
		p += sizeof(mark) - 1;
		key = str_of(p);
	}
	if (key.len > 0 && key.at[0] == '\'')
		key = str_part(key, 1, key.len);
	if (key.len > 0 && key.at[key.len - 1] == '\'')
		key.len--;
	for (size_t i = key.len; i > 0; i--)
		if (key.at[i - 1] == '.')
			return str_part(key, i, key.len);
	return key;
}
