/*
 * The tables of what the database keeps of an object, a holding, an asset and
 * a session's terms.
 */
#include <assert.h>
#include <stddef.h>

#include "base/guard.h"
#include "base/limits.h"
#include "wire/shape.h"
#include "wire/state_json.h"

static_assert(sizeof(enum pay_step) == sizeof(unsigned) &&
    sizeof(enum holding_state) == sizeof(unsigned),
    "shape.c reads an enum as unsigned");

static const struct member terms_members[] = {
	AS_TEXT(struct terms, tier),
	AS_TEXTS(struct terms, addons, addon_count),
	AS_INT(struct terms, quantity),
	AS_INT(struct terms, matrix_version),
	AS_INT(struct terms, amount),
	AS_TEXT(struct terms, currency),
	AS_WORD(struct terms, change, change_names),
	AS_TEXT(struct terms, price),
};
static const struct shape terms_shape = SHAPE(struct terms, terms_members);

/* As an object carries them: with the session and its user. */
static const struct member named_terms_members[] = {
	AS_TEXT(struct terms, session),
	AS_TEXT(struct terms, user),
	AS_TEXT(struct terms, tier),
	AS_TEXTS(struct terms, addons, addon_count),
	AS_INT(struct terms, quantity),
	AS_INT(struct terms, matrix_version),
	AS_INT(struct terms, amount),
	AS_TEXT(struct terms, currency),
	AS_WORD(struct terms, change, change_names),
	AS_TEXT(struct terms, price),
};
static const struct shape named_terms =
    SHAPE(struct terms, named_terms_members);

/* Linked objects are of one provider and account, as good as always. */
#define AS_TEXT_ONCE(type, f) { .name = #f, .kind = SHAPE_TEXT,		\
	.at = offsetof(type, f), .as_before = true }

static const struct member link_members[] = {
	AS_TEXT_ONCE(struct object_key, provider),
	AS_TEXT_ONCE(struct object_key, account),
	AS_WORD(struct object_key, kind, object_kind_names),
	AS_TEXT(struct object_key, ref),
};
static const struct shape link_shape = SHAPE(struct object_key, link_members);

static const struct member item_members[] = {
	AS_TEXT(struct item, price),
	AS_INT(struct item, quantity),
};
static const struct shape item_shape = SHAPE(struct item, item_members);

static const struct member refund_members[] = {
	AS_TEXT(struct refund, id),
	AS_WORD(struct refund, state, refund_state_names),
	AS_INT(struct refund, at),
	AS_INT(struct refund, amount),
};
static const struct shape refund_shape = SHAPE(struct refund, refund_members);

static const struct member dispute_members[] = {
	AS_TEXT(struct dispute, id),
	AS_WORD(struct dispute, state, dispute_state_names),
	AS_INT(struct dispute, at),
};
static const struct shape dispute_shape =
    SHAPE(struct dispute, dispute_members);

static const struct member object_members[] = {
	AS_BOOL(struct object, livemode),
	AS_INT(struct object, first_at),
	AS_INT(struct object, priced_at),
	AS_INT(struct object, moved_to),
	AS_INT(struct object, moved_from),
	AS_LIST(struct object, links, link_count, &link_shape),
	AS_TEXT(struct object, user),
	AS_BOOL(struct object, torn),
	AS_TEXT(struct object, session),
	AS_WORD(struct object, named_by, naming_names),
	AS_PART(struct object, terms, &named_terms),
	AS_INT(struct object, paid_at),
	AS_INT(struct object, amount),
	AS_TEXT(struct object, currency),
	AS_WORD(struct object, step, pay_step_names),
	AS_INT(struct object, step_at),
	AS_WORD(struct object, closing, closing_names),
	AS_INT(struct object, closed_at),
	AS_LIST(struct object, items, item_count, &item_shape),
	AS_INT(struct object, items_at),
	AS_BOOL(struct object, recurring),
	AS_WORD(struct object, state, sub_state_names),
	AS_INT(struct object, state_at),
	AS_INT(struct object, trial_end),
	AS_INT(struct object, cancel_at),
	AS_INT(struct object, paid_until),
	AS_INT(struct object, paid_until_at),
	AS_INT(struct object, ended_at),
	AS_LIST(struct object, refunds, refund_count, &refund_shape),
	AS_INT(struct object, refunded),
	AS_INT(struct object, refunded_at),
	AS_LIST(struct object, disputes, dispute_count, &dispute_shape),
};
static const struct shape object_shape = SHAPE(struct object, object_members);

static const struct member quota_members[] = {
	AS_BOOL(struct quota, unlimited),
	AS_INT(struct quota, max),
};
static const struct shape quota_shape = SHAPE(struct quota, quota_members);

static const struct member source_members[] = {
	AS_WORD(struct source, reason, reason_names),
	AS_TEXT(struct source, tier),
	AS_TEXT(struct source, cause),
};
static const struct shape source_shape = SHAPE(struct source, source_members);

/* Most of what a user holds has one source: it is written once per list. */
#define AS_SOURCE(type) { .name = "source", .kind = SHAPE_PART,		\
	.at = offsetof(type, source), .part = &source_shape, .as_before = true }

static const struct member capability_members[] = {
	AS_TEXT(struct held_capability, name),
	AS_SOURCE(struct held_capability),
};
static const struct shape capability_shape =
    SHAPE(struct held_capability, capability_members);

static const struct member limit_members[] = {
	AS_TEXT(struct held_limit, name),
	AS_PART(struct held_limit, quota, &quota_shape),
	AS_WORD(struct held_limit, per, limit_period_names),
	AS_SOURCE(struct held_limit),
	AS_BOOL(struct held_limit, soft),
	AS_INT(struct held_limit, warn),
};
static const struct shape limit_shape =
    SHAPE(struct held_limit, limit_members);

static const struct member asset_members[] = {
	AS_TEXT(struct held_asset, slot),
	AS_WORD(struct held_asset, type, asset_type_names),
	AS_BOOL(struct held_asset, suspended),
	AS_TEXT(struct held_asset, prefix),
	AS_INT(struct held_asset, overlap),
	AS_PART(struct held_asset, quota, &quota_shape),
	AS_INT(struct held_asset, count),
	AS_SOURCE(struct held_asset),
};
static const struct shape asset_shape =
    SHAPE(struct held_asset, asset_members);

static const struct member holding_members[] = {
	AS_TEXT(struct holding, tier),
	AS_INT(struct holding, quantity),
	AS_WORD(struct holding, state, holding_state_names),
	AS_BOOL(struct holding, livemode),
	AS_INT(struct holding, matrix_version),
	AS_BOOL(struct holding, follows_newest),
	AS_INT(struct holding, derived_under),
	AS_INT(struct holding, renews_at),
	AS_INT(struct holding, ends_at),
	AS_INT(struct holding, trial_ends_at),
	AS_INT(struct holding, grace_ends_at),
	AS_INT(struct holding, month_from),
	AS_INT(struct holding, due_at),
	AS_LIST(struct holding, capabilities, capability_count,
	    &capability_shape),
	AS_LIST(struct holding, denied, denied_count, &capability_shape),
	AS_LIST(struct holding, limits, limit_count, &limit_shape),
	AS_LIST(struct holding, assets, asset_count, &asset_shape),
};
static const struct shape holding_shape =
    SHAPE(struct holding, holding_members);

static enum rc
write_row(const struct shape *shape, const void *from, struct arena *arena,
    struct str *out, struct err *e)
{
	struct out o;

	out_init(&o, arena, DOCUMENT_BYTES_MAX);
	shape_write(&o, NULL, shape, from);
	if (!out_done(&o, out))
		return err_set(e, RC_BROKEN, NULL,
		    "a row does not fit in %d bytes, or is not UTF-8",
		    DOCUMENT_BYTES_MAX);
	return RC_OK;
}

/* `to` is changed only when all of the row could be read. */
static enum rc
read_row(struct str json, const struct shape *shape, struct arena *arena,
    void *to, struct err *e)
{
	GUARD(doc_free) struct doc *doc = NULL;
	void *copy = arena_take(arena, 1, shape->size);

	memcpy(copy, to, shape->size);
	if (doc_read(&doc, json, DOC_OURS, e) != RC_OK)
		return err_set(e, RC_BROKEN, NULL, "a stored row is no JSON");
	TRY(shape_read(doc_root(doc), shape, arena, copy, e));
	memcpy(to, copy, shape->size);
	return RC_OK;
}

enum rc
object_write(const struct object *object, struct arena *arena,
    struct str *out, struct err *e)
{
	return write_row(&object_shape, object, arena, out, e);
}

enum rc
object_read(struct str json, struct arena *arena, struct object *object,
    struct err *e)
{
	return read_row(json, &object_shape, arena, object, e);
}

enum rc
holding_write(const struct holding *holding, struct arena *arena,
    struct str *out, struct err *e)
{
	return write_row(&holding_shape, holding, arena, out, e);
}

enum rc
holding_read(struct str json, struct arena *arena, struct holding *out,
    struct err *e)
{
	return read_row(json, &holding_shape, arena, out, e);
}

enum rc
held_asset_write(const struct held_asset *asset, struct arena *arena,
    struct str *out, struct err *e)
{
	return write_row(&asset_shape, asset, arena, out, e);
}

enum rc
held_asset_read(struct str json, struct arena *arena, struct held_asset *out,
    struct err *e)
{
	return read_row(json, &asset_shape, arena, out, e);
}

enum rc
terms_write(const struct terms *terms, struct arena *arena, struct str *out,
    struct err *e)
{
	return write_row(&terms_shape, terms, arena, out, e);
}

enum rc
terms_read(struct str json, struct arena *arena, struct terms *out,
    struct err *e)
{
	return read_row(json, &terms_shape, arena, out, e);
}
