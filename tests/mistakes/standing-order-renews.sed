# An order of a price that renews grants beside its subscription.
# lib/core/standing.c
s/return t->prices\[i\].interval.len > 0;/return false;/
