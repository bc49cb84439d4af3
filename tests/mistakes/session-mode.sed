# A test payment completes a live session.
# lib/core/session.c
/^look(/,/^}/s/ || p->livemode != s->livemode//
