/*
 * The table of settings, and what can be asked of it.  A new setting is a
 * field in struct conf and a row here.
 */
#include <stdio.h>

#include "base/conf.h"
#include "base/conf_value.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/suggest.h"

enum {
	ENTRIES_MAX	= 64,	/* of one list, but for secrets */
	SECRET_LEAST	= 8,	/* shorter is a slip of the hand */
	SECRET_MOST	= 512,
	URL_MOST	= 1000,
	SOCKET_MOST	= 107,	/* the kernel's sun_path */
	PATH_MOST	= 1000,
	RATE_MOST	= 1000000000,	/* fits the counter's 32 bits */
};

#define FIELD(name)	offsetof(struct conf, name)

static const struct setting settings[] = {
	{
		.name = "mode", .kind = KIND_CHOICE, .field = FIELD(mode),
		.choices = "test|live",
		.about = "Whether money is real: test or live. Events of the "
		    "other mode are recorded and grant nothing.",
	},
	{
		.name = "sandbox", .kind = KIND_BOOLEAN,
		.field = FIELD(sandbox), .first = "no",
		.about = "Answer /sandbox/ and play the payment providers. For "
		    "development on one machine; refused with mode live.",
	},
	{
		.name = "base_url", .kind = KIND_URL,
		.field = FIELD(base_url), .least = 1, .most = URL_MOST,
		.about = "Where the world reaches these programs, such as "
		    "https://shop.example or https://shop.example/rung.",
	},
	{
		.name = "token_key", .kind = KIND_SECRET,
		.field = FIELD(token_key), .least = 32, .most = SECRET_MOST,
		.about = "Makes session tokens and checkout links: at least "
		    "32 random characters. Whoever changes it ends all open "
		    "ones.",
	},
	{
		.name = "var", .kind = KIND_PATH, .field = FIELD(var),
		.least = 1, .most = PATH_MOST,
		.about = "Directory for wake files and counters, writable by "
		    "the programs, outside the document root.",
	},
	{
		.name = "database_socket", .kind = KIND_PATH,
		.field = FIELD(database_socket), .first = "",
		.most = SOCKET_MOST,
		.about = "Path of the database's socket. Leave it empty to "
		    "use database_host.",
	},
	{
		.name = "database_host", .kind = KIND_TEXT,
		.field = FIELD(database_host), .first = "localhost",
		.least = 1, .most = 255,
		.about = "Name or address of the database's machine, where "
		    "database_socket is empty.",
	},
	{
		.name = "database_port", .kind = KIND_INTEGER,
		.field = FIELD(database_port), .first = "3306",
		.least = 1, .most = 65535,
		.about = "Port of the database on database_host.",
	},
	{
		.name = "database_name", .kind = KIND_TEXT,
		.field = FIELD(database_name), .least = 1, .most = 64,
		.about = "Name of the database; only our own tables in it are "
		    "touched.",
	},
	{
		.name = "database_user", .kind = KIND_TEXT,
		.field = FIELD(database_user), .first = "", .most = 128,
		.about = "Account at the database. Empty: the system user "
		    "that runs the program.",
	},
	{
		.name = "database_password", .kind = KIND_SECRET,
		.field = FIELD(database_password), .first = "",
		.least = 1, .most = SECRET_MOST,
		.about = "Its password. Leave the line out if the socket "
		    "knows who is asking.",
	},
	{
		.name = "allowed_origins", .kind = KIND_ORIGINS,
		.field = FIELD(allowed_origins), .first = "",
		.least = 1, .most = URL_MOST,
		.about = "Origins of the pages that may call from a browser "
		    "and that a checkout may return to.",
	},
	{
		.name = "stripe_webhook_secrets", .kind = KIND_SECRETS,
		.field = FIELD(stripe_webhook_secrets), .first = "",
		.least = SECRET_LEAST, .most = SECRET_MOST,
		.about = "Signing secrets of the Stripe endpoint, the newest "
		    "first. None: /v1/webhooks/stripe is not there.",
	},
	{
		.name = "stripe_account", .kind = KIND_TEXT,
		.field = FIELD(stripe_account), .first = "", .most = 64,
		.about = "The connected account (acct_...) whose events count. "
		    "Empty: our own, whose events name none.",
	},
	{
		.name = "paddle_webhook_secrets", .kind = KIND_SECRETS,
		.field = FIELD(paddle_webhook_secrets), .first = "",
		.least = SECRET_LEAST, .most = SECRET_MOST,
		.about = "Secret keys of the Paddle notification destination, "
		    "the newest first.",
	},
	{
		.name = "lemonsqueezy_webhook_secrets", .kind = KIND_SECRETS,
		.field = FIELD(lemonsqueezy_webhook_secrets), .first = "",
		.least = 6, .most = SECRET_MOST,
		.about = "Signing secrets of the Lemon Squeezy webhook, the "
		    "newest first.",
	},
	{
		.name = "stripe_api_key", .kind = KIND_SECRET,
		.field = FIELD(stripe_api_key), .first = "",
		.least = SECRET_LEAST, .most = SECRET_MOST,
		.about = "Secret API key of Stripe (sk_... or rk_...), for "
		    "checkouts, changes and rung reconcile.",
	},
	{
		.name = "paddle_api_key", .kind = KIND_SECRET,
		.field = FIELD(paddle_api_key), .first = "",
		.least = SECRET_LEAST, .most = SECRET_MOST,
		.about = "API key of Paddle (pdl_...), for the same.",
	},
	{
		.name = "lemonsqueezy_api_key", .kind = KIND_SECRET,
		.field = FIELD(lemonsqueezy_api_key), .first = "",
		.least = SECRET_LEAST, .most = 4096,
		.about = "API key of Lemon Squeezy, for the same.",
	},
	{
		.name = "lemonsqueezy_store", .kind = KIND_TEXT,
		.field = FIELD(lemonsqueezy_store), .first = "", .most = 20,
		.about = "Number of the Lemon Squeezy store that sells.",
	},
	{
		.name = "api_base", .kind = KIND_URL,
		.field = FIELD(api_base), .first = "", .most = URL_MOST,
		.about = "Where to find the providers' APIs instead of their "
		    "own addresses: only with sandbox: yes, which plays them "
		    "at base_url/sandbox if this is empty.",
	},
	{
		.name = "ask_slots", .kind = KIND_INTEGER,
		.field = FIELD(ask_slots), .first = "2",
		.least = 1, .most = 64,
		.about = "How many processes may wait for a payment provider "
		    "at once: half of the upgrade program's at most.",
	},
	{
		.name = "webhook_tolerance", .kind = KIND_SECONDS,
		.field = FIELD(webhook_tolerance), .first = "300",
		.least = 1, .most = 3600,
		.about = "How old, or how far ahead, a provider's signature "
		    "may be. Raise it only if your clock drifts.",
	},
	{
		.name = "session_life", .kind = KIND_SECONDS,
		.field = FIELD(session_life), .first = "3600",
		.least = 1800, .most = 86400,
		.about = "How long an upgrade that was started waits for its "
		    "payment.",
	},
	{
		.name = "wait_max", .kind = KIND_SECONDS,
		.field = FIELD(wait_max), .first = "25",
		.least = 1, .most = 39,
		.about = "The longest wait of a long poll. Web servers give "
		    "up on a silent program after 40 seconds.",
	},
	{
		.name = "wake", .kind = KIND_CHOICE, .field = FIELD(wake),
		.choices = "files|database", .first = "files",
		.about = "How waiting programs hear of news: through files in "
		    "var, or, with several machines, by asking the database.",
	},
	{
		.name = "cache", .kind = KIND_CHOICE, .field = FIELD(cache),
		.choices = "auto|off", .first = "auto",
		.about = "Keep what was read of users and keys while nothing "
		    "changed: auto, where all programs and the database are on "
		    "this machine, or off.",
	},
	{
		.name = "stream", .kind = KIND_CHOICE,
		.field = FIELD(stream), .choices = "off|bounded|unbounded",
		.first = "off",
		.about = "Event streams: none, cut after 55 seconds, or as "
		    "long as the page is open, where the web server is "
		    "known to pass each event on at once.",
	},
	{
		.name = "max_waiters", .kind = KIND_INTEGER,
		.field = FIELD(max_waiters), .first = "0",
		.most = 100000,
		.about = "How many long polls and streams may wait at once; "
		    "keep it below half of what the web server can hold. 0: "
		    "800, or 4 where each is a CGI process.",
	},
	{
		.name = "max_waiters_per_user", .kind = KIND_INTEGER,
		.field = FIELD(max_waiters_per_user), .first = "10",
		.least = 1, .most = 100000,
		.about = "How many of them may be for one user, by tokens of "
		    "that user; server keys are not counted, nor streams "
		    "offered to OpenFeature.",
	},
	{
		.name = "metrics_allow", .kind = KIND_ADDRESSES,
		.field = FIELD(metrics_allow), .first = "",
		.about = "Addresses that may read /metrics without a key.",
	},
	{
		.name = "trusted_proxies", .kind = KIND_ADDRESSES,
		.field = FIELD(trusted_proxies), .first = "",
		.about = "Addresses of proxies whose X-Forwarded-For is "
		    "believed.",
	},
	{
		.name = "rate_limit_client", .kind = KIND_INTEGER,
		.field = FIELD(rate_limit_client), .first = "600",
		.most = RATE_MOST,
		.about = "Requests a minute for each client token or session "
		    "token. 0: as many as come.",
	},
	{
		.name = "rate_limit_address", .kind = KIND_INTEGER,
		.field = FIELD(rate_limit_address), .first = "1200",
		.most = RATE_MOST,
		.about = "Requests a minute without a good credential, for "
		    "each address; deliveries of providers and monitoring do "
		    "not count. 0: as many as come.",
	},
	{
		.name = "rate_limit_server", .kind = KIND_INTEGER,
		.field = FIELD(rate_limit_server), .first = "0",
		.most = RATE_MOST,
		.about = "Requests a minute for each server key. 0: as many "
		    "as come.",
	},
	{
		.name = "rate_limit_check", .kind = KIND_INTEGER,
		.field = FIELD(rate_limit_check), .first = "0",
		.most = RATE_MOST,
		.about = "Requests a minute for each check key. 0: as many as "
		    "come.",
	},
};

_Static_assert(COUNT(settings) <= 64, "conf.given has a bit for each row");

const struct setting *
conf_row(size_t i)
{
	return i < COUNT(settings) ? &settings[i] : NULL;
}

const struct setting *
conf_named(struct str name)
{
	for (size_t i = 0; i < COUNT(settings); i++)
		if (str_eq(name, str_of(settings[i].name)))
			return &settings[i];
	return NULL;
}

bool
conf_is_secret(const struct setting *row)
{
	return row->kind == KIND_SECRET || row->kind == KIND_SECRETS;
}

bool
conf_is_list(const struct setting *row)
{
	return row->kind == KIND_SECRETS || row->kind == KIND_ORIGINS ||
	    row->kind == KIND_ADDRESSES;
}

const char *
conf_kind_name(enum setting_kind kind)
{
	static const char *const	names[KIND__COUNT] = {
		[KIND_TEXT]		= "text",
		[KIND_SECRET]		= "secret, or file:/path",
		[KIND_PATH]		= "absolute path",
		[KIND_URL]		= "URL",
		[KIND_BOOLEAN]		= "yes or no",
		[KIND_INTEGER]		= "whole number",
		[KIND_SECONDS]		= "seconds",
		[KIND_CHOICE]		= "one of a few words",
		[KIND_SECRETS]		= "list of secrets, or of file:/path",
		[KIND_ORIGINS]		= "list of origins",
		[KIND_ADDRESSES]	= "list of addresses",
	};

	must(kind < KIND__COUNT);
	return names[kind];
}

static void *
field_of(struct conf *c, const struct setting *row)
{
	return (char *)c + row->field;
}

static uint64_t
bit_of(const struct setting *row)
{
	return UINT64_C(1) << (row - settings);
}

void
conf_init(struct conf *c, struct arena *a)
{
	*c = (struct conf){ .base_path = STR(""), .arena = a };
	for (size_t i = 0; i < COUNT(settings); i++) {
		const struct setting	*row = &settings[i];
		struct err		 e;

		if (row->first == NULL || row->first[0] == '\0')
			continue;
		must(conf_value_take(row, str_of(row->first), a,
		    field_of(c, row), &e) == RC_OK);
	}
}

static enum rc
unknown(struct str name, struct err *e)
{
	struct str	known[COUNT(settings)], near;
	char		mend[sizeof(e->mend)];

	for (size_t i = 0; i < COUNT(settings); i++)
		known[i] = str_of(settings[i].name);
	near = suggest(name, known, COUNT(known));
	if (near.len == 0)
		return err_set(e, RC_INVALID_VALUE,
		    "See rung.yaml(5) for the settings there are.",
		    "there is no setting '%.*s'", STR_FMT(name));
	snprintf(mend, sizeof(mend), "Did you mean '%.*s'?", STR_FMT(near));
	return err_set(e, RC_INVALID_VALUE, mend,
	    "there is no setting '%.*s'", STR_FMT(name));
}

/* A failure that has to do with one row. */
static enum rc
wrong(const struct setting *row, const char *mend, const char *what,
    struct err *e)
{
	char	pointer[sizeof(e->pointer)];

	snprintf(pointer, sizeof(pointer), "/%s", row->name);
	return err_member(e, RC_INVALID_VALUE, pointer, mend, "%s %s",
	    row->name, what);
}

static enum rc
set_list(struct conf *c, const struct setting *row, const struct str *values,
    size_t count, struct err *e)
{
	size_t		 most = conf_is_secret(row) ? SECRETS_MAX : ENTRIES_MAX;
	struct str	*entries;

	if (count > most)
		return wrong(row, "Keep those that are still in force.",
		    "has too many entries", e);
	entries = arena_many(c->arena, count, struct str);
	for (size_t i = 0; i < count; i++)
		TRY(conf_value_take(row, values[i], c->arena, &entries[i], e));
	*(struct str_list *)field_of(c, row) =
	    (struct str_list){ entries, count };
	return RC_OK;
}

enum rc
conf_set(struct conf *c, struct str name, const struct str *values,
    size_t count, struct err *e)
{
	const struct setting	*row = conf_named(name);

	if (row == NULL)
		return unknown(name, e);
	if (c->given & bit_of(row))
		return wrong(row, "Keep one of the lines.", "is given twice",
		    e);
	c->given |= bit_of(row);
	if (conf_is_list(row))
		return set_list(c, row, values, count, e);
	if (count != 1)
		return wrong(row, "Write it after the name, on one line.",
		    "takes exactly one value", e);
	return conf_value_take(row, values[0], c->arena, field_of(c, row), e);
}

struct str
conf_show(const struct conf *c, const struct setting *row, struct arena *a)
{
	const void		*field = (const char *)c + row->field;
	const struct str_list	*list = field;
	struct str		 text = STR("[");

	if (!conf_is_list(row))
		return conf_value_show(row, field, a);
	for (size_t i = 0; i < list->count; i++) {
		struct str entry = conf_value_show(row, &list->at[i], a);

		text = arena_text(a, "%.*s%s%.*s", STR_FMT(text),
		    i == 0 ? "" : ", ", STR_FMT(entry));
	}
	return arena_text(a, "%.*s]", STR_FMT(text));
}
