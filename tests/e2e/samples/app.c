/* A line asks, a line answers: "can USER" or "sign KEY PATH USER EXPIRES". */
#define _GNU_SOURCE
#define RUNG_CLIENT_SIGN
#include "librung-client.h"

int
main(void)
{
	static const char *const used[] = { "closed", "answer",
	    "last-known-good" };
	char line[4096], key[100], path[1000], user[1000], url[8000];
	long long expires;
	const char *last = getenv("RUNG_LAST");
	struct rung_client *c = rung_new("127.0.0.1", getenv("RUNG_PORT"),
	    getenv("RUNG_KEY"));

	if (c == NULL)
		return 1;
	c->last_known_good = last == NULL ? 0 : atoi(last);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "sign\t%99[^\t]\t%999[^\t]\t%999[^\t]\t%lld", key,
		    path, user, &expires) == 4 && rung_sign_url(url,
		    sizeof(url), key, path, user, expires)) {
			printf("%s\n", url);
		} else {
			struct rung_verdict v = rung_can(c, line + 4,
			    "export:csv");

			printf("%d %s\n", v.allowed ? 200 : 403, used[v.used]);
		}
		fflush(stdout);
	}
	rung_free(c);
	return 0;
}
