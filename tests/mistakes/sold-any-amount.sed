# A payment of another amount than agreed buys.
# lib/core/sold.c
/^amount_agrees(/,/^}/s/return false;/return true;/
