/*
 * Asks whether a user has a capability.  One header, on libcurl, json-c and
 * OpenSSL (-lcurl -ljson-c -lcrypto); with -std=c17 define _GNU_SOURCE first.
 *
 *	struct rung rung = { .url = "https://shop.example", .key = check_key };
 *	if (rung_can(&rung, "u1", "export:csv")) ...
 *
 * No answer within 300 ms, or none that can be read, means no.  With
 * .last_known_good = 60 an answer of at most so many seconds ago, 60 at most,
 * stands in for a server that is away.  rung.used and the log say which it was:
 * "live", "last-known-good" or "closed"; live answers are logged at the level
 * "debug".
 */
#ifndef LIBRUNG_CLIENT_H
#define LIBRUNG_CLIENT_H
#include <curl/curl.h>
#include <json-c/json.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct rung {				/* zero but for what you set; one for each thread */
	const char *url, *key;		/* the url without a slash at its end */
	long timeout;			/* in milliseconds; 0 is 300 */
	long last_known_good;		/* in seconds */
	void (*log)(const char *level, const char *line);	/* NULL is stderr */
	const char *used;
	CURL *curl;			/* keeps its connection */
	struct json_object *known;	/* user: version, user/capability: answer */
};

static inline void rung_close(struct rung *r)
{
	curl_easy_cleanup(r->curl);
	json_object_put(r->known);
	r->curl = NULL;
	r->known = NULL;
}

/* The status and the text of one answer, all of it in time; else 0, and why. */
static inline long rung_ask(struct rung *r, const char *user, const char *capability, char *text, size_t size,
    const char **why)
{
	char *who = curl_easy_escape(NULL, user, 0), *what = curl_easy_escape(NULL, capability, 0);
	char where[2000] = "", key[200];
	FILE *into = fmemopen(text, size, "w");
	long status = 0;

	if (who != NULL && what != NULL)
		snprintf(where, sizeof(where), "%s/v1/users/%s/can/%s", r->url, who, what);
	snprintf(key, sizeof(key), "X-API-Key: %s", r->key);
	struct curl_slist *headers = curl_slist_append(NULL, key);
	if (r->curl == NULL)
		r->curl = curl_easy_init();
	curl_easy_setopt(r->curl, CURLOPT_URL, where);
	curl_easy_setopt(r->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(r->curl, CURLOPT_TIMEOUT_MS, r->timeout > 0 ? r->timeout : 300);
	curl_easy_setopt(r->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(r->curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(r->curl, CURLOPT_WRITEDATA, into);
	CURLcode code = into != NULL ? curl_easy_perform(r->curl) : CURLE_OUT_OF_MEMORY;
	if (code == CURLE_OK)
		curl_easy_getinfo(r->curl, CURLINFO_RESPONSE_CODE, &status);
	*why = code == CURLE_OK ? "no verdict" : curl_easy_strerror(code);
	if (into != NULL)
		fclose(into);
	curl_slist_free_all(headers);
	curl_free(what);
	curl_free(who);
	return status;
}

static inline const char *rung_text(struct json_object *o, const char *member)
{
	const char *text = json_object_get_string(json_object_object_get(o, member));
	return text != NULL ? text : "";
}

static inline long long rung_number(struct json_object *o, const char *member)
{
	return json_object_get_int64(json_object_object_get(o, member));
}

static inline void rung_remember(struct rung *r, const char *user, const char *name,
    struct json_object *answer)
{
	long long version = rung_number(answer, "version");

	if (r->last_known_good <= 0 || version < rung_number(r->known, user))
		return;			/* off, or overtaken on the way */
	if (r->known == NULL || json_object_object_length(r->known) > 20000) {
		json_object_put(r->known);
		r->known = json_object_new_object();
	}
	json_object_object_add(answer, "at", json_object_new_int64(time(NULL)));
	json_object_object_add(r->known, user, json_object_new_int64(version));
	json_object_object_add(r->known, name, json_object_get(answer));
}

static inline struct json_object *rung_recall(struct rung *r, const char *user, const char *name)
{
	struct json_object *answer = json_object_object_get(r->known, name);
	long long age = time(NULL) - rung_number(answer, "at");
	bool young = age >= 0 && age < 60 && age < r->last_known_good;

	return young && rung_number(answer, "version") == rung_number(r->known, user) ? answer : NULL;
}

/* May this user do this? */
static inline bool rung_can(struct rung *r, const char *user, const char *capability)
{
	char name[1000], line[1000], text[16384] = "";
	const char *why, *level = "warning";

	r->used = "closed";
	if (*user == '\0' || snprintf(name, sizeof(name), "%s/%s", user, capability) >= (int)sizeof(name))
		return false;
	long status = rung_ask(r, user, capability, text, sizeof(text) - 1, &why);
	struct json_object *got = status == 200 ? json_tokener_parse(text) : NULL, *answer = NULL;
	if (!strcmp(rung_text(got, "user"), user) && !strcmp(rung_text(got, "capability"), capability)) {
		rung_remember(r, user, name, answer = got);
		r->used = "live", level = "debug", why = rung_text(got, "code");
	} else if (status == 0 || status == 429 || status >= 500) {
		answer = rung_recall(r, user, name);
		r->used = answer != NULL ? "last-known-good" : "closed";
	} else if (status == 401 || status == 403) {
		level = "error", why = "the key is refused";
	}
	bool allowed = !strcmp(rung_text(answer, "allowed"), "true");
	snprintf(line, sizeof(line), "rung: %s for %.99s: status %ld, %.99s", r->used, capability,
	    status, why);
	if (r->log != NULL)
		r->log(level, line);
	else if (strcmp(level, "debug") != 0)
		fprintf(stderr, "%s\n", line);
	json_object_put(got);
	return allowed;
}

/*
 * A link to a file behind the gate: the key is what `rung url key` prints, the
 * path as on disk, not encoded; expires in seconds since 1970.
 */
static inline bool rung_sign_url(char *out, size_t size, const char *key, const char *path, const char *user,
    long long expires)
{
	char text[4096], *where = curl_easy_escape(NULL, path, 0), *who = curl_easy_escape(NULL, user, 0);
	unsigned char mac[32] = { 0 }, sig[48];
	int n = snprintf(text, sizeof(text), "%s\n%s\n%lld", path, user, expires);
	bool fits = where != NULL && who != NULL && n > 0 && n < (int)sizeof(text) &&
	    HMAC(EVP_sha256(), key, (int)strlen(key), (unsigned char *)text, (size_t)n, mac, NULL) != NULL;

	EVP_EncodeBlock(sig, mac, sizeof(mac));
	for (unsigned char *s = sig; *s != '\0'; s++)
		*s = *s == '+' ? '-' : *s == '/' ? '_' : *s == '=' ? '\0' : *s;
	for (char *p = where; fits && (p = strstr(p, "%2F")) != NULL; memmove(p, p + 2, strlen(p + 2) + 1))
		*p++ = '/';
	n = fits ? snprintf(out, size, "%s?u=%s&exp=%lld&sig=%s", where, who, expires, (char *)sig) : -1;
	curl_free(where);
	curl_free(who);
	return n > 0 && (size_t)n < size;
}
#endif
