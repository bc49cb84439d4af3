/*
 * The codecs without a calendar: hex, base64url, percent, durations, e-mail
 * addresses.  Strict: what is not exactly the format is refused, never
 * guessed.
 */
#include "base/limits.h"
#include "base/text.h"

static const char hex_digits[] = "0123456789abcdef";

struct str
text_hex(struct arena *a, const void *bytes, size_t len)
{
	const uint8_t	*from = bytes;
	char		*out = arena_take(a, 2 * len + 1, 1);

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = hex_digits[from[i] >> 4];
		out[2 * i + 1] = hex_digits[from[i] & 15];
	}
	return (struct str){ out, 2 * len };
}

/* The value of a hex digit, -1 for anything else. */
static int
hex_value(char c, bool upper_too)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (upper_too && c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
text_unhex(struct str hex, void *bytes, size_t len)
{
	uint8_t	*out = bytes;

	if (hex.len / 2 != len || hex.len % 2 != 0)
		return false;
	for (size_t i = 0; i < hex.len; i++)
		if (hex_value(hex.at[i], false) < 0)
			return false;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(hex_value(hex.at[2 * i], false) * 16 +
		    hex_value(hex.at[2 * i + 1], false));
	return true;
}

struct str
text_base64url(struct arena *a, const void *bytes, size_t len)
{
	static const char	 digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const uint8_t		*from = bytes;
	char			*out = arena_take(a, len / 3 * 4 + 5, 1);
	size_t			 n = 0;
	uint32_t		 held = 0;
	unsigned		 bits = 0;

	for (size_t i = 0; i < len; i++) {
		held = held << 8 | from[i];
		for (bits += 8; bits >= 6; bits -= 6)
			out[n++] = digits[held >> (bits - 6) & 63];
	}
	if (bits > 0)
		out[n++] = digits[held << (6 - bits) & 63];
	return (struct str){ out, n };
}

bool
text_unpercent(struct arena *a, struct str in, struct str *out)
{
	char	*to = arena_take(a, in.len + 1, 1);
	size_t	 n = 0;

	for (size_t i = 0; i < in.len; i++) {
		int high, low;

		if (in.at[i] != '%') {
			to[n++] = in.at[i];
			continue;
		}
		if (in.len - i < 3)
			return false;
		high = hex_value(in.at[i + 1], true);
		low = hex_value(in.at[i + 2], true);
		if (high < 0 || low < 0)
			return false;
		to[n++] = (char)(high * 16 + low);
		i += 2;
	}
	*out = (struct str){ to, n };
	return true;
}

static bool
is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') ||
	    c == '-' || c == '.' || c == '_' || c == '~';
}

struct str
text_percent(struct arena *a, struct str in)
{
	static const char	 upper[] = "0123456789ABCDEF";
	char			*to = arena_take(a, 3 * in.len + 1, 1);
	size_t			 n = 0;

	for (size_t i = 0; i < in.len; i++) {
		uint8_t byte = (uint8_t)in.at[i];

		if (is_unreserved(in.at[i])) {
			to[n++] = in.at[i];
			continue;
		}
		to[n++] = '%';
		to[n++] = upper[byte >> 4];
		to[n++] = upper[byte & 15];
	}
	return (struct str){ to, n };
}

bool
text_duration(struct str s, int64_t *seconds)
{
	const int64_t	most = INT64_C(36525) * 86400;	/* 100 years */
	int64_t		unit = 1, n;

	if (s.len == 0 || s.at[0] == '-')
		return false;
	switch (s.at[s.len - 1]) {
	case 'd':
		unit = 86400;
		break;
	case 'h':
		unit = 3600;
		break;
	case 'm':
		unit = 60;
		break;
	case 's':
		break;
	default:
		s.len++;	/* no unit: all of it is the number */
	}
	s.len--;
	if (!str_int64(s, &n) || n > most / unit)
		return false;
	*seconds = n * unit;
	return true;
}

bool
text_email(struct arena *a, struct str in, struct str *out)
{
	struct str	 domain = in, local = str_cut(&domain, '@');
	char		*lower;

	if (in.len > EMAIL_MAX || local.len == 0 || domain.len == 0 ||
	    memchr(domain.at, '@', domain.len) != NULL ||
	    memchr(in.at, ' ', in.len) != NULL || !str_plain(in))
		return false;
	lower = arena_take(a, in.len + 1, 1);
	for (size_t i = 0; i < in.len; i++)
		lower[i] = in.at[i] >= 'A' && in.at[i] <= 'Z' ?
		    (char)(in.at[i] - 'A' + 'a') : in.at[i];
	*out = (struct str){ lower, in.len };
	return true;
}
