# Grace has no end.
# lib/core/standing.c
/^in_grace_until(/,/^}/s/r->now >= end/false \&\& r->now/
