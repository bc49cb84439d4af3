# A soft limit refuses.
# lib/core/meter.c
/^meter_most(/,/^}/s/l->quota.unlimited || l->soft/l->quota.unlimited/
