# A capability that an operator took stays.
# lib/core/gather.c
/^revoked(/,/^}/s/return true;/return false;/
