# A reversal answers the disputes that come after it too.
# lib/core/object.c
/^object_dispute(/,/^}/s/o->disputes\[i\].at > reversed/(reversed == 0 || s == DISPUTE__COUNT)/
