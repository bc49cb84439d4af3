# That a limit is gone is no reason to ask what is in use.
# lib/core/over.c
/^over_possible(/,/^}/s/!l->has ||/l->has \&\&/
