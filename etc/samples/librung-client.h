/*
 * Asks Rung whether a user has a capability, from C on the same machine or
 * one that a tunnel makes near: http alone, one header, no library but libc
 * (and libcrypto if RUNG_CLIENT_SIGN is defined, for links to files).
 *
 *	struct rung_client *rung = rung_new("127.0.0.1", "8080", check_key);
 *	if (rung_can(rung, "u1", "export:csv").allowed) ...
 *	rung_free(rung);
 *
 * No answer within timeout_ms (300), or none that can be read, means no.  With
 * last_known_good = 60 an answer of at most so many seconds ago stands in for
 * a server that is away; it is off unless you set it.  `used` says which it
 * was.  One client belongs to one thread.
 */
#ifndef LIBRUNG_CLIENT_H
#define LIBRUNG_CLIENT_H

#ifndef _GNU_SOURCE
#error "define _GNU_SOURCE before the first header, for strcasestr"
#endif
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum rung_used { RUNG_CLOSED, RUNG_ANSWER, RUNG_LAST_KNOWN_GOOD };
enum { RUNG_KEPT = 256, RUNG_NAME = 600, RUNG_ANSWER_BYTES = 16384 };

struct rung_verdict {
	bool		 allowed;
	enum rung_used	 used;
	int		 status;	/* of HTTP; 0: none came in time */
};

struct rung_known {
	char		 user[RUNG_NAME], capability[RUNG_NAME];
	long long	 version, at;	/* at in ms; 0: nothing here */
	bool		 allowed;
};

struct rung_client {
	char		 host[256], port[16], key[128];
	char		 base[128];	/* "/shop/rung" of base_url, or "" */
	int		 timeout_ms, last_known_good, fd;
	unsigned	 next;
	char		 got[RUNG_ANSWER_BYTES];
	struct rung_known known[RUNG_KEPT];
};

static inline long long
rung_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000 + 1;
}

static inline struct rung_client *
rung_new(const char *host, const char *port, const char *key)
{
	struct rung_client *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	snprintf(c->host, sizeof(c->host), "%s", host);
	snprintf(c->port, sizeof(c->port), "%s", port);
	snprintf(c->key, sizeof(c->key), "%s", key);
	c->timeout_ms = 300;
	c->fd = -1;
	return c;
}

static inline void
rung_hang_up(struct rung_client *c)
{
	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
}

static inline void
rung_free(struct rung_client *c)
{
	if (c != NULL)
		rung_hang_up(c);
	free(c);
}

static inline bool
rung_wait(int fd, short events, long long end)
{
	struct pollfd p = { .fd = fd, .events = events };
	long long left = end - rung_now_ms();

	return left > 0 && poll(&p, 1, (int)left) == 1;
}

static inline bool
rung_connect(struct rung_client *c, long long end)
{
	struct addrinfo want = { .ai_socktype = SOCK_STREAM }, *all, *a;
	int failed = 0;
	socklen_t len = sizeof(failed);

	if (getaddrinfo(c->host, c->port, &want, &all) != 0)
		return false;
	for (a = all; a != NULL && c->fd == -1; a = a->ai_next) {
		c->fd = socket(a->ai_family,
		    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (c->fd != -1 && connect(c->fd, a->ai_addr, a->ai_addrlen) !=
		    0 && (errno != EINPROGRESS || !rung_wait(c->fd, POLLOUT,
		    end) || getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &failed,
		    &len) != 0 || failed != 0))
			rung_hang_up(c);
	}
	freeaddrinfo(all);
	return c->fd != -1;
}

/* Percent-encode all but RFC 3986's unreserved; false when it does not fit. */
static inline bool
rung_encode(char *out, size_t size, const char *in, const char *also)
{
	size_t n = 0;

	for (; *in != '\0'; in++) {
		unsigned char c = (unsigned char)*in;

		if (n + 4 > size)
			return false;
		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z') || strchr("-._~", c) != NULL ||
		    strchr(also, c) != NULL)
			out[n++] = (char)c;
		else
			n += (size_t)snprintf(out + n, 4, "%%%02X", c);
	}
	out[n] = '\0';
	return true;
}

/* 1: a whole answer, 0: no time or a broken one, -1: closed before any byte. */
static inline int
rung_exchange(struct rung_client *c, const char *request, long long end,
    char **body)
{
	size_t sent = 0, have = 0, len = strlen(request);
	char *head_end = NULL, *length;

	for (ssize_t n; sent < len; sent += (size_t)n)
		if (!rung_wait(c->fd, POLLOUT, end) || (n = send(c->fd,
		    request + sent, len - sent, MSG_NOSIGNAL)) <= 0)
			return -1;
	for (;;) {
		ssize_t n;

		if (!rung_wait(c->fd, POLLIN, end))
			return 0;
		n = recv(c->fd, c->got + have, sizeof(c->got) - 1 - have, 0);
		if (n <= 0)
			return have == 0 ? -1 : 0;
		have += (size_t)n;
		c->got[have] = '\0';
		head_end = strstr(c->got, "\r\n\r\n");
		if (head_end == NULL)
			continue;
		length = strcasestr(c->got, "\r\ncontent-length:");
		if (length == NULL || length > head_end)
			return 0;
		*body = head_end + 4;
		if (strlen(*body) >= strtoul(length + 17, NULL, 10))
			return 1;
	}
}

/* The status, 0 for none in time. */
static inline int
rung_ask(struct rung_client *c, const char *request, char **body)
{
	long long end = rung_now_ms() + c->timeout_ms;
	int done, status;
	bool kept;

	do {	/* again if a kept connection was closed as we used it */
		kept = c->fd != -1;
		if (!kept && !rung_connect(c, end))
			return 0;
		done = rung_exchange(c, request, end, body);
		if (done != 1)
			rung_hang_up(c);
	} while (done == -1 && kept);
	if (done != 1 || sscanf(c->got, "HTTP/1.%*d %d", &status) != 1)
		return 0;
	if (strcasestr(c->got, "\r\nconnection: close") != NULL)
		rung_hang_up(c);
	return status;
}

/* Older versions of the user are forgotten; an answer overtaken is not kept. */
static inline void
rung_remember(struct rung_client *c, const char *user, const char *capability,
    bool allowed, long long version)
{
	struct rung_known *free_one = NULL;

	if (c->last_known_good <= 0 || strlen(user) >= RUNG_NAME ||
	    strlen(capability) >= RUNG_NAME)
		return;
	for (struct rung_known *k = c->known; k < c->known + RUNG_KEPT; k++) {
		if (k->at == 0 || strcmp(k->user, user) != 0)
			continue;
		if (k->version > version)
			return;
		if (k->version < version)
			k->at = 0;
		else if (strcmp(k->capability, capability) == 0)
			free_one = k;
	}
	if (free_one == NULL)
		free_one = &c->known[c->next++ % RUNG_KEPT];
	memcpy(free_one->user, user, strlen(user) + 1);
	memcpy(free_one->capability, capability, strlen(capability) + 1);
	free_one->version = version;
	free_one->allowed = allowed;
	free_one->at = rung_now_ms();
}

static inline struct rung_verdict
rung_without(struct rung_client *c, const char *user, const char *capability,
    int status)
{
	struct rung_verdict v = { .used = RUNG_CLOSED, .status = status };
	long long life = c->last_known_good > 60 ? 60 : c->last_known_good;

	if (status != 0 && status != 429 && status < 500)
		return v;
	for (struct rung_known *k = c->known; k < c->known + RUNG_KEPT; k++)
		if (k->at != 0 && strcmp(k->user, user) == 0 &&
		    strcmp(k->capability, capability) == 0 &&
		    rung_now_ms() - k->at <= life * 1000) {
			v.allowed = k->allowed;
			v.used = RUNG_LAST_KNOWN_GOOD;
		}
	return v;
}

static inline struct rung_verdict
rung_can(struct rung_client *c, const char *user, const char *capability)
{
	char request[2 * RUNG_NAME + 1000], who[RUNG_NAME], what[RUNG_NAME];
	char *body = NULL, *yes, *no, *version;
	int status;

	if (*user == '\0' || !rung_encode(who, sizeof(who), user, "") ||
	    !rung_encode(what, sizeof(what), capability, ""))
		return (struct rung_verdict){ .used = RUNG_CLOSED };
	snprintf(request, sizeof(request), "GET %s/v1/users/%s/can/%s "
	    "HTTP/1.1\r\nHost: %s:%s\r\nX-API-Key: %s\r\n\r\n", c->base,
	    who, what, c->host, c->port, c->key);
	status = rung_ask(c, request, &body);
	if (status != 200)
		return rung_without(c, user, capability, status);
	/* Quotes inside of values are escaped, so these are members. */
	yes = strstr(body, "\"allowed\":true");
	no = strstr(body, "\"allowed\":false");
	version = strstr(body, "\"version\":");
	if ((yes == NULL) == (no == NULL) || version == NULL)
		return rung_without(c, user, capability, status);
	rung_remember(c, user, capability, yes != NULL,
	    strtoll(version + 10, NULL, 10));
	return (struct rung_verdict){ .allowed = yes != NULL,
	    .used = RUNG_ANSWER, .status = status };
}

#ifdef RUNG_CLIENT_SIGN
#include <openssl/evp.h>
#include <openssl/hmac.h>

/*
 * A link to a file behind the gate into out: the key is what `rung url key`
 * prints, the path as on disk, not encoded; expires in seconds since 1970.
 */
static inline bool
rung_sign_url(char *out, size_t size, const char *key, const char *path,
    const char *user, long long expires)
{
	char text[4096], where[4096], who[RUNG_NAME];
	unsigned char mac[32], sig[48];
	int len = snprintf(text, sizeof(text), "%s\n%s\n%lld", path, user,
	    expires);

	if (len < 0 || (size_t)len >= sizeof(text) ||
	    !rung_encode(where, sizeof(where), path, "/") ||
	    !rung_encode(who, sizeof(who), user, "") ||
	    HMAC(EVP_sha256(), key, (int)strlen(key), (unsigned char *)text,
	    (size_t)len, mac, NULL) == NULL)
		return false;
	EVP_EncodeBlock(sig, mac, sizeof(mac));
	for (unsigned char *s = sig; *s != '\0'; s++)
		*s = *s == '+' ? '-' : *s == '/' ? '_' : *s == '=' ? '\0' : *s;
	len = snprintf(out, size, "%s?u=%s&exp=%lld&sig=%s", where, who,
	    expires, (char *)sig);
	return len > 0 && (size_t)len < size;
}
#endif

#endif
