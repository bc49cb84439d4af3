# The trial that was heard of last counts as the first.
# lib/core/trial.c
/^before(/,/^}/s/p->first_at < q->first_at/p->first_at > q->first_at/
