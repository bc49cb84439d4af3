/*
 * Programs that keep what they read, beside the tests' database: their
 * configuration, a matrix, users who are given something and lose it, and how
 * to tell whether a program asked the database.
 */
#ifndef RUNG_TESTS_STORE_KEPT_H
#define RUNG_TESTS_STORE_KEPT_H

#include "flow/entitle.h"

/*
 * A matrix of free and pro, applied; with export:csv switched off or not, by
 * that connection.
 */
void		 kept_matrix(void);
enum rc		 kept_apply(struct db *, bool off, struct err *);

/*
 * The file that they tell each other by: gone; and another one, with nobody
 * under way, that has been there for so long (new ones are not kept by).
 */
void		 kept_lose_file(void);
void		 kept_file(int64_t age);

/* The path of a rung.yaml with these lines more ("cache: off\n"). */
const char	*kept_conf(const char *lines);

/* A program with that configuration; ends the process if it cannot start. */
struct app	*kept_app(const char *conf);

/* Begin its next request, with seconds for it and fresh memory. */
void		 kept_turn(struct flow *, struct app *, int seconds);

/* Has it export:csv? */
bool		 kept_granted(const struct held *);

/* Give export:csv by hand; take all back that was given, if anything was. */
enum rc		 kept_give(struct flow *, struct str user, struct err *);
enum rc		 kept_take(struct flow *, struct str user, bool *took,
		    struct err *);

/*
 * Does the program answer from memory: one of a few requests in a row asks
 * the database nothing?  (It looks for a new matrix now and then.)
 */
bool		 kept_user(struct app *, struct str user);
bool		 kept_key(struct app *, struct str secret);

#endif
