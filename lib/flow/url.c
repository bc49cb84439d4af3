/*
 * Origins of return urls (RFC 6454: scheme, host and port).
 */
#include "base/text.h"
#include "flow/url.h"

/* "https://shop.example:8443" of an absolute url; empty if it is none. */
static struct str
origin_of(struct str url)
{
	size_t head, end;

	if (str_starts(url, STR("https://")))
		head = 8;
	else if (str_starts(url, STR("http://")))
		head = 7;
	else
		return STR_NONE;
	for (end = head; end < url.len; end++)
		if (url.at[end] == '/' || url.at[end] == '?' ||
		    url.at[end] == '#')
			break;
	/* No user info, no blanks, no backslash that a browser would turn. */
	for (size_t i = 0; i < url.len; i++)
		if ((unsigned char)url.at[i] <= ' ' || url.at[i] == '\\' ||
		    (unsigned char)url.at[i] >= 0x7f ||
		    (i < end && url.at[i] == '@'))
			return STR_NONE;
	return end == head ? STR_NONE : str_part(url, 0, end);
}

static bool
on_loopback(struct str origin)
{
	static const struct str hosts[] = {
		STR("http://127.0.0.1"), STR("http://localhost"),
		STR("http://[::1]"),
	};

	for (size_t i = 0; i < COUNT(hosts); i++)
		if (str_starts(origin, hosts[i]) &&
		    (origin.len == hosts[i].len ||
		    origin.at[hosts[i].len] == ':'))
			return true;
	return false;
}

enum rc
url_allowed(const struct conf *conf, struct str url, const char *pointer,
    struct err *e)
{
	struct str origin = origin_of(url);

	if (origin.len > 0 && conf->sandbox && on_loopback(origin))
		return RC_OK;
	if (str_starts(origin, STR("https://"))) {
		if (str_eq(origin, conf->base_origin))
			return RC_OK;
		for (size_t i = 0; i < conf->allowed_origins.count; i++)
			if (str_eq(origin, conf->allowed_origins.at[i]))
				return RC_OK;
	}
	return err_member(e, RC_URL_NOT_ALLOWED, pointer,
	    "Use https and an origin that allowed_origins in rung.yaml lists.",
	    "the buyer must not be sent to this url");
}

struct str
url_with(struct arena *a, struct str url, const char *name, struct str value)
{
	struct str tail = url;
	struct str head = str_cut(&tail, '#');
	bool fragment = head.len < url.len;
	bool query = memchr(head.at, '?', head.len) != NULL;

	return arena_text(a, "%.*s%c%s=%.*s%s%.*s", STR_FMT(head),
	    query ? '&' : '?', name, STR_FMT(text_percent(a, value)),
	    fragment ? "#" : "", STR_FMT(tail));
}
