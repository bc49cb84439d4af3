# A revoked secret is good for the overlap.
# lib/core/deed.c
/^deed_do(/,/^}/s/deed == DEED_ROTATE/deed != DEED_CLAIM/
