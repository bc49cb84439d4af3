# Of two users that are named for one payment the first one has it.
# lib/core/object.c
/^join_user(/,/^}/s/o->torn = torn ||.*/return o->user.len == 0 \&\& (o->user = arena_keep(a, f->user), true);/
