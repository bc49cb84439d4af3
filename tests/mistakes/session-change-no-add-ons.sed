# A changed subscription that keeps its add-ons is not what was asked for.
# lib/core/session.c
/^changed_as_asked(/,/^}/s/!p->sold\[i\].tier->addon/p->sold_count > 0/
