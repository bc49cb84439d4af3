/*
 * Applied versions of the matrix.
 */
#ifndef RUNG_STORE_MATRIX_STORE_H
#define RUNG_STORE_MATRIX_STORE_H

#include "core/matrix.h"
#include "store/db.h"

/* The newest version number and time; 0 when none was applied. */
enum rc matrix_newest(struct db *, uint32_t seller, struct arena *,
    int64_t *version, struct err *);

/* All editions, oldest first, without their matrices. */
enum rc matrix_editions(struct db *, uint32_t seller, struct arena *,
    struct edition **out, size_t *count, struct err *);

/* The YAML of one version. */
enum rc matrix_source(struct db *, uint32_t seller, int64_t version,
    struct arena *, struct str *yaml, struct err *);

/*
 * Store the next version, and its matrix_disabled, inside tx_run.
 * RC_DUPLICATE when the newest has the same digest: nothing to do.
 */
enum rc matrix_store(struct db *, uint32_t seller, struct str yaml,
    struct str disabled, struct str operator, int64_t now, struct arena *,
    int64_t *version, struct err *);

/* When each job last ended well; 0 never. */
enum rc job_done(struct db *, uint32_t seller, struct str job, int64_t now,
    struct err *);
enum rc job_last(struct db *, uint32_t seller, struct str job,
    struct arena *, int64_t *at, struct err *);

#endif
