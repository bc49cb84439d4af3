/*
 * HMAC, SHA-256 and random bytes, by OpenSSL 3 and the kernel.  Looking up an
 * algorithm costs more than using it, so each is fetched once and kept for
 * the life of the process.  One thread only, as all our programs are.
 */
#include <errno.h>
#include <pthread.h>
#include <sys/random.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/guard.h"
#include "base/secret.h"
#include "base/text.h"

enum { KEY_BYTES = 32, UUID_BYTES = 16 };

/* A SHA-256 that is ready to take its first byte. */
static EVP_MD_CTX *
sha256_begin(void)
{
	static EVP_MD		*md;
	static EVP_MD_CTX	*ctx;

	if (ctx == NULL) {
		md = EVP_MD_fetch(NULL, "SHA256", NULL);
		ctx = EVP_MD_CTX_new();
		must(md != NULL && ctx != NULL);
	}
	must(EVP_DigestInit_ex2(ctx, md, NULL) == 1);
	return ctx;
}

static struct digest
sha256_end(EVP_MD_CTX *ctx)
{
	struct digest	d;
	unsigned	len = 0;

	must(EVP_DigestFinal_ex(ctx, d.byte, &len) == 1);
	must(len == sizeof(d.byte));
	return d;
}

struct digest
secret_sha256(struct str s)
{
	EVP_MD_CTX	*ctx = sha256_begin();

	must(EVP_DigestUpdate(ctx, s.at, s.len) == 1);
	return sha256_end(ctx);
}

struct digest
secret_sha256_fields(const struct str *fields, size_t count)
{
	EVP_MD_CTX	*ctx = sha256_begin();

	for (size_t i = 0; i < count; i++) {
		uint8_t length[8];

		for (size_t j = 0; j < sizeof(length); j++)
			length[j] = (uint8_t)((uint64_t)fields[i].len >>
			    (56 - 8 * j));
		must(EVP_DigestUpdate(ctx, length, sizeof(length)) == 1);
		must(EVP_DigestUpdate(ctx, fields[i].at,
		    fields[i].len) == 1);
	}
	return sha256_end(ctx);
}

/* An HMAC-SHA256 that is ready to take a key. */
static EVP_MAC_CTX *
hmac_context(void)
{
	static EVP_MAC_CTX	*ctx;
	static char		 digest[] = "SHA256";
	EVP_MAC			*mac;
	OSSL_PARAM		 params[2];

	if (ctx != NULL)
		return ctx;
	mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	must(mac != NULL);
	ctx = EVP_MAC_CTX_new(mac);
	EVP_MAC_free(mac);		/* the context holds on to it */
	must(ctx != NULL);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
	    digest, 0);
	params[1] = OSSL_PARAM_construct_end();
	must(EVP_MAC_CTX_set_params(ctx, params) == 1);
	return ctx;
}

struct digest
secret_hmac(struct str key, const struct str *pieces, size_t count)
{
	/* To the library a NULL key means the key of the call before. */
	const char	*bytes = key.len == 0 ? "" : key.at;
	EVP_MAC_CTX	*ctx = hmac_context();
	struct digest	 d;
	size_t		 len = 0;

	must(EVP_MAC_init(ctx, (const unsigned char *)bytes, key.len,
	    NULL) == 1);
	for (size_t i = 0; i < count; i++)
		must(pieces[i].len == 0 || EVP_MAC_update(ctx,
		    (const unsigned char *)pieces[i].at, pieces[i].len) == 1);
	must(EVP_MAC_final(ctx, d.byte, &len, sizeof(d.byte)) == 1);
	must(len == sizeof(d.byte));
	return d;
}

bool
secret_same(const struct digest *a, const struct digest *b)
{
	return CRYPTO_memcmp(a->byte, b->byte, sizeof(a->byte)) == 0;
}

void
secret_random(void *bytes, size_t len)
{
	uint8_t	*at = bytes;

	while (len > 0) {
		ssize_t n = getrandom(at, len, 0);

		if (n == -1 && errno == EINTR)
			continue;
		must(n > 0);
		at += n;
		len -= (size_t)n;
	}
}

struct str
secret_key_new(struct arena *a, struct str prefix)
{
	uint8_t		random[KEY_BYTES];
	struct str	text;

	secret_random(random, sizeof(random));
	text = text_base64url(a, random, sizeof(random));
	return arena_text(a, "%.*s%.*s", STR_FMT(prefix), STR_FMT(text));
}

/*
 * Every request has an id, so the kernel is asked for many at once.  What is
 * left is the parent's alone after a fork.
 */
static uint8_t	pool[64 * UUID_BYTES];
static size_t	pool_left;

static void
pool_drop(void)
{
	pool_left = 0;
}

static void
id_random(uint8_t *uuid)
{
	static bool	dropped_by_forks;

	if (!dropped_by_forks)
		must(pthread_atfork(NULL, NULL, pool_drop) == 0);
	dropped_by_forks = true;
	if (pool_left == 0) {
		secret_random(pool, sizeof(pool));
		pool_left = sizeof(pool);
	}
	pool_left -= UUID_BYTES;
	memcpy(uuid, pool + pool_left, UUID_BYTES);
}

struct str
secret_id_new(struct arena *a, struct str prefix, int64_t now)
{
	uint8_t		uuid[UUID_BYTES];
	uint64_t	ms = (uint64_t)now / 1000;
	struct str	hex;

	must(now >= 0);
	id_random(uuid);
	for (size_t i = 0; i < 6; i++)		/* 48 bits, big endian */
		uuid[i] = (uint8_t)(ms >> (40 - 8 * i));
	uuid[6] = (uint8_t)(0x70 | (uuid[6] & 0x0f));	/* version 7 */
	uuid[8] = (uint8_t)(0x80 | (uuid[8] & 0x3f));	/* RFC 9562's own */
	hex = text_hex(a, uuid, sizeof(uuid));
	return prefix.len == 0 ? hex :
	    arena_text(a, "%.*s%.*s", STR_FMT(prefix), STR_FMT(hex));
}
