# The word of the buyer says what a payment buys.
# lib/core/sold.c
/^sell_by_terms(/,/^}/s/NAMED_BY_METADATA/NAMED_BY_BUYER/
