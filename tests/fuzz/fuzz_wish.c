/*
 * Any bytes as the body of a start: what is taken keeps its promises.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "wire/wish.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GUARD(arena_free) struct arena *arena = arena_new("fuzz",
	    ARENA_BYTES_MAX);
	struct wish w;
	struct err e;

	if (wish_read((struct str){ (const char *)data, size }, arena, &w,
	    &e) != RC_OK) {
		must(e.rc == RC_INVALID_JSON || e.rc == RC_INVALID_VALUE);
		return 0;
	}
	must((w.tier.len > 0) != (w.addon_count > 0));
	must(!(w.has_payment && w.has_checkout));
	must(w.quantity >= 1 && w.quantity <= QUANTITY_MAX);
	must(w.user.len == 0 || user_id_valid(w.user));
	must(!w.has_payment || w.payment.ref.len > 0);
	must(!w.has_checkout || w.success_url.len > 0);
	must(w.amount >= -1);
	must(w.email.len == 0 || (w.has_checkout &&
	    w.email.len <= EMAIL_MAX && str_plain(w.email) &&
	    memchr(w.email.at, '@', w.email.len) != NULL));
	return 0;
}
