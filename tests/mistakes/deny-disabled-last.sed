# Another reason is told before that something is switched off.
# lib/core/deny.c
/^deny_capabilities(/,/^}/{
	/^	deny_disabled(/d
	s/^	keep_first(/	deny_disabled(\&d, newest);\
&/
}
