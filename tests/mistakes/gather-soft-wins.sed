# A soft add-on makes a hard limit soft.
# lib/core/gather.c
/^limit_add(/,/^}/s/else if (l->per == rule->per || rule->quota.unlimited)/else if ((l->soft = l->soft || rule->soft) >= 0 \&\& (l->per == rule->per || rule->quota.unlimited))/
