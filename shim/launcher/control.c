/* The channel to Lictor: whole lines, written at once so that lines of different processes never mix. */
#include "launch.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void say(const char *format, ...)
{
	char line[512];
	va_list args;
	va_start(args, format);
	int length = vsnprintf(line, sizeof line - 1, format, args);
	va_end(args);
	if (length < 0)
		return;
	if (length > (int)sizeof line - 2)
		length = sizeof line - 2;
	line[length++] = '\n';
	while (write(CONTROL_FD, line, length) < 0 && errno == EINTR)
		;
}

_Noreturn void fail(const char *what)
{
	say("error %s: %s", what, strerror(errno));
	_exit(EXIT_NOT_GUARDED);
}

bool wait_for_go(void)
{
	char byte;
	ssize_t n;
	while ((n = read(CONTROL_FD, &byte, 1)) < 0 && errno == EINTR)
		;
	return n == 1 && byte == 'g';
}
