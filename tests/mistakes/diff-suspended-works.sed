# A suspended asset goes on working.
# lib/core/diff.c
/^state_wanted(/,/^}/s/if (a->held.suspended)/if (false)/
