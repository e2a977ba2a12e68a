/* SPDX-License-Identifier: Apache-2.0 */
/* Makes N system calls, for each N on standard input: as many records where they are watched. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	char line[64];

	while (fgets(line, sizeof(line), stdin)) {
		for (unsigned long n = strtoul(line, NULL, 10); n; n--)
			syscall(SYS_getppid);
		puts("done");
		fflush(stdout);
	}
	return 0;
}
