/*
 * rung(1): one table of commands, and what each of them is given.
 */
#ifndef RUNG_CTL_CTL_H
#define RUNG_CTL_CTL_H

#include "flow/app.h"
#include "wire/matrix_read.h"
#include "wire/out.h"

/* Exit statuses; cron may take NOTHING for DONE. */
enum finish { DONE, FAILED, USAGE, NOTHING };

enum { OPERANDS_MAX = 2, OPTIONS_MAX = 8 };

struct ctl;

struct option_row {
	const char	*name;		/* without "--" */
	const char	*value;		/* what it takes; NULL: a switch; with
					 * "..." at its end it may be repeated */
	const char	*about;
};

struct command {
	const char	*noun, *verb;	/* verb NULL: the noun alone */
	const char	*operands;	/* "FILE", "[SECONDS]", or "" */
	size_t		 least, most;	/* how many operands */
	const char	*about;		/* one line */
	struct option_row options[OPTIONS_MAX];
	enum finish	 (*run)(struct ctl *);
};

/* The table, in the order of help; a row without noun ends it. */
extern const struct command	commands[];

struct ctl {
	const struct command	*command;
	struct arena		*arena;
	const char		*config;	/* --config, or NULL */
	bool			 json;		/* --format json */
	struct str		 operand[OPERANDS_MAX];
	size_t			 operand_count;
	const char		*given[OPTIONS_MAX];	/* "" for a switch */
	struct app		*app;
	struct flow		 flow;
};

/*
 * The value of an option of this command; NULL when it was not given.  Those
 * of a repeated one stand one to a line.
 */
const char	*ctl_option(const struct ctl *, const char *name);

/*
 * Open configuration and database.  False after saying why not; a deadline in
 * seconds bounds all database work.
 */
bool		 ctl_open(struct ctl *, int deadline_s);

/* Say what went wrong, and how to mend it. */
enum finish	 ctl_failed(const struct err *);

/* One line of text, or of a table: blanks fill each column but the last. */
void		 ctl_line(struct str);
struct column {
	struct str	 text;
	int		 width;
};
void		 ctl_row(const struct column *, size_t count);
#define CTL_ROW(...) do {						\
	const struct column ctl_columns[] = { __VA_ARGS__ };		\
	ctl_row(ctl_columns, COUNT(ctl_columns));			\
} while (0)

/* Print what a writer holds as one line of JSON. */
enum finish	 ctl_json(struct out *);

/* Who runs this command, for the record. */
struct str	 ctl_operator(struct arena *);

/* A whole file, or standard input for "-", of at most bytes_max. */
enum rc		 ctl_read(struct arena *, struct str path, size_t bytes_max,
		    struct str *out, struct err *);

/* All findings in a file, as text lines or as JSON. */
void		 ctl_findings(const struct ctl *, struct str path,
		    const struct findings *);

/* Help on everything, on one noun, or on one command. */
void		 help_all(void);
bool		 help_noun(const char *noun);
void		 help_command(const struct command *);

/* The commands, one file for each group. */
enum finish	 migrate_run(struct ctl *);
enum finish	 matrix_check(struct ctl *);
enum finish	 matrix_apply(struct ctl *);
enum finish	 matrix_show(struct ctl *);
enum finish	 matrix_diff(struct ctl *);
enum finish	 matrix_migrate(struct ctl *);
enum finish	 matrix_log(struct ctl *);
enum finish	 key_create(struct ctl *);
enum finish	 key_list(struct ctl *);
enum finish	 key_revoke(struct ctl *);
enum finish	 url_sign(struct ctl *);
enum finish	 url_key(struct ctl *);
enum finish	 user_show(struct ctl *);
enum finish	 user_grant(struct ctl *);
enum finish	 user_revoke(struct ctl *);
enum finish	 user_overrides(struct ctl *);
enum finish	 user_assets(struct ctl *);
enum finish	 asset_claim(struct ctl *);
enum finish	 asset_rotate(struct ctl *);
enum finish	 asset_revoke(struct ctl *);
enum finish	 user_explain(struct ctl *);
enum finish	 replay_run(struct ctl *);
enum finish	 audit_verify(struct ctl *);
enum finish	 audit_checkpoint(struct ctl *);
enum finish	 audit_export(struct ctl *);
enum finish	 sessions_list(struct ctl *);
enum finish	 sessions_show(struct ctl *);
enum finish	 sessions_cancel(struct ctl *);
enum finish	 sweep_run(struct ctl *);
enum finish	 provider_list_run(struct ctl *);
enum finish	 provider_show_run(struct ctl *);
enum finish	 inbox_list_run(struct ctl *);
enum finish	 inbox_show_run(struct ctl *);
enum finish	 inbox_replay_run(struct ctl *);
enum finish	 listen_run(struct ctl *);
enum finish	 trigger_run(struct ctl *);
enum finish	 scenario_run(struct ctl *);
enum finish	 reconcile_run(struct ctl *);
enum finish	 config_check(struct ctl *);
enum finish	 config_show(struct ctl *);
enum finish	 clock_run(struct ctl *);
enum finish	 version_run(struct ctl *);

#endif
