# What is lost is not told.
# lib/core/diff.c
/^diff(/,/^}/s/names_only(have, want, a, &out->lose_count)/names_only(have, have, a, \&out->lose_count)/
