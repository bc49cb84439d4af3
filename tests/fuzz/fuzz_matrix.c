/*
 * Any bytes as a matrix and as rung.yaml: no crash, and findings whenever the
 * file is refused.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "wire/conf_read.h"
#include "wire/matrix_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(enum rc rc, const struct findings *found, struct arena *arena)
{
	size_t i;

	must((rc == RC_OK) == (found->count == 0));
	for (i = 0; i < found->count; i++)
		must(finding_line(arena, "f", &found->list[i]).len > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GUARD(arena_free) struct arena *arena = arena_new("fuzz",
	    ARENA_BYTES_MAX);
	struct str yaml = { (const char *)data, size };
	struct findings found;
	struct matrix m;
	struct conf conf;
	struct err e;
	enum rc rc;

	rc = matrix_read(yaml, arena, &m, &found, &e);
	check(rc, &found, arena);
	must(rc != RC_OK || m.default_tier != NULL);
	conf_init(&conf, arena);
	check(conf_read(yaml, arena, &conf, &found, &e), &found, arena);
	return 0;
}
