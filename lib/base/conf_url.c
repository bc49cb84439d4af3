/*
 * The few URLs the configuration knows: scheme, host, port and a path, in
 * the spelling browsers send.  What a browser would rewrite is refused.
 */
#include <arpa/inet.h>

#include "base/conf_value.h"

enum { HOST_BYTES_MAX = 253, PORT_MAX = 65535 };

static bool
is_lower_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* "[::1]", with its brackets. */
static bool
is_ipv6(struct str host)
{
	char		text[INET6_ADDRSTRLEN];
	struct in6_addr	address;

	if (host.len < 4 || host.len - 2 >= sizeof(text) ||
	    host.at[0] != '[' || host.at[host.len - 1] != ']')
		return false;
	memcpy(text, host.at + 1, host.len - 2);
	text[host.len - 2] = '\0';
	return inet_pton(AF_INET6, text, &address) == 1;
}

/* Labels of a-z, 0-9 and inner '-', joined by points; this takes IPv4 too. */
static bool
is_name(struct str host)
{
	if (host.len == 0 || host.len > HOST_BYTES_MAX)
		return false;
	while (host.at != NULL) {
		struct str label = str_cut(&host, '.');

		if (label.len == 0 || label.len > 63 ||
		    !is_lower_or_digit(label.at[0]) ||
		    !is_lower_or_digit(label.at[label.len - 1]))
			return false;
		for (size_t i = 0; i < label.len; i++)
			if (!is_lower_or_digit(label.at[i]) &&
			    label.at[i] != '-')
				return false;
	}
	return true;
}

/* "", or segments that need no decoding and lead nowhere else. */
static bool
is_path(struct str path)
{
	if (path.len == 0)
		return true;
	str_cut(&path, '/');
	while (path.at != NULL) {
		struct str segment = str_cut(&path, '/');

		if (segment.len == 0 || segment.at[0] == '.')
			return false;
		for (size_t i = 0; i < segment.len; i++) {
			char c = segment.at[i];

			if (!is_lower_or_digit(c) && !(c >= 'A' && c <= 'Z') &&
			    memchr("-._~", c, 4) == NULL)
				return false;
		}
	}
	return true;
}

/* The port behind the host; the scheme's own must not be written. */
static bool
take_port(struct str port, struct str scheme, int64_t *out)
{
	int64_t	usual = str_eq(scheme, STR("https")) ? 443 : 80;

	return port.len > 0 && port.at[0] != '0' && str_int64(port, out) &&
	    *out >= 1 && *out <= PORT_MAX && *out != usual;
}

/* Split host:port at the last ':', which in [::1] is none. */
static void
cut_port(struct str *host, struct str *port)
{
	*port = STR_NONE;
	for (size_t i = host->len; i > 0 && host->at[i - 1] != ']'; i--) {
		if (host->at[i - 1] != ':')
			continue;
		*port = str_part(*host, i, host->len);
		host->len = i - 1;
		return;
	}
}

bool
conf_url(struct str text, struct url *out)
{
	struct url	 u = { .path = STR("") };
	struct str	 rest = text, host, port;
	const char	*slash;

	u.scheme = str_cut(&rest, ':');
	if ((!str_eq(u.scheme, STR("https")) &&
	    !str_eq(u.scheme, STR("http"))) || !str_starts(rest, STR("//")))
		return false;
	host = str_part(rest, 2, rest.len);
	slash = host.len == 0 ? NULL : memchr(host.at, '/', host.len);
	if (slash != NULL) {
		u.path = str_part(host, (size_t)(slash - host.at), host.len);
		host.len = (size_t)(slash - host.at);
	}
	u.origin = str_part(text, 0, text.len - u.path.len);
	u.host = host;
	cut_port(&u.host, &port);
	if (port.at != NULL && !take_port(port, u.scheme, &u.port))
		return false;
	if ((!is_name(u.host) && !is_ipv6(u.host)) || !is_path(u.path))
		return false;
	*out = u;
	return true;
}

bool
conf_is_loopback(struct str host)
{
	char		text[INET_ADDRSTRLEN];
	struct in_addr	address;

	if (str_eq(host, STR("localhost")) || str_eq(host, STR("[::1]")) ||
	    str_eq(host, STR("::1")))
		return true;
	if (host.len >= sizeof(text))
		return false;
	memcpy(text, host.at, host.len);
	text[host.len] = '\0';
	return inet_pton(AF_INET, text, &address) == 1 &&
	    ntohl(address.s_addr) >> 24 == 127;
}
