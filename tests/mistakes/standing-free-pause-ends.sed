# What goes on without bills ends like what is billed.
# lib/core/standing.c
s/return s->paid_until == PAID_FOR_EVER ? 0 : s->paid_until;/return s->paid_until == PAID_FOR_EVER ? s->paid_until_at : s->paid_until;/
