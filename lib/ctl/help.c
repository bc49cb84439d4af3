/*
 * Help, made from the table of commands.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"

enum { USAGE_COLUMN = 30 };

static void
put_usage(const struct command *c, char *out, size_t size)
{
	snprintf(out, size, "%s%s%s%s%s", c->noun,
	    c->verb == NULL ? "" : " ", c->verb == NULL ? "" : c->verb,
	    c->operands[0] == '\0' ? "" : " ", c->operands);
}

static void
help_line(const struct command *c)
{
	char	usage[80];

	put_usage(c, usage, sizeof(usage));
	printf("  %-*s %s\n", USAGE_COLUMN, usage, c->about);
}

void
help_all(void)
{
	printf("usage: rung [--config FILE] [--format text|json] COMMAND\n\n");
	for (const struct command *c = commands; c->noun != NULL; c++)
		help_line(c);
	printf("\n`rung COMMAND --help` tells of one command, rung(1) of "
	    "all.\nExit status: 0 done, 1 failed, 2 wrong usage, "
	    "3 nothing to do.\n");
}

bool
help_noun(const char *noun)
{
	bool	any = false;

	for (const struct command *c = commands; c->noun != NULL; c++) {
		if (strcmp(c->noun, noun) != 0)
			continue;
		help_line(c);
		any = true;
	}
	return any;
}

static void
option_line(const char *name, const char *value, const char *about)
{
	char	usage[80];

	snprintf(usage, sizeof(usage), "--%s%s%s", name,
	    value == NULL ? "" : " ", value == NULL ? "" : value);
	printf("  %-*s %s\n", USAGE_COLUMN, usage, about);
}

void
help_command(const struct command *c)
{
	char	usage[80];

	put_usage(c, usage, sizeof(usage));
	printf("usage: rung %s\n\n  %s\n\n", usage, c->about);
	for (size_t i = 0; i < OPTIONS_MAX && c->options[i].name != NULL; i++)
		option_line(c->options[i].name, c->options[i].value,
		    c->options[i].about);
	option_line("config", "FILE", "the configuration, instead of the "
	    "usual places");
	option_line("format", "text|json", "for people, or for programs");
}
