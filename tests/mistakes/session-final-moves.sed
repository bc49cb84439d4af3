# An expired session is completed by a late payment.
# lib/core/session.c
/^session_final(/,/^}/s/s != SESSION_PENDING/s != SESSION_PENDING \&\& s != SESSION_EXPIRED/
