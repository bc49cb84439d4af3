# A purchase of the test mode is found to be of a live session.
# lib/core/lost.c
/^alike(/,/^}/s/s->livemode == l->livemode/true/
