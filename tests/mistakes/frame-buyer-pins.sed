# A field of the buyer decides which matrix a purchase follows.
# lib/core/frame.c
/^pins(/,/^}/s/NAMED_BY_METADATA/NAMED_BY_BUYER/
