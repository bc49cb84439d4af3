# What is held is said to be denied as well.
# lib/core/deny.c
/^keep_first(/,/^}/s/!holding_can(h, c->name)/(holding_can(h, c->name) || true)/
