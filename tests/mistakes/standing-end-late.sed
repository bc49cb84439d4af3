# A planned end is a microsecond late.
# lib/core/standing.c
/^apply_end(/,/^}/s/r->now >= p->cancel_at/r->now > p->cancel_at/
