/*
 * The marks of one transaction.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/generations.h"
#include "base/guard.h"
#include "base/secret.h"
#include "store/marks.h"

static uint64_t
number_of(const struct str *fields, size_t count)
{
	struct digest	d = secret_sha256_fields(fields, count);
	uint64_t	n;

	memcpy(&n, d.byte, sizeof(n));
	return n;
}

uint64_t
mark_of_user(uint32_t seller, struct str user)
{
	char		 text[16];
	size_t		 len = (size_t)snprintf(text, sizeof(text), "%u",
			    seller);
	const struct str fields[] = { { text, len }, user };

	return number_of(fields, COUNT(fields));
}

uint64_t
mark_of_credentials(void)
{
	const struct str	fields[] = { STR("credentials") };
	static uint64_t		number;

	if (number == 0)
		number = number_of(fields, COUNT(fields));
	return number;
}

enum rc
marks_begin(struct marks *m, const struct conf *conf, uint64_t who,
    struct err *e)
{
	if (!conf_keeps(conf))
		return RC_OK;
	for (size_t i = 0; i < m->count; i++)
		if (m->who[i] == who)
			return RC_OK;
	if (!generations_look(clock_wall()))
		return err_set(e, RC_BROKEN, "Run as the account of the "
		    "programs, mend the modes of var, or set cache: off.",
		    "cannot write %.*s/generations", STR_FMT(conf->var));
	must(m->count < MARKS_MAX);
	m->who[m->count++] = who;
	generation_begin(who, clock_wall());
	return RC_OK;
}

void
marks_end(struct marks *m, enum rc rc)
{
	for (size_t i = 0; i < m->count && rc != RC_UNSURE; i++)
		generation_end(m->who[i]);
	m->count = 0;
}
