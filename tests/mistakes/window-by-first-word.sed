# Months are counted from the first word of a purchase.
# lib/core/derive.c
/^month_from(/,/^}/s/p->paid_until != 0/p->first_at == 0/
