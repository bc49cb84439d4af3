# A purchase made before the checkout was opened is found to be of it.
# lib/core/lost.c
/^alike(/,/^}/s/o->opened_at . SECOND <= l->made_at . SECOND/true/
