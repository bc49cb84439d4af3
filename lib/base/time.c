/*
 * RFC 3339, declared in text.h.
 */
#include <inttypes.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/text.h"

struct str
text_time(struct arena *a, int64_t us)
{
	int64_t		days = us / DAY - (us % DAY < 0);
	int64_t		rest = us - days * DAY;
	struct civil	c = calendar_date(days);

	return arena_text(a, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
	    c.year, c.month, c.day, (int)(rest / HOUR),
	    (int)(rest / MINUTE % 60), (int)(rest / SECOND % 60),
	    (int)(rest / 1000 % 1000));
}

/* Take exactly len digits off the front. */
static bool
take_number(struct str *s, size_t len, int *out)
{
	int	n = 0;

	if (s->len < len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s->at[i] < '0' || s->at[i] > '9')
			return false;
		n = n * 10 + (s->at[i] - '0');
	}
	*s = str_part(*s, len, s->len);
	*out = n;
	return true;
}

/* Take one character off the front, if it is one of these two. */
static bool
take_char(struct str *s, char one, char other)
{
	if (s->len == 0 || (s->at[0] != one && s->at[0] != other))
		return false;
	*s = str_part(*s, 1, s->len);
	return true;
}

static bool
take_date(struct str *s, struct civil *c)
{
	return take_number(s, 4, &c->year) && take_char(s, '-', '-') &&
	    take_number(s, 2, &c->month) && take_char(s, '-', '-') &&
	    take_number(s, 2, &c->day) &&
	    c->year > 1 && c->month >= 1 && c->month <= 12 &&
	    c->day >= 1 && c->day <= calendar_month_days(c->year, c->month);
}

/* hh:mm:ss in seconds; a leap second counts as the second after it. */
static bool
take_clock(struct str *s, int64_t *seconds, bool *leap)
{
	int	hour, minute, second;

	if (!take_number(s, 2, &hour) || !take_char(s, ':', ':') ||
	    !take_number(s, 2, &minute) || !take_char(s, ':', ':') ||
	    !take_number(s, 2, &second) ||
	    hour > 23 || minute > 59 || second > 60)
		return false;
	*leap = second == 60;
	*seconds = hour * 3600 + minute * 60 + second;
	return true;
}

/* Nothing, or a point and 1 to 9 digits, of which six count. */
static bool
take_fraction(struct str *s, int64_t *us)
{
	int64_t	digits = 0, unit = SECOND / 10;

	*us = 0;
	if (!take_char(s, '.', '.'))
		return true;
	for (int digit; take_number(s, 1, &digit); digits++) {
		*us += digit * unit;
		unit /= 10;
	}
	return digits >= 1 && digits <= 9;
}

/* Z, or +hh:mm and -hh:mm, in seconds ahead of UTC. */
static bool
take_offset(struct str *s, int64_t *seconds)
{
	bool	behind = s->len > 0 && s->at[0] == '-';
	int	hour, minute;

	*seconds = 0;
	if (take_char(s, 'Z', 'z'))
		return true;
	if (!take_char(s, '+', '-') || !take_number(s, 2, &hour) ||
	    !take_char(s, ':', ':') || !take_number(s, 2, &minute) ||
	    hour > 23 || minute > 59)
		return false;
	*seconds = (hour * 3600 + minute * 60) * (behind ? -1 : 1);
	return true;
}

bool
text_untime(struct str s, int64_t *us)
{
	struct civil	c;
	int64_t		clock, fraction, offset, seconds;
	bool		leap;

	if (!take_date(&s, &c) || !take_char(&s, 'T', 't') ||
	    !take_clock(&s, &clock, &leap) || !take_fraction(&s, &fraction) ||
	    !take_offset(&s, &offset) || s.len > 0)
		return false;
	seconds = calendar_days(c) * (DAY / SECOND) + clock - offset;
	if (leap && seconds % (DAY / SECOND) != 0)
		return false;		/* they come at midnight UTC only */
	*us = seconds * SECOND + fraction;
	return true;
}
