/*
 * One logfmt line to standard error per call: level, request id, then the
 * pairs.  Outside text is quoted, escaped and cut.  Only cgi-bin, lib/web and
 * rung log; libraries report.
 */
#ifndef RUNG_BASE_LOG_H
#define RUNG_BASE_LOG_H

#include <stdint.h>

#include "base/str.h"

enum log_level { LOG_INFO_LINE, LOG_WARN_LINE, LOG_ERROR_LINE };

struct log_pair {
	const char	*name;
	struct str	 text;		/* used unless is_number */
	int64_t		 number;
	int		 is_number;
};

#define LOG_S(n, s)	((struct log_pair){ .name = (n), .text = (s) })
#define LOG_N(n, i)	\
	((struct log_pair){ .name = (n), .number = (i), .is_number = 1 })

/* Which program and which request the next lines speak of. */
void log_program(const char *name);
void log_request(struct str request_id);

/* level=... prog=... req=... event=... name=value ... */
void log_line(enum log_level, const char *event, const struct log_pair *,
    size_t count);

#define LOG(level, event, ...) do {					\
	const struct log_pair log_pairs[] = { __VA_ARGS__ };		\
	log_line((level), (event), log_pairs, COUNT(log_pairs));	\
} while (0)

/*
 * The line log_line would write, without the newline, into out (size bytes
 * at least 64).  Pure; exposed for the fuzzer and the tests.
 */
size_t log_format(char *out, size_t size, const char *level, const char *prog,
    struct str request, const char *event, const struct log_pair *,
    size_t count);

#endif
