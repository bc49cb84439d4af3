/*
 * A session, and the delta that it promises.
 */
#include "core/over.h"
#include "wire/answers.h"
#include "wire/answer_parts.h"

void
session_write(struct out *o, const char *name, const struct session *s)
{
	out_open_as(o, name, '{');
	out_text(o, "id", s->id);
	out_text(o, "user", s->terms.user);
	out_text(o, "from_tier", s->from_tier);
	out_text_or_null(o, "target_tier", s->terms.tier);
	if (s->terms.tier.len == 0)
		texts_write(o, "addons", s->terms.addons,
		    s->terms.addon_count);
	out_int(o, "quantity", s->terms.quantity);
	out_name(o, "status", session_state_names[s->state]);
	out_name(o, "payment_status", payment_state_names[s->payment]);
	out_bool(o, "livemode", s->livemode);
	out_int(o, "version", s->version);
	out_text_or_null(o, "reason", str_of(session_reason_names[s->reason]));
	out_time(o, "created_at", s->created_at);
	out_time(o, "expires_at", s->expires_at);
	out_raw(o, "delta", s->delta);
	out_close(o, '}');
}

static void
limit_end_write(struct out *o, const char *name, bool there,
    const struct quota *quota)
{
	if (there)
		quota_write(o, name, quota, "unlimited");
	else
		out_null(o, name);
}

static void
limits_write(struct out *o, const struct plan *plan)
{
	size_t i;

	out_open_as(o, "limits", '{');
	for (i = 0; i < plan->limit_count; i++) {
		const struct limit_move *l = &plan->limits[i];

		out_key(o, l->name);
		out_open(o, '{');
		limit_end_write(o, "from", l->had, &l->from);
		limit_end_write(o, "to", l->has, &l->to);
		out_close(o, '}');
	}
	out_close(o, '}');
}

/* The steps that do one of two things; amounts where they have moved. */
static void
steps_write(struct out *o, const char *name, const struct plan *plan,
    enum asset_action one, enum asset_action other)
{
	size_t i;

	out_open_as(o, name, '[');
	for (i = 0; i < plan->asset_count; i++) {
		const struct asset_step *step = &plan->assets[i];
		const struct held_asset *held = &step->after.held;

		if (step->action != one && step->action != other)
			continue;
		out_open(o, '{');
		out_text(o, "slot", held->slot);
		out_name(o, "type", asset_type_names[held->type]);
		if (step->action == DO_CHANGE)
			asset_amount_write(o, held->type, &held->quota,
			    held->count);
		out_close(o, '}');
	}
	out_close(o, ']');
}

/* What is in use beyond the limits to come. */
static void
over_write(struct out *o, const struct plan *plan)
{
	size_t i;

	out_open_as(o, "over_limit", '[');
	for (i = 0; i < plan->over_count; i++) {
		const struct over *over = &plan->over[i];

		out_open(o, '{');
		out_text(o, "limit", over->limit);
		out_int(o, "used", over->used);
		out_int(o, "allowed", over->allowed);
		out_name(o, "policy", policy_action_names[over->action]);
		out_close(o, '}');
	}
	out_close(o, ']');
}

void
delta_write(struct out *o, const char *name, const struct plan *plan)
{
	out_open_as(o, name, '{');
	out_open_as(o, "capabilities", '{');
	texts_write(o, "gain", plan->gain, plan->gain_count);
	texts_write(o, "lose", plan->lose, plan->lose_count);
	out_close(o, '}');
	limits_write(o, plan);
	out_open_as(o, "assets", '{');
	steps_write(o, "provision", plan, DO_PROVISION, DO_RESTORE);
	steps_write(o, "revoke", plan, DO_REVOKE, DO_SUSPEND);
	steps_write(o, "change", plan, DO_CHANGE, DO_CHANGE);
	out_close(o, '}');
	over_write(o, plan);
	if (plan->effective_at != 0)
		out_time(o, "effective_at", plan->effective_at);
	out_close(o, '}');
}
