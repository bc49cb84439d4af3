# A session expires while its payment is under way.
# lib/core/session.c
/^expired(/,/^}/s/!= PAYMENT_PROCESSING/!= PAYMENT__COUNT/
