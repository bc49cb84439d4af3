/* Promises of web/html.h. */
#include "unit/unit.h"
#include "web/html.h"

static void
text_stays_text_in_content_and_attributes(void)
{
	struct buf	b;

	buf_init(&b, unit_arena(), 1000);
	html_text(&b, STR("<a href=\"x\">'&' \xc3\xa9</a>"));
	SAME(buf_str(&b), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39; "
	    "\xc3\xa9&lt;/a&gt;");
}

static void
money_is_shown_in_its_currency(void)
{
	static const struct {
		int64_t		 amount;
		struct str	 currency;
		const char	*shown;
	} rows[] = {
		{ 2900, STR("eur"), "EUR 29.00" },
		{ 5, STR("usd"), "USD 0.05" },
		{ -1240, STR("eur"), "EUR -12.40" },
		{ 2900, STR("jpy"), "JPY 2900" },
		{ INT64_MIN, STR("eur"), "EUR -92233720368547758.08" },
		{ 100, STR("<b>"), "?B? 1.00" },
		{ 100, STR_NONE, " 1.00" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf	b;

		buf_init(&b, unit_arena(), 1000);
		html_money(&b, rows[i].amount, rows[i].currency);
		SAME(buf_str(&b), rows[i].shown);
	}
}

CU_TestInfo html_tests[] = {
	{ "text stays text in content and attributes",
	    text_stays_text_in_content_and_attributes },
	{ "money is shown in its currency", money_is_shown_in_its_currency },
	CU_TEST_INFO_NULL
};
