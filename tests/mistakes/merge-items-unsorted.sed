# Items are kept in the order in which they were told.
# lib/core/join.c
/^join_items(/,/^}/s/items_sort(sorted/(void)items_sort; (void)(sorted/
