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

	{ "session", "list", "", 0, 0,
	    "upgrades, the newest first",
	    { { "user", "USER", "of this user only" },
	      { "status", "STATUS", "pending, completed, failed, cancelled"
		" or expired" },
	      { "limit", "N", "at most so many (50)" } }, sessions_list },
	{ "session", "show", "ID", 1, 1,
	    "one upgrade in full",
	    { { NULL, NULL, NULL } }, sessions_show },

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
