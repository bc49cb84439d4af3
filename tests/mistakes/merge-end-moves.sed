# A later word moves the end of a subscription.
# lib/core/join.c
/^join_end(/,/^}/s/o->ended_at <= at/o->ended_at >= at/
