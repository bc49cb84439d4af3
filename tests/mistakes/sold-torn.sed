# A purchase of two users sells.
# lib/core/sold.c
/^sold_read(/,/^}/s/if (p->torn)/if (false)/
