/*
 * rung(1): reads the command line by the table of commands and runs one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/guard.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/suggest.h"
#include "ctl/ctl.h"

enum { NAMES_MAX = 32 };

static enum finish
usage(const char *what, const char *which)
{
	fprintf(stderr, "rung: %s%s%s\nTry `rung --help`.\n", what,
	    which[0] == '\0' ? "" : " ", which);
	return USAGE;
}

/* Is there only one command of this noun, without a verb? */
static bool
stands_alone(const char *noun)
{
	for (const struct command *c = commands; c->noun != NULL; c++)
		if (strcmp(c->noun, noun) == 0)
			return c->verb == NULL;
	return false;
}

static const struct command *
find(const char *noun, const char *verb)
{
	for (const struct command *c = commands; c->noun != NULL; c++)
		if (strcmp(c->noun, noun) == 0 && (c->verb == NULL ||
		    (verb != NULL && strcmp(c->verb, verb) == 0)))
			return c;
	return NULL;
}

/* What was probably meant: a noun, or a verb of this noun. */
static enum finish
unknown(const char *noun, const char *verb)
{
	struct str	names[NAMES_MAX], near;
	bool		known = false;
	size_t		n = 0;

	for (const struct command *c = commands; c->noun != NULL; c++)
		known = known || strcmp(c->noun, noun) == 0;
	for (const struct command *c = commands;
	    c->noun != NULL && n < NAMES_MAX; c++)
		if (!known && (n == 0 ||
		    !str_eq(names[n - 1], str_of(c->noun))))
			names[n++] = str_of(c->noun);
		else if (known && strcmp(c->noun, noun) == 0)
			names[n++] = str_of(c->verb);
	near = suggest(str_of(known ? verb : noun), names, n);
	fprintf(stderr, "rung: there is no command '%s%s%s'", noun,
	    known ? " " : "", known ? verb : "");
	if (near.len > 0)
		fprintf(stderr, "; did you mean '%.*s'?", STR_FMT(near));
	fprintf(stderr, "\n");
	if (known) {
		fflush(stderr);
		help_noun(noun);
	}
	return USAGE;
}

static int
option_index(const struct command *c, const char *name, size_t len)
{
	for (int i = 0; c != NULL && i < OPTIONS_MAX; i++)
		if (c->options[i].name != NULL &&
		    strlen(c->options[i].name) == len &&
		    strncmp(c->options[i].name, name, len) == 0)
			return i;
	return -1;
}

/* The words of the command line still to read. */
struct words {
	char	**at;
	int	  left;
};

static const char *
next(struct words *w)
{
	if (w->left == 0)
		return NULL;
	w->left--;
	return *w->at++;
}

/* Does the word say --name, and what does it (or the next word) give it? */
static bool
option_is(const char *word, const char *name, struct words *w,
    const char **value)
{
	size_t	len = strlen(name);

	if (strncmp(word + 2, name, len) != 0 ||
	    (word[2 + len] != '\0' && word[2 + len] != '='))
		return false;
	*value = word[2 + len] == '=' ? word + 3 + len : next(w);
	return true;
}

static bool
repeats(const struct option_row *row)
{
	size_t	len = row->value == NULL ? 0 : strlen(row->value);

	return len > 3 && strcmp(row->value + len - 3, "...") == 0;
}

static enum finish
take_own_option(struct ctl *c, const char *word, struct words *w)
{
	size_t		 len = strcspn(word + 2, "=");
	int		 i = option_index(c->command, word + 2, len);
	const char	*value = word[2 + len] == '=' ? word + 3 + len : NULL;

	if (i == -1)
		return usage("there is no option", word);
	if (c->command->options[i].value == NULL) {
		if (value != NULL)
			return usage("no value goes with", word);
		value = "";
	} else if (value == NULL) {
		value = next(w);
	}
	if (value == NULL)
		return usage("a value is missing after", word);
	if (c->given[i] != NULL && repeats(&c->command->options[i]))
		value = arena_text(c->arena, "%s\n%s", c->given[i],
		    value).at;
	c->given[i] = value;
	return DONE;
}

static enum finish
take_option(struct ctl *c, const char *word, struct words *w)
{
	const char	*value;

	if (option_is(word, "config", w, &value)) {
		c->config = value;
		return value == NULL ? usage("--config needs a file", "") :
		    DONE;
	}
	if (option_is(word, "format", w, &value)) {
		if (value == NULL || (strcmp(value, "text") != 0 &&
		    strcmp(value, "json") != 0))
			return usage("--format is text or json", "");
		c->json = strcmp(value, "json") == 0;
		return DONE;
	}
	return take_own_option(c, word, w);
}

static bool
is_option(const char *word)
{
	return word[0] == '-' && word[1] == '-' && word[2] != '\0';
}

/* The command's own options and its operands, in any order. */
static enum finish
read_words(struct ctl *c, struct words *w)
{
	bool		 only_operands = false;
	const char	*word;

	while ((word = next(w)) != NULL) {
		if (!only_operands && strcmp(word, "--") == 0) {
			only_operands = true;
		} else if (!only_operands && is_option(word)) {
			if (take_option(c, word, w) != DONE)
				return USAGE;
		} else if (c->operand_count < c->command->most) {
			c->operand[c->operand_count++] = str_of(word);
		} else {
			return usage("too many words:", word);
		}
	}
	if (c->operand_count < c->command->least)
		return usage("something is missing:", c->command->operands);
	return DONE;
}

/* --help anywhere: the most that can be told of what stands before it. */
static bool
wants_help(int argc, char **argv)
{
	const char			*word[2] = { NULL, NULL };
	const struct command		*c;
	size_t				 n = 0;
	bool				 asked = false;

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0)
			asked = true;
		else if (argv[i][0] != '-' && n < 2)
			word[n++] = argv[i];
	}
	if (!asked)
		return false;
	c = n == 0 ? NULL : find(word[0], word[1]);
	if (c != NULL)
		help_command(c);
	else if (n == 0 || !help_noun(word[0]))
		help_all();
	return true;
}

/* The words before the command, then its noun and verb. */
static enum finish
read_command(struct ctl *c, struct words *w)
{
	const char	*noun, *verb = NULL;

	while ((noun = next(w)) != NULL && is_option(noun)) {
		if (strcmp(noun, "--version") == 0) {
			c->command = find("version", NULL);
			return DONE;
		}
		if (take_option(c, noun, w) != DONE)
			return USAGE;
	}
	if (noun == NULL)
		return usage("what shall be done?", "");
	if (!stands_alone(noun))
		verb = next(w);
	c->command = find(noun, verb);
	return c->command == NULL ? unknown(noun, verb == NULL ? "" : verb) :
	    DONE;
}

static enum finish
run(struct ctl *c, struct words *w)
{
	enum finish	rc;

	rc = read_command(c, w);
	if (rc == DONE)
		rc = read_words(c, w);
	if (rc == DONE)
		rc = c->command->run(c);
	if (fflush(stdout) != 0 && rc == DONE) {
		fprintf(stderr, "rung: cannot write the answer\n");
		rc = FAILED;
	}
	return rc;
}

int
main(int argc, char **argv)
{
	GUARD(arena_free) struct arena *arena =
	    arena_new("command", ARENA_BYTES_MAX);
	struct ctl	c = { .arena = arena };
	struct words	words = { argv + 1, argc > 0 ? argc - 1 : 0 };
	enum finish	rc;

	log_program("rung");
	umask(077);
	must(arena != NULL);
	if (wants_help(argc, argv))
		return DONE;
	rc = run(&c, &words);
	app_close(&c.app);
	return (int)rc;
}
