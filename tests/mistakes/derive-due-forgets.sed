# The end of a gift is no moment at which the answer changes.
# lib/core/derive.c
/^due_at(/,/^}/s/if (o->until > d->now)/if (o->until < d->now)/
