# A change that was only tried moves a purchase to the newest matrix.
# lib/core/frame.c
/^pins(/,/^}/s/|| in_force(p)/|| p->pin == 0/
