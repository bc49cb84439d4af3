# What follows a second trial without money is grace.
# lib/core/trial.c
/^refuse(/,/^}/s/p->state == PURCHASE_ACTIVE/p->state == PURCHASE_GRACE || &/
