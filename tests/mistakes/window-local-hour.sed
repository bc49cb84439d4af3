# A day begins at noon.
# lib/core/window.c
/^window_end(/,/^}/s/next_of(DAY, now)/next_of(DAY, now + DAY \/ 2)/
