/*
 * The least a FastCGI program can do: what a web server and libfcgi cost
 * without us.  Started by the web server; no program of Rung.
 */
#include <fcgiapp.h>

int
main(void)
{
	static const char	answer[] =
	    "Content-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n";
	char			body[4096];
	FCGX_Request		r;

	if (FCGX_Init() != 0 || FCGX_InitRequest(&r, 0, 0) != 0)
		return 1;
	while (FCGX_Accept_r(&r) == 0) {
		while (FCGX_GetStr(body, sizeof(body), r.in) ==
		    sizeof(body))
			continue;
		FCGX_PutStr(answer, sizeof(answer) - 1, r.out);
		FCGX_Detach(&r);
		FCGX_Finish_r(&r);
	}
	return 0;
}
