/*
 * The five characters that mean something to HTML, as entities.
 */
#include "web/html.h"

static struct str
entity(char c)
{
	switch (c) {
	case '&':
		return STR("&amp;");
	case '<':
		return STR("&lt;");
	case '>':
		return STR("&gt;");
	case '"':
		return STR("&quot;");
	case '\'':
		return STR("&#39;");
	default:
		return STR_NONE;
	}
}

void
html_text(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		struct str name = entity(s.at[i]);

		if (name.len > 0)
			buf_add(b, name);
		else
			buf_char(b, s.at[i]);
	}
}

void
html_money(struct buf *b, int64_t amount, struct str currency)
{
	static const char	whole[] = "jpy krw vnd clp isk ugx xaf xof xpf";
	bool			below = amount < 0;
	uint64_t		n = below ? -(uint64_t)amount :
				    (uint64_t)amount;

	for (size_t i = 0; i < currency.len && i < 3; i++)
		buf_char(b, currency.at[i] >= 'a' && currency.at[i] <= 'z' ?
		    (char)(currency.at[i] - 'a' + 'A') : '?');
	buf_add(b, below ? STR(" -") : STR(" "));
	if (currency.len == 3 &&
	    memmem(whole, sizeof(whole) - 1, currency.at, 3) != NULL)
		buf_fmt(b, "%llu", (unsigned long long)n);
	else
		buf_fmt(b, "%llu.%02llu", (unsigned long long)(n / 100),
		    (unsigned long long)(n % 100));
}
