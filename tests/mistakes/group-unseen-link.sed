# Two objects that are linked through a third, unseen one are strangers.
# lib/core/group.c
/^unite_loose(/,/^}/s/== 0)/== 7)/
