/*
 * Where a statement ends.
 */
#include "store/split.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
at_comment(struct str s, size_t i)
{
	return i + 1 < s.len && s.at[i] == '-' && s.at[i + 1] == '-' &&
	    (i + 2 == s.len || is_blank(s.at[i + 2]));
}

/* The place of the newline that ends the line of i, or the end. */
static size_t
line_end(struct str s, size_t i)
{
	while (i < s.len && s.at[i] != '\n')
		i++;
	return i;
}

/* The place behind the quoted text that begins at i; '' goes on. */
static size_t
quote_end(struct str s, size_t i)
{
	char quote = s.at[i++];

	while (i < s.len && s.at[i] != quote)
		i++;
	return i < s.len ? i + 1 : i;
}

static size_t
statement_start(struct str s)
{
	size_t i = 0;

	while (i < s.len && (is_blank(s.at[i]) || s.at[i] == ';' ||
	    at_comment(s, i)))
		i = at_comment(s, i) ? line_end(s, i) : i + 1;
	return i;
}

static size_t
statement_end(struct str s, size_t i)
{
	while (i < s.len && s.at[i] != ';') {
		if (at_comment(s, i))
			i = line_end(s, i);
		else if (s.at[i] == '\'' || s.at[i] == '"' || s.at[i] == '`')
			i = quote_end(s, i);
		else
			i++;
	}
	return i;
}

bool
sql_split(struct str *script, struct str *statement)
{
	size_t start = statement_start(*script);
	size_t end = statement_end(*script, start);

	*statement = str_part(*script, start, end - start);
	while (statement->len > 0 &&
	    is_blank(statement->at[statement->len - 1]))
		statement->len--;
	*script = str_part(*script, end, script->len);
	return statement->len > 0;
}
