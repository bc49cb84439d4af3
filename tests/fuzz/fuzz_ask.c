/*
 * Questions in the words of others: the context of OFREP, the evaluations of
 * AuthZEN.  The first byte chooses: 0 modulo 3 makes the rest a context, 1 one
 * evaluation, 2 several.  Build with -fsanitize=fuzzer,address,undefined.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "wire/authzen.h"
#include "wire/flag.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* What is asked is whole, or says what it lacks; never more than was said. */
static void
check_ask(const struct authzen_ask *ask)
{
	must(ask->count >= 1 && ask->count <= CHECKS_MAX);
	must(ask->many || ask->count == 1);
	for (size_t i = 0; i < ask->count; i++) {
		const struct authzen_question	*q = &ask->questions[i];

		must(q->lacks != NULL || (q->user.len > 0 &&
		    q->capability.len > 0));
		must(q->lacks == NULL || ask->many);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	GUARD(arena_free) struct arena	*a = arena_new("fuzz", ARENA_BYTES_MAX);
	struct authzen_ask		 ask;
	struct str			 body, key = STR_NONE;
	struct err			 e;

	must(a != NULL);
	if (len == 0)
		return 0;
	body = (struct str){ (const char *)bytes + 1, len - 1 };
	switch (bytes[0] % 3) {
	case 0:
		if (flag_context_read(body, a, &key, &e) == RC_OK)
			must(key.len < len && str_utf8(key));
		break;
	case 1:
		if (authzen_read(body, a, &ask, &e) == RC_OK)
			check_ask(&ask);
		break;
	case 2:
		if (authzen_read_many(body, a, &ask, &e) == RC_OK)
			check_ask(&ask);
		break;
	}
	return 0;
}
