# A short month shortens those after it.
# lib/core/window.c
/^next_month(/,/^}/s/calendar_months_later(from, months + 1)/calendar_months_later(end, 1)/
