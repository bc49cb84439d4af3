# An asset regained is another asset.
# lib/core/diff.c
/^plan_assets(/,/^}/s/now == NULL ?/now == NULL || now->state == ASSET_IS_REVOKED ?/
