# It warns a little before the share is reached.
# lib/core/meter.c
/^near(/,/^}/s/ + 99) \/ 100/) \/ 100/
