# A dispute that was lost is open again when an old word comes later.
# lib/core/join.c
/^join_dispute(/,/^}/s/if (order <= 0)/if (order == 0)/
