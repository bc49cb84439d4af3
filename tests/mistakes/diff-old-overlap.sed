# A slot of another type keeps the old overlap.
# lib/core/diff.c
/^carry_on(/,/^}/s/s.after.overlap_until = 0;//
