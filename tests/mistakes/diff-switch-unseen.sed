# That something is enabled again is no change to who does not have it.
# lib/core/holding.c
/^holding_same(/,/^}/s/disables_all(a, b)/true/
