# Of two words on a refund the later one wins, not the one that is final.
# lib/core/join.c
/^join_refund(/,/^}/s/cmp64(heard.state, .*/cmp64(heard.at, o->refunds[i].at);/
