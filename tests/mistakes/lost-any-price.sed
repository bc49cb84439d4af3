# A lost purchase of another price is taken for the session.
# lib/core/lost.c
/^alike(/,/^}/s/str_eq(s->price, l->price)/true/
