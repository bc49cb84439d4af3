/* Promises of object_same: what counts as another word about an object. */
#include "core/object.h"
#include "unit/unit.h"

static struct item	items[] = { { STR("price_1"), 2 } };
static struct refund	refunds[] = {
	{ STR("re_1"), REFUND_SUCCEEDED, 5, 100 },
};
static struct dispute	disputes[] = { { STR("du_1"), DISPUTE_OPEN, 5 } };
static struct object_key links[] = {
	{ STR("stripe"), STR(""), OBJECT_INVOICE, STR("in_1") },
};

static struct object
whole(void)
{
	return (struct object){
		.key = { STR("stripe"), STR(""), OBJECT_SUBSCRIPTION,
		    STR("sub_1") },
		.livemode = true, .links = links, .link_count = 1,
		.user = STR("u1"), .session = STR("us_1"),
		.named_by = NAMED_BY_METADATA, .paid_at = 5, .amount = 100,
		.currency = STR("eur"), .step = PAY_PROCESSING,
		.closing = CLOSED_OPEN, .items = items, .item_count = 1,
		.recurring = true, .state = SUB_ACTIVE, .trial_end = 7,
		.cancel_at = 8, .paid_until = 9, .ended_at = 10,
		.refunds = refunds, .refund_count = 1, .refunded = 100,
		.disputes = disputes, .dispute_count = 1,
	};
}

/* One word is another, said by `change`. */
#define TELLS(change) do {						\
	struct object	 o = whole(), before = whole();			\
	struct item	 item = items[0];				\
	struct refund	 refund = refunds[0];				\
	struct dispute	 dispute = disputes[0];				\
	struct object_key link = links[0];				\
									\
	o.items = &item;						\
	o.refunds = &refund;						\
	o.disputes = &dispute;						\
	o.links = &link;						\
	CU_ASSERT_TRUE(object_same(&before, &o));			\
	change;								\
	ROW(!object_same(&before, &o), #change);			\
	ROW(!object_same(&o, &before), #change);			\
} while (0)

static void
every_word_counts(void)
{
	TELLS(o.livemode = false);
	TELLS(o.torn = true);
	TELLS(o.user = STR("u2"));
	TELLS(o.session = STR("us_2"));
	TELLS(o.named_by = NAMED_BY_OURS);
	TELLS(o.link_count = 0);
	TELLS(link.ref = STR("in_2"));
	TELLS(o.paid_at = 0);
	TELLS(o.amount = 99);
	TELLS(o.currency = STR("usd"));
	TELLS(o.step = PAY_FAILED);
	TELLS(o.closing = CLOSED_EXPIRED);
	TELLS(o.item_count = 0);
	TELLS(o.recurring = false);
	TELLS(item.price = STR("price_2"));
	TELLS(item.quantity = 3);
	TELLS(o.state = SUB_PAST_DUE);
	TELLS(o.trial_end = 1);
	TELLS(o.cancel_at = 0);
	TELLS(o.paid_until = 99);
	TELLS(o.ended_at = 0);
	TELLS(o.refund_count = 0);
	TELLS(o.refunded = 50);
	TELLS(refund.id = STR("re_2"));
	TELLS(refund.state = REFUND_FAILED);
	TELLS(refund.amount = 50);
	TELLS(o.dispute_count = 0);
	TELLS(dispute.id = STR("du_2"));
	TELLS(dispute.state = DISPUTE_WON);
}

static void
when_it_was_heard_does_not(void)
{
	struct object	a = whole(), b = whole();

	b.first_at = 1;
	b.priced_at = 2;
	b.paid_at = 3;
	b.step_at = b.closed_at = b.items_at = 4;
	b.state_at = b.paid_until_at = b.refunded_at = 5;
	CU_ASSERT_TRUE(object_same(&a, &b));
}

CU_TestInfo same_tests[] = {
	{ "every word counts", every_word_counts },
	{ "when it was heard does not", when_it_was_heard_does_not },
	CU_TEST_INFO_NULL,
};
