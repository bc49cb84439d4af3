# Another price than asked for completes a session.
# lib/core/session.c
/^move(/,/^}/s/else if (o->other)/else if (o->other \&\& now < 0)/
