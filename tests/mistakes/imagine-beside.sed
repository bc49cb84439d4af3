# A preview of a change shows a second purchase.
# lib/core/imagine.c
/^life_imagine(/,/^}/s/before != NULL \&\& t->tier.len > 0/before != NULL \&\& t->tier.len > 999/
