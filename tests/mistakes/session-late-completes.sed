# A payment after the end of a session completes it.
# lib/core/session.c
/^expired(/,/^}/s/now >= before->expires_at/now >= before->expires_at \&\& s->payment != PAYMENT_PAID/
