/*
 * One POST by libcurl.  What curl would take from its surroundings (a proxy,
 * a redirect, other protocols) is switched off: we know where we send.
 */
#include <curl/curl.h>

#include "base/guard.h"
#include "flow/post.h"

enum {
	POST_SECONDS	= 10,
	CONNECT_MS	= 3000,
	URL_BYTES_MAX	= 2000,
};

static void
handle_free(CURL **handle)
{
	curl_easy_cleanup(*handle);
}

static void
list_free(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

/* The answer's body is nobody's concern. */
static size_t
swallow(char *at, size_t size, size_t count, void *arg)
{
	(void)at;
	(void)arg;
	return size * count;
}

static enum rc
refuse(struct err *e)
{
	return err_set(e, RC_BROKEN, NULL, "cannot set up an HTTP request");
}

/* A C string of a text that must not end early. */
static bool
put_text(char *out, size_t size, struct str s)
{
	if (s.len == 0 || s.len >= size || memchr(s.at, '\0', s.len) != NULL)
		return false;
	memcpy(out, s.at, s.len);
	out[s.len] = '\0';
	return true;
}

static bool
set_up(CURL *c, const char *url, struct curl_slist *headers, struct str body)
{
	return curl_easy_setopt(c, CURLOPT_URL, url) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)POST_SECONDS) ==
	    CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)CONNECT_MS) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, swallow) ==
	    CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
	    (curl_off_t)body.len) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_POSTFIELDS,
	    body.len == 0 ? "" : body.at) == CURLE_OK;
}

/* Content-Type, no "Expect: 100-continue", and the caller's own. */
static struct curl_slist *
make_headers(const char *header)
{
	const char		*lines[] = {
		"Content-Type: application/json; charset=utf-8", "Expect:",
		header,
	};
	struct curl_slist	*list = NULL, *longer;

	for (size_t i = 0; i < COUNT(lines); i++) {
		longer = curl_slist_append(list, lines[i]);
		if (longer == NULL) {
			curl_slist_free_all(list);
			return NULL;
		}
		list = longer;
	}
	return list;
}

enum rc
post(struct str url, struct str header, struct str body, int *status,
    struct err *e)
{
	GUARD(handle_free) CURL *c = curl_easy_init();
	GUARD(list_free) struct curl_slist *headers = NULL;
	char		url_text[URL_BYTES_MAX], header_text[URL_BYTES_MAX];
	CURLcode	failed;
	long		code = 0;

	/* Curl knows many more schemes, and file: is one of them. */
	if ((!str_starts(url, STR("http://")) &&
	    !str_starts(url, STR("https://"))) ||
	    !put_text(url_text, sizeof(url_text), url) ||
	    !put_text(header_text, sizeof(header_text), header))
		return refuse(e);
	headers = make_headers(header_text);
	if (c == NULL || headers == NULL ||
	    !set_up(c, url_text, headers, body))
		return refuse(e);
	failed = curl_easy_perform(c);
	if (failed != CURLE_OK ||
	    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code) != CURLE_OK)
		return err_set(e, RC_DOWN, NULL, "no answer to a POST: %s",
		    curl_easy_strerror(failed));
	*status = (int)code;
	return RC_OK;
}
