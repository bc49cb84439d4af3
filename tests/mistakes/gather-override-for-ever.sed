# An override has no end.
# lib/core/gather.c
/^override_active(/,/^}/s/ && (o->until == 0 || now < o->until)//
