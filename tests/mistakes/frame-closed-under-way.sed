# A payment that is under way is closed by an older attempt.
# lib/core/frame.c
/^under_way(/,/^}/s/return .*/return false \&\& closed_at == 0 \&\&/
