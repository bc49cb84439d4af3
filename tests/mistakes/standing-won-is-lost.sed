# A dispute that was lost is only suspended.
# lib/core/standing.c
/^apply_policy(/,/^}/s/policy->dispute_lost == POLICY_REVOKE/false/
