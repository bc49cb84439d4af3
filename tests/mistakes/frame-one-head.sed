# Two subscriptions in one group are one purchase.
# lib/core/frame.c
/^frame_read(/,/^}/s/head_count <= 1/head_count <= 9/
