# Who revokes a secret keeps a working asset.
# lib/core/deed.c
/^deed_do(/,/^}/s/a->claimed = deed != DEED_REVOKE/a->claimed = true/
