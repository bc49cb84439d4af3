# A subscription told of as it was ends the session that changes it.
# lib/core/session.c
/^as_before(/,/^}/s/s->terms.change == CHANGE_NOW/false/
