/*
 * A provider that says no to everything: compiled and tested, never
 * registered.  Copy it to begin a new one; stripe.c shows the rest.
 */
#include "provider/event.h"

/*
 * Is it theirs?  A real one fills in a struct stamped, or cuts the header into
 * candidates (signature_add) and asks signature_match over the signed pieces.
 */
static enum rc
verify(const struct hook *hook, const struct hook_rules *rules, int64_t now,
    struct err *e)
{
	(void)hook;
	(void)rules;
	(void)now;
	return err_set(e, RC_BAD_SIGNATURE, "Copy this file and fill it in.",
	    "the skeleton knows no signature");
}

/*
 * Their event in our words.  A real one reads the body with doc_read, fills
 * in id, type, time and mode, and adds facts with event_fact.
 */
static void
normalise(const struct hook *hook, const struct hook_rules *rules,
    struct arena *a, struct event *out)
{
	event_unreadable(out, hook, rules, a, "the skeleton reads nothing");
}

const struct provider provider_skeleton = {
	.name = "skeleton",
	.header = "HTTP_SKELETON_SIGNATURE",
	.verify = verify,
	.normalise = normalise,
};
