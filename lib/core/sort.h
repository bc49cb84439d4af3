/*
 * Sorting an array of pointers with memory of the arena only; qsort(3) may
 * ask malloc.  Stable.
 */
#ifndef RUNG_CORE_SORT_H
#define RUNG_CORE_SORT_H

#include "base/arena.h"

void sort_pointers(const void **list, size_t count,
    int (*cmp)(const void *, const void *), struct arena *);

#endif
