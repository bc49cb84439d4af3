# The session that was named last is the one, however weakly named.
# lib/core/object.c
/^names_better(/,/^}/s/return f->named_by > o->named_by;/return true;/
