# What was revoked is revoked again each time.
# lib/core/diff.c
/^plan_assets(/,/^}/s/assets\[i\].state != ASSET_IS_REVOKED/true/
