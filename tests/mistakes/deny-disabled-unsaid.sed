# Nobody is told that something is switched off.
# lib/core/deny.c
/^deny_disabled(/,/^}/s/newest->capabilities\[i\]\.disabled/false/
