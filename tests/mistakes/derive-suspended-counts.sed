# What is suspended gives access.
# lib/core/purchase.c
/^purchase_live(/,/^}/s/s == PURCHASE_GRACE/s == PURCHASE_GRACE || s == PURCHASE_SUSPENDED/
