# A period that nobody paid for is believed in dunning.
# lib/core/standing.c
/^past_due(/,/^}/s/if (s->paid_until != 0)/if (s->paid_until != 0 \&\& (from = s->paid_until) == 0)/
