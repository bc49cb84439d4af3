# An object of the test mode and of the live mode is of the mode first told.
# lib/core/object.c
/^join_mode(/,/^}/s/o->torn = true;/o->torn = false;/
