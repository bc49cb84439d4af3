# The terms of a session stay when a stronger word names another one.
# lib/core/object.c
/^join_session(/,/^}/s/o->terms = (struct terms){ 0 };/(void)0;/
