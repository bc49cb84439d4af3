/* Promises of base/log.h: one line, always, and nothing outside text can do. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/log.h"
#include "unit/unit.h"

/* The line with one pair, x=text. */
static struct str
line_with(struct str text)
{
	struct log_pair	pair = LOG_S("x", text);
	char		*out = arena_take(unit_arena(), 1, 2000);

	return (struct str){ out, log_format(out, 2000, "info", NULL,
	    STR_NONE, "e", &pair, 1) };
}

static void
a_line_has_its_parts_in_order(void)
{
	const struct log_pair	pairs[] = {
		LOG_S("user", STR("u1")), LOG_N("ms", -12),
	};
	char			out[200];
	size_t			len;

	len = log_format(out, sizeof(out), "error", "webhook", STR("0198"),
	    "grant", pairs, COUNT(pairs));
	SAME(((struct str){ out, len }), "level=error prog=webhook req=0198"
	    " event=grant user=u1 ms=-12");
}

static void
program_and_request_stand_only_where_there_are_some(void)
{
	char	out[200];
	size_t	len = log_format(out, sizeof(out), "info", "", STR_NONE, "e",
		    NULL, 0);

	SAME(((struct str){ out, len }), "level=info event=e");
}

static void
values_are_quoted_and_escaped_where_it_matters(void)
{
	static const char *const rows[][2] = {
		{ "plain",		"plain" },
		{ "us_01/a:b,c",	"us_01/a:b,c" },
		{ "h\xc3\xa9",		"h\xc3\xa9" },
		{ "",			"\"\"" },
		{ "two words",		"\"two words\"" },
		{ "a=b",		"\"a=b\"" },
		{ "say \"hi\"",		"\"say \\\"hi\\\"\"" },
		{ "back\\slash",	"\"back\\\\slash\"" },
		{ "a\nlevel=info",	"\"a\\nlevel=info\"" },
		{ "\r\t\x1b[2J\x7f",	"\"\\x0d\\x09\\x1b[2J\\x7f\"" },
		{ "\xff\xc3",		"\"\\xff\\xc3\"" },
		{ "\xc2\x9b" "2J",	"\"\\xc2\\x9b2J\"" },	/* C1 */
		{ "\xe2\x80\xa8",	"\"\\xe2\\x80\\xa8\"" },	/* line */
		{ "\xe2\x80\xae",	"\"\\xe2\\x80\\xae\"" },	/* bidi */
		{ "\xe2\x81\xa6",	"\"\\xe2\\x81\\xa6\"" },	/* bidi */
		{ "\xe2\x82\xac",	"\xe2\x82\xac" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		SAME_STR(line_with(str_of(rows[i][0])),
		    arena_text(unit_arena(), "level=info event=e x=%s",
		    rows[i][1]));
	SAME(line_with(STR("a\0b")), "level=info event=e x=\"a\\x00b\"");
}

static void
a_value_is_cut_at_300_bytes_between_characters(void)
{
	struct str	full = arena_text(unit_arena(), "%0300d", 0);
	struct str	more = arena_text(unit_arena(), "%0301d", 0);
	struct str	split = arena_text(unit_arena(), "%0299d\xc3\xa9", 0);

	SAME_STR(line_with(full), arena_text(unit_arena(),
	    "level=info event=e x=%0300d", 0));
	SAME_STR(line_with(more), arena_text(unit_arena(),
	    "level=info event=e x=\"%0300d...\"", 0));
	SAME_STR(line_with(split), arena_text(unit_arena(),
	    "level=info event=e x=\"%0299d...\"", 0));
}

/* One key=value, bare or quoted with every escape whole, off the front. */
static bool
take_pair(struct str *line)
{
	size_t	i = 0;

	while (i < line->len && line->at[i] > ' ' && line->at[i] != '=' &&
	    line->at[i] != '"')
		i++;
	if (i == 0 || i == line->len || line->at[i++] != '=')
		return false;
	if (i == line->len || line->at[i] != '"') {
		while (i < line->len && line->at[i] != ' ' &&
		    line->at[i] != '"' && line->at[i] != '=')
			i++;
		*line = str_part(*line, i, line->len);
		return true;
	}
	for (i++; i < line->len && line->at[i] != '"'; i++)
		if (line->at[i] == '\\' && ++i < line->len &&
		    line->at[i] == 'x')
			i += 2;
	if (i >= line->len)
		return false;
	*line = str_part(*line, i + 1, line->len);
	return true;
}

/* Pairs with single blanks between, UTF-8, no control bytes: logfmt. */
static bool
is_logfmt(struct str line)
{
	for (size_t i = 0; i < line.len; i++)
		if ((unsigned char)line.at[i] < ' ' || line.at[i] == 0x7f)
			return false;
	if (!str_utf8(line))
		return false;
	while (take_pair(&line)) {
		if (line.len == 0)
			return true;
		if (str_cut(&line, ' ').len != 0)
			return false;
	}
	return false;
}

/* Any bytes, any room: a seeded stream, so a failure can be repeated. */
static void
any_text_in_any_room_makes_one_line_of_logfmt(void)
{
	unsigned	seed = 20260901;
	size_t		wrong = 0, cut = 0;

	for (int round = 0; round < 20000; round++) {
		char		text[3][400], out[64 + 1000];
		struct log_pair	pairs[3];
		size_t		size = 64 + (size_t)rand_r(&seed) % 1000, len;

		for (int i = 0; i < 3; i++) {
			size_t n = (size_t)rand_r(&seed) % sizeof(text[i]);
			int from = rand_r(&seed) % 4 == 0 ? 256 : 40;

			for (size_t j = 0; j < n; j++)
				text[i][j] = (char)(rand_r(&seed) % from);
			pairs[i] = LOG_S("x", ((struct str){ text[i], n }));
		}
		len = log_format(out, size, "info", "prog", pairs[0].text,
		    "event", pairs + 1, 2);
		wrong += len > size || !is_logfmt((struct str){ out, len });
		cut += len + 20 > size;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_TRUE(cut > 100);	/* or the narrow cases were not met */
}

static void
names_cannot_break_the_line_either(void)
{
	struct log_pair	pair = LOG_N("a b=\n\"", 1);
	char		out[100];
	size_t		len = log_format(out, sizeof(out), "info", NULL,
			    STR_NONE, "e", &pair, 1);

	SAME(((struct str){ out, len }), "level=info event=e a_b___=1");
}

static void
log_two_lines(void)
{
	log_program("test");
	log_request(STR("r1"));
	LOG(LOG_WARN_LINE, "first", LOG_S("text", STR("a\nb")),
	    LOG_N("n", INT64_MIN));
	log_request(STR_NONE);
	log_line(LOG_INFO_LINE, "second", NULL, 0);
}

static void
lines_go_to_standard_error(void)
{
	char	said[500];
	int	status = unit_child(log_two_lines, said, sizeof(said));

	CU_ASSERT_EQUAL(status, 0);
	SAME(str_of(said), "level=warn prog=test req=r1 event=first"
	    " text=\"a\\nb\" n=-9223372036854775808\n"
	    "level=info prog=test event=second\n");
}

CU_TestInfo log_tests[] = {
	{ "a line has its parts in order", a_line_has_its_parts_in_order },
	{ "program and request stand only where there are some",
	    program_and_request_stand_only_where_there_are_some },
	{ "values are quoted and escaped where it matters",
	    values_are_quoted_and_escaped_where_it_matters },
	{ "a value is cut at 300 bytes between characters",
	    a_value_is_cut_at_300_bytes_between_characters },
	{ "any text in any room makes one line of logfmt",
	    any_text_in_any_room_makes_one_line_of_logfmt },
	{ "names cannot break the line either",
	    names_cannot_break_the_line_either },
	{ "lines go to standard error", lines_go_to_standard_error },
	CU_TEST_INFO_NULL
};
