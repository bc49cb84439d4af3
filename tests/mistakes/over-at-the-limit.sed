# What is used up to a limit is over it.
# lib/core/over.c
/^over_find(/,/^}/s/used <= q.max/used < q.max/
