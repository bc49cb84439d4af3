# A reversal answers nothing.
# lib/core/object.c
/^object_dispute(/,/^}/s/o->disputes\[i\].at > reversed/s != DISPUTE_REVERSAL/
