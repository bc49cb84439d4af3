/*
 * The driver that fails on request.
 *
 * What the server answered by itself stays true to life: a deadlock really
 * undoes the transaction (a ROLLBACK takes the place of the statement), a
 * lock wait undoes nothing (DO 0 does), a lost answer belongs to a statement
 * that was carried out.
 */
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "store/fault.h"

enum { QUEUE = 256 };

const char *const way_names[WAY__COUNT] = {
#define X(id, name)	[WAY_##id] = name,
	WAYS(X)
#undef X
};

static const unsigned numbers[WAY__COUNT] = {
	[WAY_REFUSED] = 2006, [WAY_UNHEARD] = 2013, [WAY_CUT] = 2013,
	[WAY_SILENT] = 0, [WAY_DEADLOCK] = 1213, [WAY_LOCK_WAIT] = 1205,
	[WAY_NEIGHBOUR] = 1062, [WAY_READ_ONLY] = 1290, [WAY_NO_ROOM] = 1114,
	[WAY_SLOW] = 2013,
};

static int		 calls, wrong_at;
static enum way		 wrong_way;
static const char	*wrong_text;
static bool		 fired;

/* The ways of what was sent and not answered yet; WAY__COUNT: as it should. */
static enum way		 queue[QUEUE];
static int		 queued;

/* What the last call failed with, if it was us. */
static bool		 lying;
static unsigned		 number;

void
fault_set(int n, enum way way)
{
	calls = 0;
	wrong_at = n;
	wrong_way = way;
	wrong_text = NULL;
	fired = false;
}

void
fault_text(const char *text, enum way way)
{
	fault_set(0, way);
	wrong_text = text;
}

int
fault_calls(void)
{
	return calls;
}

bool
fault_fired(void)
{
	return fired;
}

/* Count a call; WAY__COUNT unless this is the one. */
static enum way
next(const char *text)
{
	lying = false;
	calls++;
	if (calls == wrong_at || (wrong_text != NULL && text != NULL &&
	    strncmp(text, wrong_text, strlen(wrong_text)) == 0)) {
		wrong_text = NULL;
		fired = true;
		return wrong_way;
	}
	return WAY__COUNT;
}

static int
lie(enum way way)
{
	lying = true;
	number = numbers[way];
	return 1;
}

static void
cut(MYSQL *my)
{
	shutdown((int)mysql_get_socket(my), SHUT_RDWR);
}

static void
linger(void)
{
	struct timespec ts = { .tv_nsec = FAULT_PAUSE_MS * 1000000L };

	nanosleep(&ts, NULL);
}

static void
queue_add(enum way way)
{
	queue[queued++ % QUEUE] = way;
}

static enum way
queue_take(void)
{
	enum way way = queue[0];

	memmove(queue, queue + 1, sizeof(queue) - sizeof(queue[0]));
	queued--;
	return way;
}

/* What is sent in place of a statement that goes wrong in this way. */
static const char *
instead(enum way way)
{
	switch (way) {
	case WAY_DEADLOCK:
		return "ROLLBACK";
	case WAY_LOCK_WAIT:
	case WAY_NEIGHBOUR:
	case WAY_READ_ONLY:
	case WAY_NO_ROOM:
		return "DO 0";
	default:
		return NULL;
	}
}

/* 0: send it as it is.  1: it failed.  2: something else was sent. */
static int
before(MYSQL *my, enum way way)
{
	const char *text = instead(way);

	if (way == WAY_REFUSED || way == WAY_SILENT) {
		cut(my);
		return lie(way);
	}
	if (way == WAY_CUT)
		cut(my);
	if (text == NULL)
		return 0;
	if (sql_driver_real.send_text(my, text, strlen(text)) != 0)
		return 1;
	queue_add(way);
	return 2;
}

/* The answer of what was sent with this way was read. */
static int
after(MYSQL *my, enum way way, int rc)
{
	if (way == WAY__COUNT || way == WAY_CUT)
		return rc;
	if (way == WAY_SLOW)
		linger();
	if (instead(way) == NULL)
		cut(my);
	return lie(way);
}

static int
fault_connect(MYSQL *my, const struct sql_place *at)
{
	enum way way = next(NULL);

	queued = 0;
	if (way != WAY__COUNT) {
		if (way == WAY_SLOW)
			linger();
		return lie(way);
	}
	return sql_driver_real.connect(my, at);
}

static int
fault_prepare(MYSQL_STMT *st, const char *text, size_t len)
{
	enum way way = next(NULL);

	if (way == WAY__COUNT)
		return sql_driver_real.prepare(st, text, len);
	if (way == WAY_SLOW)
		linger();
	if (way == WAY_DEADLOCK) {	/* preparing locks nothing */
		way = WAY_LOCK_WAIT;
	}
	if (instead(way) == NULL)
		cut(st->mysql);
	return lie(way);
}

static int
fault_send(MYSQL_STMT *st)
{
	enum way way = next(NULL);
	int	 rc = before(st->mysql, way);

	if (rc != 0)
		return rc == 2 ? 0 : 1;
	rc = sql_driver_real.send(st);
	if (rc == 0)
		queue_add(way);
	return rc;
}

static int
fault_reply(MYSQL_STMT *st)
{
	enum way way = queue_take();

	lying = false;
	if (way < WAY__COUNT && instead(way) != NULL)
		return after(st->mysql, way,
		    sql_driver_real.reply_text(st->mysql));
	return after(st->mysql, way, sql_driver_real.reply(st));
}

static int
fault_rows(MYSQL_STMT *st)
{
	lying = false;
	return sql_driver_real.rows(st);
}

static int
fault_send_text(MYSQL *my, const char *text, size_t len)
{
	enum way way = next(text);
	int	 rc = before(my, way);

	if (rc != 0)
		return rc == 2 ? 0 : 1;
	rc = sql_driver_real.send_text(my, text, len);
	if (rc == 0)
		queue_add(way);
	return rc;
}

static int
fault_reply_text(MYSQL *my)
{
	enum way way = queue_take();

	lying = false;
	return after(my, way, sql_driver_real.reply_text(my));
}

static unsigned
fault_number(MYSQL *my)
{
	return lying ? number : mysql_errno(my);
}

static const char *
fault_words(MYSQL *my)
{
	return lying ? "Duplicate entry 'x' for key 'neighbour'" :
	    mysql_error(my);
}

static unsigned
fault_stmt_number(MYSQL_STMT *st)
{
	return lying ? number : mysql_stmt_errno(st);
}

static const char *
fault_stmt_words(MYSQL_STMT *st)
{
	return lying ? "Duplicate entry 'x' for key 'neighbour'" :
	    mysql_stmt_error(st);
}

const struct sql_driver	fault_driver = {
	.connect = fault_connect,
	.prepare = fault_prepare,
	.send = fault_send,
	.reply = fault_reply,
	.rows = fault_rows,
	.send_text = fault_send_text,
	.reply_text = fault_reply_text,
	.number = fault_number,
	.words = fault_words,
	.stmt_number = fault_stmt_number,
	.stmt_words = fault_stmt_words,
};
