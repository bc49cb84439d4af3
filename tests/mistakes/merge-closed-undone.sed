# An attempt that is closed opens again.
# lib/core/join.c
/^join_closed(/,/^}/s/if (order <= 0)/if (order == 0)/
