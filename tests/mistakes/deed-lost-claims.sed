# Who lost an asset can still claim it.
# lib/core/deed.c
/^deed_check(/,/^}/s/a->state == ASSET_IS_REVOKED/false/
