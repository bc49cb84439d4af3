# Revoking the secret of a lost asset brings the asset back.
# lib/core/deed.c
/^deed_do(/,/^}/s/else if (a->state == ASSET_IS_PROVISIONED)/else/
