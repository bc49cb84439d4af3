# What is beyond a soft limit is frozen.
# lib/core/meter.c
/^meter_read(/,/^}/s/ \&\& !l->soft//
