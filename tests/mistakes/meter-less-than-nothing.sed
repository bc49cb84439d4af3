# Less than nothing is left beyond a limit.
# lib/core/meter.c
/^meter_read(/,/^}/s/used < l->quota.max ? l->quota.max - used : 0/l->quota.max - used/
