/*
 * Has what is stored of somebody changed since we read it?  One number for
 * each of many places in a mapped file: a writer marks the place before it
 * commits and raises the number after, so that a reader who kept an answer
 * with the number it was read under can tell without a database whether the
 * answer still holds.  Any doubt is a no.
 *
 * Of one machine only: writers elsewhere do not raise our numbers.
 */
#ifndef RUNG_BASE_GENERATIONS_H
#define RUNG_BASE_GENERATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/*
 * Map <folder>/generations, made if need be.  Returns whether that worked.
 * Times here are clock_wall.
 */
bool	 generations_open(struct str folder, int64_t now);
void	 generations_close(void);

/*
 * Is the file that we mapped still the one in the folder?  Maps the new one if
 * not.  False when there is none to be had.  A writer asks this.
 */
bool	 generations_look(int64_t now);

/*
 * The same for who reads, for less: the file itself tells that it was removed
 * or replaced.  That it was moved away, or a folder above it, is noticed within
 * a second.
 */
bool	 generations_ready(int64_t now);

/*
 * A file is new for so long: writers may be under way whose marks are in one
 * that was there before and was deleted, and a transaction takes less.
 */
enum { GENERATION_NEW_S = 6 };

/* A number that changes when the file becomes another: keep nothing over it. */
uint64_t generations_epoch(void);

/*
 * For a reader, before it reads the database: the number of who (a hash that
 * nobody can choose).  False while a change is under way, without the file,
 * and while it is new: nothing may then be kept, and nothing that was kept is
 * good.
 */
bool	 generation_now(uint64_t who, uint64_t *number);

/*
 * For a writer: before its transaction commits, and once it is known to be
 * over, committed or not.  A writer that does not know leaves the mark: the
 * place is then nobody's to keep until it is mended.
 */
void	 generation_begin(uint64_t who, int64_t now);
void	 generation_end(uint64_t who);

/*
 * Take away marks whose writers must be dead: those of places where a change
 * has been under way, without a moment's rest, for GENERATION_DEAD_S.  Returns
 * of how many places.
 */
enum { GENERATION_DEAD_S = 600 };
int64_t	 generations_mend(int64_t now);

#endif
