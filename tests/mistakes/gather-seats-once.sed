# Seats do not grow with the quantity.
# lib/core/gather.c
/^asset_of(/,/^}/s/sum_times(rule->count, part->quantity)/rule->count/
