# At its end a month is not over yet.
# lib/core/window.c
/^next_month(/,/^}/s/end > now/end >= now/
