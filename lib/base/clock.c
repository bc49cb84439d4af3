/*
 * The machine's clocks in microseconds, and the shift that lets a test live
 * in another year.
 */
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/str.h"

enum { SHIFT_DAYS_MAX = 36525 };	/* a century either way is plenty */

static int64_t
read_clock(clockid_t id)
{
	struct timespec	ts;

	must(clock_gettime(id, &ts) == 0);
	return (int64_t)ts.tv_sec * SECOND + ts.tv_nsec / 1000;
}

int64_t
clock_wall(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t
clock_steady(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t
clock_shift(const char *path)
{
	const int64_t	most = SHIFT_DAYS_MAX * (DAY / SECOND);
	char		text[32];
	struct str	line;
	int64_t		seconds;
	ssize_t		len;
	int		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd == -1)
		return 0;
	len = read(fd, text, sizeof(text));
	close(fd);
	if (len <= 0 || (size_t)len == sizeof(text))
		return 0;
	line = (struct str){ text, (size_t)len };
	line = str_trim(str_cut(&line, '\n'));
	if (!str_int64(line, &seconds) || seconds < -most || seconds > most)
		return 0;
	return seconds * SECOND;
}
