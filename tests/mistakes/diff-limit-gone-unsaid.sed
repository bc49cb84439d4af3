# A limit that is gone is not told.
# lib/core/diff.c
/^limit_moved(/,/^}/s/from == NULL || to == NULL ||/from == NULL || (to == NULL ? (to = from, false) : false) ||/
