# A test payment buys in live mode.
# lib/core/derive.c
/^rank(/,/^}/s/list\[i\].livemode == d->life->livemode/true/
