# Late news is a cut.
# lib/core/standing.c
/^live_until(/,/^}/s/GRACE_LEAST_DAYS \* DAY/0/
