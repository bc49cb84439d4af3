/*
 * From a word in a row to its place in a list of names.  We wrote the word
 * ourselves, so one that is not in the list means that the row was tampered
 * with, or that a newer program wrote it.
 */
#ifndef RUNG_STORE_NAMES_H
#define RUNG_STORE_NAMES_H

#include "base/err.h"
#include "base/str.h"

/* RC_BROKEN, naming `what`, when the word is not in the list. */
enum rc	name_place(const char *const *names, size_t count, struct str word,
	    const char *what, int *place, struct err *);

#define NAME_PLACE(names, word, what, place, e)				\
	name_place((names), COUNT(names), (word), (what), (place), (e))

#endif
