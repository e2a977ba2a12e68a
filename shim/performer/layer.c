/* In which layer of an overlay an open file lies: a program in the kernel (shim/bpf/layer.bpf.c) looks. */
#define _GNU_SOURCE
#include "performer.h"
#include "../bpf/generated/lictor_spec.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * program: descriptor of the program. descriptor: a file, O_PATH will do. made: asked is about what will be made in this
 * folder. Returns 1: the writable layer, 0: another, or no overlay, or a negative errno. Needs CAP_BPF.
 */
EXPORT int lictor_layer(int program, int descriptor, int made)
{
	struct lictor_layer_question question = {descriptor, made};
	union bpf_attr run;

	memset(&run, 0, sizeof run);
	run.test.prog_fd = program;
	run.test.ctx_in = (uintptr_t)&question;
	run.test.ctx_size_in = sizeof question;
	if (syscall(SYS_bpf, BPF_PROG_RUN, &run, sizeof run) < 0)
		return -errno;
	return run.test.retval == LICTOR_LAYER_UNKNOWN ? -EBADF : (int)run.test.retval;
}

/* Not between enter and leave: the caller's credentials do not do for it. 0, or a positive errno: it cannot be told. */
int say_layers(const struct performer *p, struct job *job)
{
	if (p->layers < 0)
		return 0;
	for (int i = 0; i < job->places; i++) {
		const struct place *place = &job->place[i];
		bool named = place->by_name && place->exists;
		bool made = !place->exists || job->shared.kind == LICTOR_OPERATION_TMPFILE;
		int fd = named ? openat(place->fd, place->name, O_PATH | O_NOFOLLOW | O_CLOEXEC) : place->fd;
		int answer = fd < 0 ? -errno : lictor_layer(p->layers, fd, made);

		if (named && fd >= 0)
			close(fd);
		if (answer < 0)
			return -answer;
		job->shared.upper_layer[i] = answer;
	}
	return 0;
}
