# An override lowers a limit.
# lib/core/gather.c
/^limit_set(/,/^}/s/quota_larger(l->quota, o->quota)/o->quota; (void)quota_larger/
