/*
 * How to run: the one table of settings.  The reader of rung.yaml, `rung
 * config`, the sample file and the manual page are made from its rows.  This
 * knows no YAML; it takes names and texts.
 */
#ifndef RUNG_BASE_CONF_H
#define RUNG_BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* In the order of the row's choices. */
enum conf_mode { MODE_TEST, MODE_LIVE };
enum conf_wake { WAKE_FILES, WAKE_DATABASE };
enum conf_cache { CACHE_AUTO, CACHE_OFF };
enum conf_stream { STREAM_OFF, STREAM_BOUNDED, STREAM_UNBOUNDED };

struct str_list {
	const struct str	*at;
	size_t			 count;
};

struct conf {
	int		 mode;		/* enum conf_mode */
	bool		 sandbox;
	struct str	 base_url;	/* without a '/' at its end */
	struct str	 token_key;
	struct str	 var;

	struct str	 database_socket, database_host;
	int64_t		 database_port;
	struct str	 database_name, database_user, database_password;

	struct str_list	 allowed_origins;
	struct str_list	 stripe_webhook_secrets;
	struct str	 stripe_account;
	struct str_list	 paddle_webhook_secrets;
	struct str_list	 lemonsqueezy_webhook_secrets;
	struct str	 stripe_api_key, paddle_api_key, lemonsqueezy_api_key;
	struct str	 lemonsqueezy_store;
	struct str	 api_base;	/* only in the sandbox; "" : its own */
	int64_t		 ask_slots;		/* how many ask providers at once */
	int64_t		 webhook_tolerance;	/* seconds */
	int64_t		 session_life;		/* seconds */
	int64_t		 wait_max;		/* seconds */
	int		 wake;			/* enum conf_wake */
	int		 cache;			/* enum conf_cache */
	int		 stream;		/* enum conf_stream */
	int64_t		 max_waiters;		/* 0: by the web server */
	int64_t		 max_waiters_per_user;
	struct str_list	 metrics_allow, trusted_proxies;
	int64_t		 rate_limit_client, rate_limit_address;	/* a minute */
	int64_t		 rate_limit_server, rate_limit_check;	/* 0: none */

	/* Made by conf_finish from the above. */
	struct str	 base_path;	/* "" or "/shop/api" */
	struct str	 base_origin;	/* "https://shop.example" */

	struct arena	*arena;		/* holds every text above */
	uint64_t	 given;		/* a bit for each row that was set */
};

enum setting_kind {
	KIND_TEXT,		/* struct str */
	KIND_SECRET,		/* struct str; never shown, may be file:/path */
	KIND_PATH,		/* struct str: absolute, or "" */
	KIND_URL,		/* struct str: http or https, no query */
	KIND_BOOLEAN,		/* bool: yes, no, true, false */
	KIND_INTEGER,		/* int64_t */
	KIND_SECONDS,		/* int64_t: 300, 5m, 1h */
	KIND_CHOICE,		/* int: place in choices */
	KIND_SECRETS,		/* struct str_list, like KIND_SECRET */
	KIND_ORIGINS,		/* struct str_list: https://host[:port] */
	KIND_ADDRESSES,		/* struct str_list: IPv4 and IPv6 */
	KIND__COUNT
};

struct setting {
	const char		*name;
	enum setting_kind	 kind;
	size_t			 field;		/* offset in struct conf */
	const char		*first;		/* NULL: must be given */
	int64_t			 least, most;	/* of a number, else in bytes */
	const char		*choices;	/* "test|live" */
	const char		*about;		/* for the operator */
};

/*
 * All settings at their first values.  Texts live in the arena, which must
 * live as long as the conf.
 */
void		conf_init(struct conf *, struct arena *);

/*
 * Give one setting its value: one text, or any number for a list.  A secret
 * written file:/path is read from there.  RC_INVALID_VALUE names the setting
 * in its pointer ("/wait_max"), for an unknown name with a suggestion, and
 * never quotes a secret.  A second value for one setting is refused too.
 */
enum rc		conf_set(struct conf *, struct str name,
		    const struct str *values, size_t count, struct err *);

/*
 * Check what no single setting can know, and derive the rest.  RC_BROKEN for
 * sandbox with live mode, else RC_INVALID_VALUE.  A setting whose conf_set
 * failed is not reported again as missing.
 */
enum rc		conf_finish(struct conf *, struct err *);

/* The same, all problems at once: how many went into list, at most room. */
size_t		conf_problems(struct conf *, struct err *list, size_t room);

/*
 * May programs keep answers in memory?  Only where all writers are on this
 * machine, so that each can tell the others: with wake: files and a database
 * that is here as well.
 */
bool		conf_keeps(const struct conf *);

/* The rows in order: NULL after the last, NULL for a name nobody knows. */
const struct setting	*conf_row(size_t i);
const struct setting	*conf_named(struct str name);

/* "seconds", "yes or no": what a value looks like, for help and manual. */
const char	*conf_kind_name(enum setting_kind);
bool		 conf_is_secret(const struct setting *);
bool		 conf_is_list(const struct setting *);

/* The present value for people; of a secret only whether there is one. */
struct str	conf_show(const struct conf *, const struct setting *,
		    struct arena *);

/* Where the file may be; each may be NULL. */
struct conf_places {
	const char	*option;	/* --config: this and no other */
	const char	*variable;	/* $RUNG_CONFIG: the same */
	const char	*program;	/* path of the running program */
	const char	*home;		/* $HOME */
};

/* The places of this process: its environment and /proc/self/exe. */
struct conf_places	conf_places_here(struct arena *, const char *option);

/*
 * The path of rung.yaml: option, variable, ../etc beside the program,
 * ~/.config/rung, /etc/rung.  RC_MISSING says where it was looked for.
 */
enum rc		conf_find(struct arena *, const struct conf_places *,
		    struct str *path, struct err *);

/*
 * Is this a file that only we can have written: a regular one, not a link,
 * owned by us or root, mode 0640 or tighter, in a directory the world cannot
 * write to?  RC_MISSING, RC_NOT_ALLOWED.
 */
enum rc		conf_file_check(const char *path, struct err *);

/* The same and its text, checked on the descriptor that is read. */
enum rc		conf_file_read(struct arena *, const char *path,
		    size_t bytes_max, struct str *out, struct err *);

/* RC_NOT_ALLOWED if path lies below the web server's document root. */
enum rc		conf_outside_check(const char *path,
		    const char *document_root, struct err *);

/* The secret in a file, checked like the above, without its last newline. */
enum rc		conf_secret_from_file(struct arena *, struct str path,
		    struct str *out, struct err *);

#endif
