# An end with the period is shown as an end at once.
# lib/core/imagine.c
/^change(/,/^}/s/sub->cancel_at = period_end(sub, now)/sub->ended_at = now/
