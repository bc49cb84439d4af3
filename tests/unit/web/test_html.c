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

CU_TestInfo html_tests[] = {
	{ "text stays text in content and attributes",
	    text_stays_text_in_content_and_attributes },
	CU_TEST_INFO_NULL
};
