# A session is looked for however long it has been over.
# lib/core/lost.c
/^alike(/,/^}/s/l->made_at <= s->expires_at + LOST_LATE/true/
