# Another reason for the same capability is no change.
# lib/core/holding.c
/^source_same(/,/^}/s/a->reason == b->reason/true/
