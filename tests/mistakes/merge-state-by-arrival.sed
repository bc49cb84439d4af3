# The state of a subscription is the one that was told last.
# lib/core/join.c
/^join_standing(/,/^}/s/if (!above(.*/if (order == 0)/
