# A gift below what was bought takes the tier.
# lib/core/derive.c
/^consider_gifts(/,/^}/s/t->rank <= best->tier->rank/false/
