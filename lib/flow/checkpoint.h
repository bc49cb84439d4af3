/*
 * Checkpoints: what the whole audit trail came to at a time, sealed with a key
 * that is not in the database and kept outside it.  They find what each chain
 * alone cannot show: a chain and its user's row rewritten to fit, or a user
 * gone from every table.
 */
#ifndef RUNG_FLOW_CHECKPOINT_H
#define RUNG_FLOW_CHECKPOINT_H

#include "flow/audit.h"

/* Where ours are kept, in the flow's arena: <var>/audit.checkpoints. */
struct str flow_checkpoint_path(struct flow *);

/*
 * Append one line to that file (made with mode 0600) and have it on the disk:
 * "TIME USERS RECORDS ROOT SEAL", where TIME is a whole second at least a
 * minute ago, so that no transaction still open has a record from before it
 * (a write takes WRITE_DEADLINE_S at most), and SEAL is an HMAC-SHA256 under
 * token_key.  *line, without its newline, is in the flow's arena.  RC_BROKEN
 * when the file cannot be written.
 */
enum rc	flow_checkpoint_add(struct flow *, struct str *line, struct err *);

/*
 * Hold the trail against the last line of the file at path.  *found is false
 * when there is no file, or an empty one.  *fault is empty when all is well,
 * else "checkpoint of TIME: what", in the flow's arena.  RC_BROKEN when the
 * file cannot be read.
 */
enum rc	flow_checkpoint_check(struct flow *, struct str path, bool *found,
	    struct str *fault, struct err *);

#endif
