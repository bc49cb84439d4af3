# Each reason why something is not there is told, not the first one.
# lib/core/deny.c
/^keep_first(/,/^}/s/order\[i - 1\], c) != 0/order[i - 1], c) < 9/
