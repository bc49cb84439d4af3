# The lowest tier that was bought is the one.
# lib/core/derive.c
/^better(/,/^}/s/a->tier->rank > b->tier->rank/a->tier->rank < b->tier->rank/
