# A period that began without money counts as paid.
# lib/core/join.c
/^says_paid(/,/^}/s/return .*/return s != SUB_NONE;/
