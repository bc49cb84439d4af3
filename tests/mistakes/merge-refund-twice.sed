# Single refunds and their sum are added.
# lib/core/object.c
/^object_refunded(/,/^}/s/return .*/return sum_add(counted, told);/
