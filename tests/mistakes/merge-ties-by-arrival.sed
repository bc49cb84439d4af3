# Of two facts of one second the one that came last wins.
# lib/core/join.c
/^above(/,/^}/s/: content > 0/: true/
