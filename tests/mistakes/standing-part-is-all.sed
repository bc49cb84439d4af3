# A refund in part takes all.
# lib/core/standing.c
/^apply_policy(/,/^}/s/policy->refund_partial/policy->refund_full/
