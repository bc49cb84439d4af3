/*
 * The body of a start or a preview, checked member by member.  Nothing here
 * knows the matrix: whether a tier exists is for lib/flow to say.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/guard.h"
#include "base/limits.h"
#include "base/suggest.h"
#include "base/text.h"
#include "wire/wish.h"

enum {
	URL_BYTES_MAX	= 2048,		/* what every browser takes */
	NAME_BYTES_MAX	= 80,
};

/* Minor units; a double, as JavaScript reads numbers, still holds it. */
#define AMOUNT_MAX	INT64_C(9007199254740991)

static const struct str provider_names[] = {
	STR("stripe"), STR("paddle"), STR("lemonsqueezy"),
};
static const struct str wish_names[] = {
	STR("user"), STR("target_tier"), STR("addons"), STR("quantity"),
	STR("price"), STR("effective"), STR("payment"), STR("checkout"),
};
static const struct str payment_names[] = {
	STR("provider"), STR("reference"), STR("amount"), STR("currency"),
};
static const struct str checkout_names[] = {
	STR("provider"), STR("success_url"), STR("cancel_url"), STR("email"),
};

/* What a reference of one provider looks like, and what it names. */
static const struct reference_form {
	struct str		 provider, head;
	bool			 keep;	/* the head is part of the reference */
	enum object_kind	 kind;
} reference_forms[] = {
	{ STR("stripe"), STR("pi_"), true, OBJECT_PAYMENT },
	{ STR("stripe"), STR("cs_"), true, OBJECT_CHECKOUT },
	{ STR("stripe"), STR("sub_"), true, OBJECT_SUBSCRIPTION },
	{ STR("stripe"), STR("in_"), true, OBJECT_INVOICE },
	{ STR("paddle"), STR("txn_"), true, OBJECT_PAYMENT },
	{ STR("paddle"), STR("sub_"), true, OBJECT_SUBSCRIPTION },
	{ STR("lemonsqueezy"), STR("order:"), false, OBJECT_ORDER },
	{ STR("lemonsqueezy"), STR("subscription:"), false,
	    OBJECT_SUBSCRIPTION },
};

bool
user_id_valid(struct str id)
{
	return id.len > 0 && id.len <= USER_ID_MAX && str_plain(id) &&
	    !str_eq(id, STR(".")) && !str_eq(id, STR("..")) &&
	    memchr(id.at, '/', id.len) == NULL &&
	    memchr(id.at, '\\', id.len) == NULL;
}

static bool
plain_id(struct str id)
{
	size_t i;

	if (id.len == 0 || id.len > OUTSIDE_ID_MAX)
		return false;
	for (i = 0; i < id.len; i++) {
		char c = id.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '_' || c == '-'))
			return false;
	}
	return true;
}

/* Stripe's client secret begins with the payment's id, but is not it. */
static bool
client_secret(struct str reference)
{
	return memmem(reference.at, reference.len, "_secret_", 8) != NULL;
}

bool
reference_read(struct str provider, struct str reference,
    struct object_key *out)
{
	size_t i;

	for (i = 0; i < COUNT(reference_forms); i++) {
		const struct reference_form *f = &reference_forms[i];
		struct str rest;

		if (!str_eq(f->provider, provider) ||
		    !str_starts(reference, f->head))
			continue;
		rest = str_part(reference, f->head.len,
		    reference.len - f->head.len);
		if (!plain_id(rest) || !plain_id(f->keep ? reference : rest) ||
		    client_secret(rest))
			return false;
		*out = (struct object_key){ .provider = f->provider,
		    .kind = f->kind, .ref = f->keep ? reference : rest };
		return true;
	}
	return false;
}

static enum rc
bad(struct err *e, const char *pointer, const char *what)
{
	return err_member(e, RC_INVALID_VALUE, pointer, NULL, "%s", what);
}

/* The names that an object may have. */
struct known {
	const char		*pointer;	/* of the object, "" for all */
	const struct str	*names;
	size_t			 count;
};

static enum rc
check_name(void *arg, struct str name, const struct node *value,
    struct err *e)
{
	const struct known *known = arg;
	struct str near;
	char pointer[80];
	size_t i;

	(void)value;
	for (i = 0; i < known->count; i++)
		if (str_eq(name, known->names[i]))
			return RC_OK;
	snprintf(pointer, sizeof(pointer), "%s/%.*s", known->pointer,
	    (int)(name.len < 40 ? name.len : 40), name.at);
	near = suggest(name, known->names, known->count);
	if (near.len == 0)
		return bad(e, pointer, "this member is not known");
	return err_member(e, RC_INVALID_VALUE, pointer, NULL,
	    "this member is not known; did you mean %.*s?", STR_FMT(near));
}

static enum rc
check_names(const struct node *object, const char *pointer,
    const struct str *names, size_t count, struct err *e)
{
	struct known known = { pointer, names, count };

	if (node_kind(object) != NODE_OBJECT)
		return err_member(e, RC_INVALID_VALUE, pointer, NULL,
		    "an object belongs here");
	return node_members(object, check_name, &known, e);
}

static bool
given(const struct node *value)
{
	return node_kind(value) != NODE_NONE && node_kind(value) != NODE_NULL;
}

/* want_text and want_int name the member; put its object before that. */
static enum rc
below(const char *head, enum rc rc, struct err *e)
{
	char pointer[sizeof(e->pointer)];

	if (rc != RC_OK) {
		snprintf(pointer, sizeof(pointer), "%s%.60s", head,
		    e->pointer);
		memcpy(e->pointer, pointer, sizeof(pointer));
	}
	return rc;
}

static enum rc
read_provider(const struct node *object, const char *head, struct str *out,
    struct err *e)
{
	struct str name, near;
	char pointer[64];
	size_t i;

	TRY(below(head, want_text(object, "provider", true, NAME_BYTES_MAX,
	    &name, e), e));
	for (i = 0; i < COUNT(provider_names); i++)
		if (str_eq(name, provider_names[i])) {
			*out = provider_names[i];
			return RC_OK;
		}
	snprintf(pointer, sizeof(pointer), "%s/provider", head);
	near = suggest(name, provider_names, COUNT(provider_names));
	if (near.len == 0)
		return bad(e, pointer,
		    "provider must be stripe, paddle or lemonsqueezy");
	return err_member(e, RC_INVALID_VALUE, pointer, NULL,
	    "this provider is not known; did you mean %.*s?", STR_FMT(near));
}

/* Three letters in either case; kept in lower case, as facts have it. */
static enum rc
read_currency(const struct node *object, struct arena *arena,
    struct str *out, struct err *e)
{
	struct str text;
	char *lower;
	size_t i;

	TRY(below("/payment", want_text(object, "currency", false,
	    NAME_BYTES_MAX, &text, e), e));
	*out = STR_NONE;
	if (text.len == 0)
		return RC_OK;
	lower = arena_take(arena, 4, 1);
	for (i = 0; i < text.len && i < 3; i++)
		lower[i] = (char)(text.at[i] | 0x20);
	for (i = 0; i < 3; i++)
		if (text.len != 3 || lower[i] < 'a' || lower[i] > 'z' ||
		    text.at[i] < 'A')
			return bad(e, "/payment/currency",
			    "currency must be three letters, like eur");
	*out = (struct str){ lower, 3 };
	return RC_OK;
}

static enum rc
read_payment(const struct node *object, struct arena *arena,
    struct wish *out, struct err *e)
{
	struct str provider, reference;

	TRY(check_names(object, "/payment", payment_names,
	    COUNT(payment_names), e));
	TRY(read_provider(object, "/payment", &provider, e));
	TRY(below("/payment", want_text(object, "reference", true,
	    OUTSIDE_ID_MAX, &reference, e), e));
	if (!reference_read(provider, arena_keep(arena, reference),
	    &out->payment))
		return err_member(e, RC_INVALID_VALUE, "/payment/reference",
		    "Stripe: pi_, cs_, sub_ or in_; Paddle: txn_ or sub_; "
		    "Lemon Squeezy: order:540 or subscription:130.",
		    "this is no reference of a payment at %.*s",
		    STR_FMT(provider));
	TRY(below("/payment", want_int(object, "amount", false, 0,
	    AMOUNT_MAX, -1, &out->amount, e), e));
	TRY(read_currency(object, arena, &out->currency, e));
	out->has_payment = true;
	out->provider = provider;
	return RC_OK;
}

static enum rc
read_url(const struct node *object, const char *name, bool need,
    struct arena *arena, struct str *out, struct err *e)
{
	struct str url;
	char pointer[64];
	size_t i;

	TRY(below("/checkout", want_text(object, name, need, URL_BYTES_MAX,
	    &url, e), e));
	for (i = 0; i < url.len; i++)
		if (url.at[i] <= 0x20 || url.at[i] == 0x7f) {
			snprintf(pointer, sizeof(pointer), "/checkout/%s",
			    name);
			return bad(e, pointer, "a URL is plain ASCII without "
			    "blanks: percent-encode the rest");
		}
	*out = arena_keep(arena, url);
	return RC_OK;
}

enum rc
email_read(const struct node *object, struct arena *arena, struct str *out,
    struct err *e)
{
	struct str text;

	*out = STR_NONE;
	if (!given(node_at(object, "email")))
		return RC_OK;
	TRY(want_text(object, "email", true, EMAIL_MAX, &text, e));
	if (text_email(arena, text, out))
		return RC_OK;
	return err_member(e, RC_INVALID_VALUE, "/email",
	    "Leave it out where you do not know it.",
	    "email is no address: one @, no blanks, no control characters");
}

static enum rc
read_checkout(const struct node *object, struct arena *arena,
    struct wish *out, struct err *e)
{
	TRY(check_names(object, "/checkout", checkout_names,
	    COUNT(checkout_names), e));
	TRY(read_provider(object, "/checkout", &out->provider, e));
	TRY(read_url(object, "success_url", true, arena, &out->success_url,
	    e));
	TRY(read_url(object, "cancel_url", false, arena, &out->cancel_url,
	    e));
	TRY(below("/checkout", email_read(object, arena, &out->email, e), e));
	out->has_checkout = true;
	return RC_OK;
}

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static enum rc
read_addons(const struct node *list, struct arena *arena, struct wish *out,
    struct err *e)
{
	size_t count = node_count(list), i;

	if (node_kind(list) != NODE_LIST || count == 0)
		return bad(e, "/addons",
		    "addons must be a list of at least one name");
	if (count > ADDONS_MAX)
		return bad(e, "/addons", "there are too many add-ons");
	out->addons = arena_many(arena, count, struct str);
	for (i = 0; i < count; i++) {
		struct str name = node_text(node_item(list, i), "");

		if (name.len == 0 || name.len > TIER_NAME_MAX)
			return bad(e, "/addons",
			    "each add-on must be a name of 1 to 40 bytes");
		out->addons[i] = arena_keep(arena, name);
	}
	qsort(out->addons, count, sizeof(struct str), by_text);
	for (i = 0; i < count; i++)
		if (i == 0 || !str_eq(out->addons[i],
		    out->addons[out->addon_count - 1]))
			out->addons[out->addon_count++] = out->addons[i];
	return RC_OK;
}

/* What is asked for: a tier or add-ons, how many, at which price, when. */
static enum rc
read_target(const struct node *root, struct arena *arena, struct wish *out,
    struct err *e)
{
	const struct node *addons = node_at(root, "addons");
	struct str effective;

	TRY(want_text(root, "target_tier", !given(addons), TIER_NAME_MAX,
	    &out->tier, e));
	out->tier = arena_keep(arena, out->tier);
	if (given(addons)) {
		if (out->tier.len > 0)
			return bad(e, "/addons",
			    "give either target_tier or addons, not both");
		TRY(read_addons(addons, arena, out, e));
	}
	TRY(want_int(root, "quantity", false, 1, QUANTITY_MAX, 1,
	    &out->quantity, e));
	TRY(want_text(root, "price", false, NAME_BYTES_MAX, &out->price, e));
	out->price = arena_keep(arena, out->price);
	TRY(want_text(root, "effective", false, NAME_BYTES_MAX, &effective,
	    e));
	out->at_period_end = str_eq(effective, STR("period_end"));
	out->at_once = str_eq(effective, STR("now"));
	if (effective.len > 0 && !out->at_period_end && !out->at_once)
		return bad(e, "/effective",
		    "effective must be now or period_end");
	return RC_OK;
}

static enum rc
read_user(const struct node *root, struct arena *arena, struct wish *out,
    struct err *e)
{
	TRY(want_text(root, "user", false, USER_ID_MAX, &out->user, e));
	if (out->user.len > 0 && !user_id_valid(out->user))
		return bad(e, "/user", "a user id is 1 to 191 bytes of UTF-8 "
		    "without control characters, / and \\");
	out->user = arena_keep(arena, out->user);
	return RC_OK;
}

static enum rc
read_wish(const struct node *root, struct arena *arena, struct wish *out,
    struct err *e)
{
	const struct node *payment = node_at(root, "payment");
	const struct node *checkout = node_at(root, "checkout");

	out->amount = -1;
	TRY(check_names(root, "", wish_names, COUNT(wish_names), e));
	TRY(read_user(root, arena, out, e));
	TRY(read_target(root, arena, out, e));
	if (given(payment) && given(checkout))
		return bad(e, "/checkout",
		    "give either payment or checkout, not both");
	if (given(payment))
		return read_payment(payment, arena, out, e);
	if (given(checkout))
		return read_checkout(checkout, arena, out, e);
	return RC_OK;
}

enum rc
wish_read(struct str body, struct arena *arena, struct wish *out,
    struct err *e)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct wish wish = { 0 };

	TRY(doc_read(&doc, body, DOC_STRICT, e));
	TRY(read_wish(doc_root(doc), arena, &wish, e));
	*out = wish;
	return RC_OK;
}
