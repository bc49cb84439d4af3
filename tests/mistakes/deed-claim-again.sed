# A secret can be claimed again.
# lib/core/deed.c
/^deed_check(/,/^}/s/a->claimed ? DEED_SHOWN : DEED_MAY/DEED_MAY/
