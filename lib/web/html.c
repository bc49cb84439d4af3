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
