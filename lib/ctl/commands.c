/*
 * The table of rung(1): what it can do, for help, for the reader and for the
 * one who adds a command.
 */
#include "ctl/ctl.h"

#define DRY_RUN	{ "dry-run", NULL, "say what would be done, and do nothing" }

const struct command	commands[] = {
	{ "migrate", NULL, "", 0, 0,
	    "apply what is missing of the schema",
	    { DRY_RUN }, migrate_run },

	{ "matrix", "check", "FILE", 1, 1,
	    "report every error in a matrix",
	    { { NULL, NULL, NULL } }, matrix_check },
	{ "matrix", "apply", "FILE", 1, 1,
	    "put a matrix in force as a new version",
	    { DRY_RUN }, matrix_apply },
	{ "matrix", "show", "[VERSION]", 0, 1,
	    "print the matrix in force, or an older one",
	    { { NULL, NULL, NULL } }, matrix_show },

	{ "matrix", "diff", "[FILE]", 0, 1,
	    "what a file, or the newest version, changes, and for how many",
	    { { NULL, NULL, NULL } }, matrix_diff },
	{ "matrix", "migrate", "", 0, 0,
	    "move running purchases on to the newest version",
	    { DRY_RUN, { "undo", NULL, "move those back that were moved" } },
	    matrix_migrate },
	{ "matrix", "log", "", 0, 0,
	    "when versions were applied and purchases moved",
	    { { NULL, NULL, NULL } }, matrix_log },

	{ "key", "create", "server|check", 1, 1,
	    "make a key; its secret is shown this once",
	    { { "label", "TEXT", "what it is for, for your own memory" },
	      { "quiet", NULL, "print the secret alone" } }, key_create },
	{ "key", "list", "", 0, 0,
	    "all keys, without their secrets",
	    { { NULL, NULL, NULL } }, key_list },
	{ "key", "revoke", "ID", 1, 1,
	    "end a key at once",
	    { DRY_RUN }, key_revoke },

	{ "user", "show", "USER", 1, 1,
	    "what a user holds",
	    { { NULL, NULL, NULL } }, user_show },

	{ "user", "explain", "USER [CAPABILITY]", 1, 2,
	    "why: purchases, matrix version, events and overrides",
	    { { NULL, NULL, NULL } }, user_explain },
	{ "user", "grant", "USER WHAT", 2, 2,
	    "give by hand: capability:NAME, tier:NAME, addon:NAME,"
	    " limit:NAME=N; without:NAME withholds",
	    { { "reason", "TEXT", "why; needed" },
	      { "until", "WHEN", "a time or a duration; for good if not given" },
	      { "operator", "NAME", "who; your login name if not given" } },
	    user_grant },
	{ "user", "overrides", "USER", 1, 1,
	    "what was given and withheld by hand",
	    { { NULL, NULL, NULL } }, user_overrides },
	{ "user", "revoke", "USER ID", 2, 2,
	    "take an override back",
	    { { NULL, NULL, NULL } }, user_revoke },

	{ "audit", "verify", "[USER]", 0, 1,
	    "is every record there and as it was written?",
	    { { "checkpoint", "FILE", "against the last line of this file,"
		" not of our own" } }, audit_verify },
	{ "audit", "checkpoint", "", 0, 0,
	    "seal what all records come to now, for verify; for cron",
	    { { NULL, NULL, NULL } }, audit_checkpoint },
	{ "audit", "export", "[USER]", 0, 1,
	    "all records, one line of JSON each",
	    { { NULL, NULL, NULL } }, audit_export },

	{ "provider", "list", "", 0, 0,
	    "the payment providers, and whether they are set up",
	    { { NULL, NULL, NULL } }, provider_list_run },
	{ "provider", "show", "NAME", 1, 1,
	    "what to enter there: the webhook URL and the events to tick",
	    { { NULL, NULL, NULL } }, provider_show_run },

	{ "inbox", "list", "", 0, 0,
	    "deliveries received, the newest first, and what became of them",
	    { { "state", "STATE",
		"applied, ignored, deferred or quarantined only" },
	      { "provider", "NAME", "of this provider only" },
	      { "user", "USER", "of this user only" },
	      { "limit", "N", "at most so many; 50 if not given" } },
	    inbox_list_run },
	{ "inbox", "show", "PROVIDER EVENT", 2, 2,
	    "one delivery as it came",
	    { { "account", "ID", "of this connected account" } },
	    inbox_show_run },
	{ "reconcile", NULL, "", 0, 0,
	    "what the providers say happened and we never heard",
	    { { "provider", "NAME", "ask this provider only" },
	      { "user", "USER", "this user only, and how each of the purchases"
		" stands there" },
	      { "since", "DURATION", "so far back; 3d if not given" },
	      { "apply", NULL, "take it in; else only told" } },
	    reconcile_run },
	{ "listen", NULL, "", 0, 0,
	    "deliveries as they come, what was decided and why",
	    { { "provider", "NAME", "of this provider only" },
	      { "seconds", "N", "for so long; until stopped if not given" } },
	    listen_run },
	{ "trigger", NULL, "PROVIDER [EVENT]", 1, 2,
	    "send ourselves a signed delivery, made from a recorded one",
	    { { "user", "USER", "whose it is" },
	      { "session", "ID", "the upgrade it pays for: user, price and"
		" quantity are its" },
	      { "tier", "NAME", "sell this tier's first price" },
	      { "quantity", "N", "how many" },
	      { "ago", "DURATION", "it happened so long ago; now if not"
		" given" },
	      { "set", "PATH=VALUE...", "another value in the body" },
	      { "print", NULL, "print the body, and send nothing" } },
	    trigger_run },
	{ "scenario", NULL, "[NAME]", 0, 1,
	    "play a story of payment, and look at each step what is held",
	    { { "provider", "NAME", "as this provider tells it; stripe if not"
		" given" },
	      { "tier", "NAME", "sell this tier; the highest if not given" } },
	    scenario_run },

	{ "replay", NULL, "USER", 1, 1,
	    "a user's stored deliveries once more, in memory, with a moved"
	    " clock",
	    { { NULL, NULL, NULL } }, replay_run },

	{ "session", "list", "", 0, 0,
	    "upgrades, the newest first",
	    { { "user", "USER", "of this user only" },
	      { "status", "STATUS", "pending, completed, failed, cancelled"
		" or expired" },
	      { "limit", "N", "at most so many (50)" } }, sessions_list },
	{ "session", "show", "ID", 1, 1,
	    "one upgrade in full",
	    { { NULL, NULL, NULL } }, sessions_show },
	{ "session", "cancel", "ID", 1, 1,
	    "end an upgrade that is open, and its checkout",
	    { { NULL, NULL, NULL } }, sessions_cancel },

	{ "sweep", NULL, "", 0, 0,
	    "tidy up what is past its time; for cron",
	    { { "seconds", "N", "stop after so long (50)" } }, sweep_run },

	{ "config", "check", "", 0, 0,
	    "report every error in the configuration",
	    { { NULL, NULL, NULL } }, config_check },
	{ "config", "show", "", 0, 0,
	    "all settings; secrets are not shown",
	    { { NULL, NULL, NULL } }, config_show },

	{ "clock", NULL, "[SECONDS]", 0, 1,
	    "show or set how far the sandbox's clock is ahead",
	    { { NULL, NULL, NULL } }, clock_run },
	{ "version", NULL, "", 0, 0,
	    "print the version",
	    { { NULL, NULL, NULL } }, version_run },

	{ .noun = NULL }
};
