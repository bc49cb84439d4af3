# A lost purchase of another quantity is taken for the session.
# lib/core/lost.c
/^alike(/,/^}/s/s->terms.quantity == l->quantity/true/
