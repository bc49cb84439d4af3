/*
 * HTTP requests by libcurl.  What curl would take from its surroundings (a
 * proxy, a redirect, other protocols) is switched off: we know where we send.
 * The library is large and most processes never send, so it is loaded late.
 */
#include <dlfcn.h>
#include <signal.h>
#include <strings.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/guard.h"
#include "flow/post.h"

enum {
	POST_SECONDS	= 10,
	CONNECT_MS	= 3000,
	LINE_BYTES_MAX	= 8 * 1024,	/* a url, or one header */
	MEMORY_MAX	= 2 * POST_ANSWER_MAX + 64 * 1024,
};

/* Named as in curl.h, without its prefix; `with` is setopt, which is a macro. */
static struct {
	void				*library;
	typeof(curl_easy_init)		*init;
	typeof(curl_easy_reset)		*reset;
	typeof(curl_easy_setopt)	*with;
	typeof(curl_easy_getinfo)	*told;
	typeof(curl_easy_perform)	*perform;
	typeof(curl_easy_strerror)	*words;
	typeof(curl_slist_append)	*append;
	typeof(curl_slist_free_all)	*free_all;
} curl;

/* --- loading ----------------------------------------------------------- */

/* A program without an interpreter was linked statically. */
static bool
linked_statically(void)
{
	return getauxval(AT_BASE) == 0;
}

static bool
find_all(void *library)
{
	const struct {
		void		**at;
		const char	*name;
	} wanted[] = {
		{ (void **)&curl.init,		"curl_easy_init" },
		{ (void **)&curl.reset,		"curl_easy_reset" },
		{ (void **)&curl.with,		"curl_easy_setopt" },
		{ (void **)&curl.told,		"curl_easy_getinfo" },
		{ (void **)&curl.perform,	"curl_easy_perform" },
		{ (void **)&curl.words,		"curl_easy_strerror" },
		{ (void **)&curl.append,	"curl_slist_append" },
		{ (void **)&curl.free_all,	"curl_slist_free_all" },
	};

	for (size_t i = 0; i < COUNT(wanted); i++) {
		*wanted[i].at = dlsym(library, wanted[i].name);
		if (*wanted[i].at == NULL)
			return false;
	}
	return true;
}

static enum rc
load(struct err *e)
{
	void	*library;

	if (curl.library != NULL)
		return RC_OK;
	if (linked_statically())
		return err_set(e, RC_BROKEN,
		    "Build without --enable-static-programs.",
		    "a statically linked program cannot load libcurl, so it "
		    "cannot ask payment providers");
	library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
	if (library == NULL)
		return err_set(e, RC_BROKEN,
		    "Install libcurl; Debian: apt-get install libcurl4.",
		    "%.200s", dlerror());
	if (!find_all(library)) {
		dlclose(library);
		return err_set(e, RC_BROKEN, "Install libcurl 7.68 or newer.",
		    "libcurl.so.4 lacks a function that is needed");
	}
	curl.library = library;
	return RC_OK;
}

/*
 * One handle for the process, so that the calls of an errand share their
 * connection.  A child must not use its parent's.
 */
static CURL *
handle(void)
{
	static CURL	*mine;
	static pid_t	 owner;

	if (mine != NULL && owner == getpid()) {
		curl.reset(mine);
		return mine;
	}
	mine = curl.init();
	owner = getpid();
	return mine;
}

/* --- one exchange ------------------------------------------------------ */

struct exchange {
	struct buf	body;
	int64_t		retry_after;
};

static void
list_free(struct curl_slist **list)
{
	if (*list != NULL)
		curl.free_all(*list);
}

static size_t
take_body(char *at, size_t size, size_t count, void *arg)
{
	struct exchange	*x = arg;

	buf_add(&x->body, (struct str){ .at = at, .len = size * count });
	return x->body.full ? 0 : size * count;
}

/* Of the headers one is of use: "Retry-After: 120". */
static size_t
take_header(char *at, size_t size, size_t count, void *arg)
{
	static const struct str	 name = STR("retry-after:");
	struct exchange		*x = arg;
	struct str	 line = { .at = at, .len = size * count }, value;
	int64_t		 seconds;

	if (line.len <= name.len ||
	    strncasecmp(line.at, name.at, name.len) != 0)
		return line.len;
	value = str_part(line, name.len, line.len - name.len);
	value = str_trim(str_cut(&value, '\r'));
	if (str_int64(value, &seconds) && seconds > 0)
		x->retry_after = seconds;
	return line.len;
}

static enum rc
refuse(struct err *e)
{
	return err_set(e, RC_BROKEN, NULL, "cannot set up an HTTP request");
}

/* A text that neither ends early nor begins another line. */
static bool
one_line(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] == '\0' || s.at[i] == '\r' || s.at[i] == '\n')
			return false;
	return s.len < LINE_BYTES_MAX;
}

static bool
add_line(struct curl_slist **list, const char *line)
{
	struct curl_slist	*longer = curl.append(*list, line);

	if (longer == NULL)
		return false;
	*list = longer;
	return true;
}

/* The caller's own, and no "Expect: 100-continue". */
static bool
make_headers(const struct call *c, struct arena *a, struct curl_slist **list)
{
	if (!add_line(list, "Expect:"))
		return false;
	for (size_t i = 0; i < c->header_count; i++)
		if (!one_line(c->headers[i].value) ||
		    !add_line(list, arena_text(a, "%s: %.*s",
		    c->headers[i].name, STR_FMT(c->headers[i].value)).at))
			return false;
	return true;
}

static bool
set_body(CURL *h, const struct call *c)
{
	if (c->body.len == 0 && strcmp(c->method, "GET") == 0)
		return true;
	return curl.with(h, CURLOPT_POSTFIELDSIZE_LARGE,
	    (curl_off_t)c->body.len) == CURLE_OK &&
	    curl.with(h, CURLOPT_POSTFIELDS,
	    c->body.len == 0 ? "" : c->body.at) == CURLE_OK;
}

static bool
set_up(CURL *h, const char *url, const struct call *c, int64_t within,
    struct curl_slist *headers, struct exchange *x)
{
	long	ms = (long)(within / 1000);

	return curl.with(h, CURLOPT_URL, url) == CURLE_OK &&
	    curl.with(h, CURLOPT_PROXY, "") == CURLE_OK &&
	    curl.with(h, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	    curl.with(h, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    curl.with(h, CURLOPT_TIMEOUT_MS, ms) == CURLE_OK &&
	    curl.with(h, CURLOPT_CONNECTTIMEOUT_MS,
	    ms < CONNECT_MS ? ms : (long)CONNECT_MS) == CURLE_OK &&
	    curl.with(h, CURLOPT_USERAGENT, "Rung") == CURLE_OK &&
	    curl.with(h, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
	    curl.with(h, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
	    curl.with(h, CURLOPT_WRITEDATA, x) == CURLE_OK &&
	    curl.with(h, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
	    curl.with(h, CURLOPT_HEADERDATA, x) == CURLE_OK &&
	    set_body(h, c) &&
	    curl.with(h, CURLOPT_CUSTOMREQUEST, c->method) == CURLE_OK;
}

/* A peer that hangs up is an error to be told, not a signal to die of. */
static CURLcode
perform(CURL *h)
{
	struct sigaction	quiet = { .sa_handler = SIG_IGN }, before;
	CURLcode		failed;

	sigaction(SIGPIPE, &quiet, &before);
	failed = curl.perform(h);
	sigaction(SIGPIPE, &before, NULL);
	return failed;
}

enum rc
post_send(struct str base, const struct call *c, int64_t within,
    struct arena *a, struct call_answer *out, struct err *e)
{
	GUARD(list_free) struct curl_slist *headers = NULL;
	struct str	 url = arena_text(a, "%.*s%.*s", STR_FMT(base),
			    STR_FMT(c->path));
	struct exchange	 x = { .retry_after = 0 };
	CURL		*h;
	CURLcode	 failed;
	long		 status = 0;

	/* Curl knows many more schemes, and file: is one of them. */
	if (within < 1000 || !one_line(url) || (!str_starts(url,
	    STR("http://")) && !str_starts(url, STR("https://"))))
		return refuse(e);
	TRY(load(e));
	buf_init(&x.body, a, POST_ANSWER_MAX);
	h = handle();
	if (h == NULL || !make_headers(c, a, &headers) ||
	    !set_up(h, url.at, c, within, headers, &x))
		return refuse(e);
	failed = perform(h);
	if (failed != CURLE_OK ||
	    curl.told(h, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK)
		return err_set(e, RC_DOWN, "Try again later.",
		    "no answer to a %s: %s", c->method, x.body.full ?
		    "it is too long" : curl.words(failed));
	*out = (struct call_answer){
		.status = (int)status, .body = buf_str(&x.body),
		.retry_after = x.retry_after,
	};
	return RC_OK;
}

enum rc
post(struct str url, struct str header, struct str body, int *status,
    struct err *e)
{
	GUARD(arena_free) struct arena *a = arena_new("post", MEMORY_MAX);
	struct str		value = header;
	struct str		name = str_cut(&value, ':');
	struct call		c;
	struct call_answer	answer;

	must(a != NULL);
	call_begin(&c, "POST", STR_NONE);
	call_header(&c, "Content-Type",
	    STR("application/json; charset=utf-8"));
	call_header(&c, arena_keep(a, name).at, str_trim(value));
	c.body = body;
	TRY(post_send(url, &c, POST_SECONDS * SECOND, a, &answer, e));
	*status = answer.status;
	return RC_OK;
}
