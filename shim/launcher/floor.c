/*
 * The floor: a Landlock domain in which the workload itself can create, remove, rename and link nothing (EACCES). Lictor
 * performs these for it, on the arguments that were decided, so a call that is let through and turns out to mean
 * something else than what was seen fails here. Linux 5.19 (ABI 2, LANDLOCK_ACCESS_FS_REFER).
 */
#define _GNU_SOURCE
#include "launch.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WITH_REFER = 2 };

static const unsigned long long CHANGES =
	LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
	LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
	LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM |
	LANDLOCK_ACCESS_FS_REFER;

void stand_on_floor(void)
{
	struct landlock_ruleset_attr attr = {.handled_access_fs = CHANGES};

	if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < WITH_REFER) {
		errno = EOPNOTSUPP;
		fail("Landlock");
	}
	int ruleset = syscall(SYS_landlock_create_ruleset, &attr, sizeof attr.handled_access_fs, 0);
	/* without no_new_privs, so that setuid programs work: this process still has CAP_SYS_ADMIN */
	if (ruleset < 0 || syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		fail("Landlock");
	close(ruleset);
}
