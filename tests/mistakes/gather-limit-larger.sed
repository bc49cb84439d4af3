# Of two limits the larger counts, not the sum.
# lib/core/gather.c
/^quota_add(/,/^}/s/sum_add(a.max, b.max)/a.max > b.max ? a.max : b.max/
