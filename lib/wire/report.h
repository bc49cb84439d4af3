/*
 * Findings about a text file, gathered as they are met: all of them are
 * reported, not the first only.
 */
#ifndef RUNG_WIRE_REPORT_H
#define RUNG_WIRE_REPORT_H

#include "wire/matrix_read.h"

struct report {
	struct arena	*arena;
	struct finding	*list;
	size_t		 count, room;
};

void		report_init(struct report *, struct arena *);

/* One finding.  Beyond 200 they are counted out and forgotten. */
void		report_add(struct report *, unsigned line, unsigned column,
		    struct str path, const char *fmt, ...)
		    __attribute__((format(printf, 5, 6)));

/* The findings in the order of the file.  Empty without any. */
void		report_list(struct report *, struct findings *out);

/* At most 60 bytes of outside text, fit for a line of a terminal. */
struct str	report_show(struct arena *, struct str);

#endif
