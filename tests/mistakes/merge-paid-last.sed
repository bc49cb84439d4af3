# The time of payment is the latest that was told.
# lib/core/join.c
/^join_paid(/,/^}/s/join_time(f) < o->paid_at/join_time(f) > o->paid_at/
