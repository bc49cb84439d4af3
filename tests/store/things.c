/*
 * Small values for tests.
 */
#include "store/things.h"

struct session
a_session(struct str id, struct str user)
{
	static const struct str addons[] = { STR("export-pack") };

	return (struct session){
		.id = id,
		.terms = {
			.session = id, .user = user, .tier = STR("pro"),
			.addons = addons, .addon_count = 1, .quantity = 3,
			.matrix_version = 2, .amount = 2900,
			.currency = STR("eur"),
		},
		.from_tier = STR("free"),
		.state = SESSION_PENDING,
		.payment = PAYMENT_UNPAID,
		.livemode = true,
		.version = 1,
		.created_at = T0,
		.expires_at = T0 + 3600,
		.provider = STR("stripe"),
		.price = STR("price_pro_monthly"),
		.success_url = STR("https://shop.example/done"),
		.cancel_url = STR("https://shop.example/back"),
		.delta = STR("{\"capabilities\":{}}"),
	};
}

struct object_key
a_payment(struct str ref)
{
	return (struct object_key){
		.provider = STR("stripe"), .account = STR("acct_1"),
		.kind = OBJECT_PAYMENT, .ref = ref,
	};
}

struct delivery
a_delivery(struct str event, struct str body)
{
	return (struct delivery){
		.provider = STR("stripe"), .account = STR("acct_1"),
		.event_id = event, .type = STR("payment_intent.succeeded"),
		.digest = secret_sha256(body), .body = body,
		.livemode = true, .happened_at = T0, .first_seen = T0 + 1,
		.state = INBOX_APPLIED, .user = STR("u1"),
	};
}

struct grant_row
a_grant(struct str ref, struct str slot, struct str event)
{
	return (struct grant_row){
		.key = a_payment(ref), .slot = slot, .live = true,
		.cause_event = event,
	};
}

struct asset_step
an_asset(enum asset_action action, struct str slot, enum asset_state state,
    bool stored)
{
	return (struct asset_step){
		.action = action,
		.after = {
			.held = {
				.slot = slot, .type = ASSET_API_KEY,
				.prefix = STR("pk_pro_"), .count = 7,
				.source = {
					.reason = REASON_TIER,
					.tier = STR("pro"),
					.cause = STR("stripe/payment/pi_1"),
				},
			},
			.state = state,
			.stored = stored,
		},
	};
}

struct record
a_record(int64_t n)
{
	return (struct record){
		.n = n, .at = T0 + n, .actor = STR("stripe"),
		.action = STR("upgrade.completed"), .cause = STR("evt_1"),
		.request = STR("req_1"), .detail = STR("{\"to\":\"pro\"}"),
	};
}
