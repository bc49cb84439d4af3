# A refund of a period that is used up takes the current one.
# lib/core/bill.c
/^mark_current(/,/^}/s/b->counts = .*/b->counts = true;/
