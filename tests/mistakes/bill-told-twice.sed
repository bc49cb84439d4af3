# A checkout and its first bill are two payments.
# lib/core/bill.c
/^fold_fronts(/,/^}/s/if (!b->front ||/if (b->front ||/
