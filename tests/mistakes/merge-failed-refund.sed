# A refund that failed has still been given back.
# lib/core/object.c
/^told_refunded(/,/^}/s/sum_add(sum, -r->amount)/sum/
