/*
 * Who is at the other end.  X-Forwarded-For is anybody's word, so it counts
 * only as far back as our own proxies wrote it.
 */
#include <arpa/inet.h>

#include "web/inside.h"

/* One form for both families, so that texts need not be equal. */
static bool
read_address(struct str text, struct in6_addr *out)
{
	char		buf[INET6_ADDRSTRLEN];
	struct in_addr	four;

	text = str_trim(text);
	if (text.len == 0 || text.len >= sizeof(buf))
		return false;
	memcpy(buf, text.at, text.len);
	buf[text.len] = '\0';
	if (inet_pton(AF_INET, buf, &four) == 1) {
		*out = (struct in6_addr){ .s6_addr = {
			[10] = 0xff, [11] = 0xff } };
		memcpy(&out->s6_addr[12], &four, sizeof(four));
		return true;
	}
	return inet_pton(AF_INET6, buf, out) == 1;
}

static bool
is_in(struct str address, const struct str_list *list)
{
	struct in6_addr	one, other;

	if (!read_address(address, &one))
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (read_address(list->at[i], &other) &&
		    memcmp(&one, &other, sizeof(one)) == 0)
			return true;
	return false;
}

/* Cut the last entry off a comma-separated list. */
static struct str
cut_last(struct str *list)
{
	size_t		start = list->len;
	struct str	last;

	while (start > 0 && list->at[start - 1] != ',')
		start--;
	last = str_trim(str_part(*list, start, list->len));
	list->len = start > 0 ? start - 1 : 0;
	return last;
}

struct str
web_peer(struct web *w)
{
	struct str	peer = w->head.at[VAR_PEER];
	struct str	told = w->head.at[VAR_FORWARDED_FOR];

	while (told.len > 0 && is_in(peer, &w->conf->trusted_proxies))
		peer = cut_last(&told);
	return peer;
}

bool
peer_block(struct web *w, char out[PEER_BLOCK_BYTES])
{
	static const uint8_t	four[12] = { [10] = 0xff, [11] = 0xff };
	struct in6_addr		address;

	if (!read_address(web_peer(w), &address))
		return false;
	if (memcmp(&address, four, sizeof(four)) != 0)
		memset(&address.s6_addr[8], 0, 8);	/* a /64 */
	memcpy(out, &address, PEER_BLOCK_BYTES);
	return true;
}

bool
web_peer_in(struct web *w, const struct str_list *list)
{
	return is_in(web_peer(w), list);
}
