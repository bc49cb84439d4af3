/* A line asks, a line answers: "csv USER", "saml USER", "later SECONDS" or "sign KEY PATH USER EXPIRES". */
#define _GNU_SOURCE
#include <stdlib.h>
#include <time.h>

static time_t shift;

static time_t
shifted(time_t *unused)
{
	(void)unused;
	return time(NULL) + shift;
}

#define time shifted
#include "librung-client.h"

static void
tell(const char *level, const char *line)
{
	fprintf(stderr, "%s %s\n", level, line);
}

int
main(void)
{
	struct rung rung = { .url = getenv("RUNG_AT"), .key = getenv("RUNG_KEY") };
	char line[4096], key[100], path[1000], user[1000], url[8000];
	long long expires;

	rung.timeout = atol(getenv("RUNG_TIMEOUT"));
	rung.last_known_good = atol(getenv("RUNG_LAST"));
	if (getenv("RUNG_LOG") != NULL)
		rung.log = tell;
	if (getenv("SSL_CERT_FILE") != NULL) {
		rung.curl = curl_easy_init();
		curl_easy_setopt(rung.curl, CURLOPT_CAINFO, getenv("SSL_CERT_FILE"));
	}
	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "sign\t%99[^\t]\t%999[^\t]\t%999[^\t]\t%lld", key, path, user, &expires) == 4) {
			puts(rung_sign_url(url, sizeof(url), key, path, user, expires) ? url : "");
		} else if (strncmp(line, "later ", 6) == 0) {
			shift = atol(line + 6);
			puts("");
		} else {
			bool saml = strncmp(line, "saml ", 5) == 0;
			bool allowed = rung_can(&rung, line + (saml ? 5 : 4), saml ? "sso:saml" : "export:csv");

			printf("%d %s\n", allowed ? 200 : 403, rung.used);
		}
		fflush(stdout);
	}
	rung_close(&rung);
	return 0;
}
