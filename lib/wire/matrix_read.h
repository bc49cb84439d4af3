/*
 * The YAML matrix, read by libyaml events into core/matrix.h.
 */
#ifndef RUNG_WIRE_MATRIX_READ_H
#define RUNG_WIRE_MATRIX_READ_H

#include "base/arena.h"
#include "base/err.h"
#include "core/matrix.h"

/* One finding; line and column count from 1. */
struct finding {
	unsigned	 line, column;
	struct str	 path;		/* "tiers.pro.limits" */
	struct str	 message;	/* with "did you mean ..." where one is near */
};

struct findings {
	struct finding	*list;
	size_t		 count;
};

/*
 * Read and check a whole matrix.  All findings are reported, not the first
 * only; *out is written when there are none.  Everything lives in the arena.
 * RC_INVALID_VALUE when there are findings.
 */
enum rc matrix_read(struct str yaml, struct arena *, struct matrix *out,
    struct findings *, struct err *);

/* "file:line:col: path: message" for one finding. */
struct str finding_line(struct arena *, const char *file,
    const struct finding *);

#endif
