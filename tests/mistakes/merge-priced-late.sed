# The first word of a price is the latest one.
# lib/core/join.c
/^join_items(/,/^}/s/join_time(f) < o->priced_at/join_time(f) > o->priced_at/
