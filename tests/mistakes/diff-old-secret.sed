# The secret of another type of asset stays good.
# lib/core/diff.c
/^carry_on(/,/^}/s/s.after.claimed = false;/(void)0;/
