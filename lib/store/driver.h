/*
 * Every call that talks to the database server goes through this table, so
 * that a test can refuse, lose, delay or falsify any one of them.  Only
 * lib/store and its tests include this.
 *
 * Sending and reading are apart: several statements may be under way, and
 * their answers are read in the order they were sent.
 */
#ifndef RUNG_STORE_DRIVER_H
#define RUNG_STORE_DRIVER_H

#include <stdbool.h>
#include <stddef.h>

#include <mysql.h>

struct db;

struct sql_place {
	const char	*host;		/* NULL: by socket */
	const char	*socket;
	unsigned	 port;
	const char	*user, *password, *name;
};

/* Each gives 0 on success, like the library's own. */
struct sql_driver {
	int		 (*connect)(MYSQL *, const struct sql_place *);
	int		 (*prepare)(MYSQL_STMT *, const char *text, size_t len);
	int		 (*send)(MYSQL_STMT *);
	int		 (*reply)(MYSQL_STMT *);
	int		 (*rows)(MYSQL_STMT *);	/* take the rows of a reply */
	int		 (*send_text)(MYSQL *, const char *text, size_t len);
	int		 (*reply_text)(MYSQL *);
	/* What the last failure was; the number may be 0. */
	unsigned	 (*number)(MYSQL *);
	const char	*(*words)(MYSQL *);
	unsigned	 (*stmt_number)(MYSQL_STMT *);
	const char	*(*stmt_words)(MYSQL_STMT *);
};

/* MariaDB Connector/C itself. */
extern const struct sql_driver sql_driver_real;

/*
 * Can this build have several statements under way?  Connector/C 3.3 and up;
 * with an older one each answer is read before the next statement is sent.
 */
extern const bool sql_driver_pipelines;

/* Bound what the next reads and writes of this connection may take. */
void	sql_bound(MYSQL *, int milliseconds);

/* For tests: another driver for a handle that has not connected yet. */
void	db_use_driver(struct db *, const struct sql_driver *);

/* For tests: read each answer before the next statement is sent. */
void	db_one_by_one(struct db *);

#endif
