/*
 * A driver that does one call of many wrongly.  Calls are counted from the
 * moment the fault is set: connecting, preparing and sending are calls.
 */
#ifndef RUNG_TESTS_STORE_FAULT_H
#define RUNG_TESTS_STORE_FAULT_H

#include "store/driver.h"

#define WAYS(X)								\
	X(REFUSED,	"refused before it was sent")			\
	X(UNHEARD,	"sent, and the answer lost")			\
	X(CUT,		"connection cut before it was sent")		\
	X(SILENT,	"failed without a number")			\
	X(DEADLOCK,	"1213")						\
	X(LOCK_WAIT,	"1205")						\
	X(NEIGHBOUR,	"1062 of a neighbour")				\
	X(READ_ONLY,	"1290")						\
	X(NO_ROOM,	"1114")						\
	X(SLOW,		"answered after the deadline")

#define X(id, name)	WAY_##id,
enum way { WAYS(X) WAY__COUNT };
#undef X

extern const char *const way_names[WAY__COUNT];

extern const struct sql_driver	fault_driver;

/* The n-th call from now (1 is the next one) goes wrong; 0: none does. */
void	fault_set(int n, enum way);

/* A text that begins like this goes wrong, once: "COMMIT". */
void	fault_text(const char *text, enum way);

/* Calls since fault_set, and whether the fault came to pass. */
int	fault_calls(void);
bool	fault_fired(void);

/* How long an answer of WAY_SLOW takes. */
enum { FAULT_PAUSE_MS = 80 };

#endif
