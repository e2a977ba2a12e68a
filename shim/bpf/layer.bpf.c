/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers the supervisor itself: whether what it has open lies in the writable layer of its overlay. The kernel tells that
 * to no system call, so this program is run by one (BPF_PROG_RUN), in the thread that asks and on its descriptors.
 */
#include "lib/file.h"
#include "generated/lictor_spec.h"

char LICENSE[] SEC("license") = "GPL";

SEC("syscall")
int layer(struct lictor_layer_question *question)
{
	struct file *file = file_of((struct task_struct *)bpf_get_current_task_btf(), question->descriptor);
	struct inode *inode;

	if (!file)
		return LICTOR_LAYER_UNKNOWN;
	inode = BPF_CORE_READ(file, f_inode);
	/* what is made below a folder of an overlay is made in the writable layer, whichever has the folder */
	return question->made ? is_overlay(inode) : is_upper_layer(inode);
}
