# The state canceled is not taken for an end.
# lib/core/join.c
/^join_state(/,/^}/s/f->state == SUB_CANCELED/false/
