# A payment brings an ended subscription back.
# lib/core/standing.c
/^apply_end(/,/^}/s/stop(p, PURCHASE_ENDED)/stop(p, p->paid_at != 0 ? p->state : PURCHASE_ENDED)/
