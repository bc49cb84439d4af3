# Of two users with one address the newer session takes the purchase.
# lib/core/lost.c
/^lost_find(/,/^}/s/return FINDING_TWO_USERS/continue/
