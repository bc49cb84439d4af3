/*
 * Hello as the manual of libfcgi has it: the library ends the request in its
 * own way, which waits for the web server to hang up first.
 */
#include <fcgiapp.h>

int
main(void)
{
	FCGX_Request	r;

	if (FCGX_Init() != 0 || FCGX_InitRequest(&r, 0, 0) != 0)
		return 1;
	while (FCGX_Accept_r(&r) == 0) {
		FCGX_FPrintF(r.out, "Content-Type: text/plain\r\n\r\nhello\n");
		FCGX_Finish_r(&r);
	}
	return 0;
}
