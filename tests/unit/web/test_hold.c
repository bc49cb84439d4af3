/* Promises of web/hold.h, of both ways to keep a request. */
#include <sys/socket.h>
#include <sys/un.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <fcgiapp.h>

#include "base/guard.h"
#include "unit/unit.h"
#include "web/hold.h"

enum { ID = 0x0102, WANTED_MAX = 300 * 1024 };

static FCGX_Request	*request;
static int		 client;

/* A request as a web server sends it, accepted. */
static void
accept_one(void)
{
	static const unsigned char	bytes[] = {
		1, 1, 1, 2, 0, 8, 0, 0,	 0, 1, 0, 0, 0, 0, 0, 0,
		1, 4, 1, 2, 0, 0, 0, 0,
		1, 5, 1, 2, 0, 0, 0, 0,
	};
	struct sockaddr_un	at = { .sun_family = AF_UNIX };
	int			door = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path + 1, sizeof(at.sun_path) - 1, "rung-hold-%d",
	    getpid());
	must(bind(door, (struct sockaddr *)&at, sizeof(at)) == 0 &&
	    listen(door, 5) == 0);
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	must(connect(client, (struct sockaddr *)&at, sizeof(at)) == 0);
	must(write(client, bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes));
	request = calloc(1, sizeof(*request));
	must(FCGX_Init() == 0 && FCGX_InitRequest(request, door, 0) == 0);
	must(FCGX_Accept_r(request) == 0);
	must(FCGX_GetChar(request->in) == -1);
	close(door);
}

/* What the other end gets until the connection ends: the contents of its
 * records, and whether they were all of our request and properly ended. */
static size_t
received(char *text, bool *ended)
{
	FILE		*from = fdopen(client, "r");
	unsigned char	 head[8], end[8];
	size_t		 n = 0, len;

	*ended = false;
	while (fread(head, 1, sizeof(head), from) == sizeof(head)) {
		len = (size_t)head[4] << 8 | head[5];
		CU_ASSERT_EQUAL(head[2] << 8 | head[3], ID);
		CU_ASSERT_FALSE(*ended);
		if (head[1] == 3) {
			must(len == 8 && fread(end, 1, 8, from) == 8);
			*ended = end[4] == 0;
			continue;
		}
		CU_ASSERT_EQUAL(head[1], 6);
		must(n + len <= WANTED_MAX);
		must(fread(text + n, 1, len, from) == len);
		for (int pad = head[6]; pad > 0; pad--)
			must(fgetc(from) != EOF);
		n += len;
	}
	fclose(from);
	return n;
}

static void
sends_pieces_and_the_end(const struct hold_way *way)
{
	static char	text[WANTED_MAX];
	struct hold	hold;
	bool		ended;
	size_t		len;

	accept_one();
	hold = way->keep(&request);
	CU_ASSERT_NOT_EQUAL(hold.fd, -1);
	CU_ASSERT_FALSE(hold_gone(&hold));
	CU_ASSERT_TRUE(way->send(&hold, STR("one "), false));
	CU_ASSERT_TRUE(way->send(&hold, STR("two"), true));
	len = received(text, &ended);
	SAME_STR(((struct str){ text, len }), STR("one two"));
	CU_ASSERT_TRUE(ended);
	free(request);
}

static void
notices_that_nobody_is_there(const struct hold_way *way)
{
	struct hold	hold;

	accept_one();
	hold = way->keep(&request);
	close(client);
	CU_ASSERT_TRUE(hold_gone(&hold));
	way->drop(&hold);
	CU_ASSERT_EQUAL(hold.fd, -1);
	free(request);
}

static void
lets_go_without_an_answer(const struct hold_way *way)
{
	struct hold	hold;
	char		byte;

	accept_one();
	hold = way->keep(&request);
	way->drop(&hold);
	CU_ASSERT_EQUAL(read(client, &byte, 1), 0);
	close(client);
	free(request);
}

static void
hears_of_an_abort(const struct hold_way *way)
{
	static const unsigned char	abort[] = { 1, 2, 1, 2, 0, 0, 0, 0 };
	struct hold			hold;

	accept_one();
	hold = way->keep(&request);
	must(write(client, abort, sizeof(abort)) == (ssize_t)sizeof(abort));
	CU_ASSERT_TRUE(hold_gone(&hold));
	way->drop(&hold);
	close(client);
	free(request);
}

static void
each_way(void (*promise)(const struct hold_way *))
{
	promise(&hold_by_request);
	if (hold_by_fd.keep != NULL)
		promise(&hold_by_fd);
}

static void
an_answer_in_pieces_is_framed_as_the_library_would(void)
{
	each_way(sends_pieces_and_the_end);
}

static void
a_client_that_hung_up_is_noticed(void)
{
	each_way(notices_that_nobody_is_there);
}

static void
a_request_can_be_dropped(void)
{
	each_way(lets_go_without_an_answer);
}

static void
an_aborted_request_is_noticed(void)
{
	each_way(hears_of_an_abort);
}

/* More than one record, and more than the kernel takes at once. */
static void
a_long_answer_arrives_whole_or_not_at_all(void)
{
	static char	sent[WANTED_MAX], text[WANTED_MAX];
	struct hold	hold;
	bool		ended;
	size_t		len = 130 * 1024 + 3;

	if (hold_by_fd.keep == NULL)
		return;
	for (size_t i = 0; i < len; i++)
		sent[i] = (char)(i * 7 + i / 251);
	accept_one();
	hold = hold_by_fd.keep(&request);
	CU_ASSERT_TRUE(hold_by_fd.send(&hold, (struct str){ sent, len },
	    true));
	CU_ASSERT_EQUAL(received(text, &ended), len);
	CU_ASSERT_TRUE(ended && memcmp(sent, text, len) == 0);
	free(request);
	accept_one();
	hold = hold_by_fd.keep(&request);
	/* Nobody reads: it gives up, and does not wait for ever. */
	CU_ASSERT_FALSE(hold_by_fd.send(&hold, (struct str){ sent,
	    sizeof(sent) }, true));
	CU_ASSERT_EQUAL(hold.fd, -1);
	close(client);
	free(request);
}

CU_TestInfo hold_tests[] = {
	{ "an answer in pieces is framed as the library would",
	    an_answer_in_pieces_is_framed_as_the_library_would },
	{ "a client that hung up is noticed",
	    a_client_that_hung_up_is_noticed },
	{ "a request can be dropped", a_request_can_be_dropped },
	{ "an aborted request is noticed", an_aborted_request_is_noticed },
	{ "a long answer arrives whole, or is given up",
	    a_long_answer_arrives_whole_or_not_at_all },
	CU_TEST_INFO_NULL
};
