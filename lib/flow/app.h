/*
 * What a program keeps from request to request (struct app) and what one
 * request is (struct flow): where configuration, database, matrix and clock
 * come together.
 */
#ifndef RUNG_FLOW_APP_H
#define RUNG_FLOW_APP_H

#include "base/conf.h"
#include "core/matrix.h"
#include "store/db.h"

enum { SELLER_USUAL = 1 };	/* of requests that name no seller */

struct app;

/*
 * Read the configuration (path "" searches the usual places) and make ready;
 * the database is connected at first use.  On failure *e says what to mend;
 * findings in the file are written to standard error.
 */
enum rc		 app_open(struct app **out, struct str conf_path,
		    struct err *);
void		 app_close(struct app **);
const struct conf *app_conf(const struct app *);

/* The file that the configuration was read from. */
struct str	 app_conf_path(const struct app *);

struct flow {
	struct app	*app;
	const struct conf *conf;
	struct db	*db;
	struct arena	*arena;
	uint32_t	 seller;
	int64_t		 now;		/* microseconds: the one clock */
	bool		 reads_only;	/* what fell due is not settled */
	struct str	 request;	/* request id */
	struct str	 actor;		/* for the audit: key id, "user", provider */
};

/*
 * Begin a request: sets the deadline (seconds from now), reads the clock once
 * (machine + offset to the database + test shift).  Works without a database:
 * the offset is then the last one known.
 */
void		 flow_begin(struct flow *, struct app *, struct arena *,
		    int deadline_s);

/* The clock again, for programs that wait. */
int64_t		 flow_clock(struct app *);

/*
 * The applied matrix versions of the seller; the newest is looked up again
 * when the last look is older than half a second.  The catalog lives until
 * the next request.  RC_BROKEN when none was ever applied.
 */
enum rc		 flow_catalog(struct flow *, const struct catalog **out,
		    struct err *);

/*
 * The same, and it knows this version: what stands in the database may have
 * been settled by a program that looked later than we did.
 */
enum rc		 flow_catalog_since(struct flow *, int64_t version,
		    const struct catalog **out, struct err *);

/* Also load these versions. */
enum rc		 flow_catalog_with(struct flow *, const int64_t *versions,
		    size_t count, const struct catalog **out, struct err *);

#endif
