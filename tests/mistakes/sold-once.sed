# Of a price that is listed twice only one is sold.
# lib/core/sold.c
/^sell(/,/^}/s/sum_add(list\[i\].quantity, quantity)/quantity/
