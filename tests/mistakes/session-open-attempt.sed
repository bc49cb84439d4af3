# A session fails while another attempt may succeed.
# lib/core/session.c
/^move(/,/^}/s/o->named && !o->open/o->named/
