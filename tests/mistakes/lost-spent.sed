# A session that has its purchase takes another.
# lib/core/lost.c
/^spent(/,/^}/s/return .*/return false;/
