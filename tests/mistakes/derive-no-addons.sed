# Of add-ons only gifts count.
# lib/core/derive.c
/^live_parts(/,/^}/s/add_sold(d, true, &parts);/(void)0;/
