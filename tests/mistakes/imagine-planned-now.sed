# What is planned for the end of the period is shown as if it were so.
# lib/core/imagine.c
/^change(/,/^}/{
/case CHANGE_PLANNED:/,/return;/d
}
