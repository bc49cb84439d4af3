/*
 * Reading If-None-Match.  Apache's mod_deflate rewrites "v1" to "v1-gzip" on
 * the way out and hands us that back; others add other endings.
 */
#include "web/etag.h"

static const struct str	endings[] = {
	{ "-gzip", 5 }, { ";gzip", 5 }, { "-br", 3 }, { "-zstd", 5 },
};

static struct str
without_ending(struct str tag)
{
	for (size_t i = 0; i < COUNT(endings); i++)
		if (str_ends(tag, endings[i]))
			return str_part(tag, 0, tag.len - endings[i].len);
	return tag;
}

/*
 * The next tag of the list, without quotes, weak mark and ending; false at
 * its end, and at anything that is no tag.
 */
static bool
next_tag(struct str *list, struct str *tag)
{
	while (list->len > 0 && memchr(" \t,", list->at[0], 3) != NULL)
		*list = str_part(*list, 1, list->len);
	if (str_starts(*list, STR("W/")))
		*list = str_part(*list, 2, list->len);
	if (list->len == 0 || list->at[0] != '"')
		return false;
	*list = str_part(*list, 1, list->len);
	if (memchr(list->at, '"', list->len) == NULL)
		return false;
	*tag = without_ending(str_cut(list, '"'));
	return true;
}

bool
etag_listed(struct str header, struct str tag)
{
	struct str	one;

	if (str_eq(str_trim(header), STR("*")))
		return true;
	while (next_tag(&header, &one))
		if (str_eq(one, tag))
			return true;
	return false;
}

/* The number of one part of a tag, "u7" or "s3". */
static bool
part_version(struct str part, char letter, int64_t *out)
{
	int64_t	n;

	if (part.len < 2 || part.at[0] != letter || part.at[1] == '-' ||
	    !str_int64(str_part(part, 1, part.len), &n))
		return false;
	*out = n;
	return true;
}

bool
etag_version(struct str header, char letter, int64_t *out)
{
	struct str	tag;

	while (next_tag(&header, &tag))
		while (tag.at != NULL)
			if (part_version(str_cut(&tag, '.'), letter, out))
				return true;
	return false;
}
