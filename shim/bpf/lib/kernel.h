/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layer 0: just the kernel types that are read, by name and member. The loader relocates every access to the running
 * kernel's layout (CO-RE), so order, offsets and what is missing here do not matter, and no BTF dump is needed to build.
 * Numbers are of the user-space interface or have not changed since Linux 5.10.
 */
#ifndef LICTOR_KERNEL_H
#define LICTOR_KERNEL_H

#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AT_FDCWD (-100)
#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define S_IFLNK 0120000
#define S_IFREG 0100000
#define S_IFBLK 0060000
#define S_IFDIR 0040000
#define S_IFCHR 0020000
#define S_IFIFO 0010000
#define FMODE_READ 0x1
#define FMODE_WRITE 0x2
#define FMODE_PATH 0x4000
#define FMODE_CREATED 0x100000
#define EINPROGRESS 115
#define PIDTYPE_PGID 2
#define PIDTYPE_SID 3
#define NAME_MAX 255

/* Keeps the compiler from computing a checked number anew from an unchecked one, which the verifier would refuse. */
#define keep(x) asm volatile("" : "+r"(x))

#define KERNEL_TYPE __attribute__((preserve_access_index))

struct hlist_bl_node {
	struct hlist_bl_node **pprev;
} KERNEL_TYPE;

struct qstr {
	__u32 len;
	const unsigned char *name;
} KERNEL_TYPE;

struct super_block {
	__u32 s_dev;
	unsigned long s_magic;
} KERNEL_TYPE;

typedef struct {
	__u32 val;
} KERNEL_TYPE kuid_t;

typedef struct {
	__u32 val;
} KERNEL_TYPE kgid_t;

struct inode {
	__u16 i_mode;
	kuid_t i_uid;
	__u32 i_rdev;
	struct super_block *i_sb;
	unsigned long i_ino;
} KERNEL_TYPE;

struct dentry {
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
} KERNEL_TYPE;

struct vfsmount {
	struct dentry *mnt_root;
} KERNEL_TYPE;

struct mount {
	__u32 mnt_fsnotify_mask;
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
} KERNEL_TYPE;

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
} KERNEL_TYPE;

struct file {
	__u32 f_mode;
	__u32 f_flags;
	struct path f_path;
	struct inode *f_inode;
	void *private_data;
} KERNEL_TYPE;

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
} KERNEL_TYPE;

struct files_struct {
	struct fdtable *fdt;
} KERNEL_TYPE;

struct fs_struct {
	struct path root;
	struct path pwd;
} KERNEL_TYPE;

struct mm_struct {
	unsigned long arg_start;
	unsigned long arg_end;
	unsigned long env_start;
	unsigned long env_end;
	struct file *exe_file;
} KERNEL_TYPE;

struct vm_area_struct {
	struct file *vm_file;
} KERNEL_TYPE;

/* Two u32 before 6.3, one u64 since, the same bytes: only its place is asked for. */
typedef struct {
	__u64 bits;
} kernel_cap_t;

struct cred {
	kuid_t uid;
	kgid_t gid;
	kuid_t euid;
	kernel_cap_t cap_permitted;
	kernel_cap_t cap_effective;
} KERNEL_TYPE;

struct upid {
	int nr;
} KERNEL_TYPE;

struct pid {
	unsigned int level;
	struct upid numbers[1];
} KERNEL_TYPE;

typedef struct {
	int counter;
} KERNEL_TYPE atomic_t;

struct signal_struct {
	atomic_t live;
	struct pid *pids[4];
	void *tty;
	struct task_struct *curr_target;
} KERNEL_TYPE;

typedef struct {
	unsigned long sig[1];
} KERNEL_TYPE sigset_t;

#define TS_COMPAT 0x2

struct thread_info {
	__u32 status;
} KERNEL_TYPE;

struct task_struct {
	struct thread_info thread_info;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	__u64 start_boottime;
	struct mm_struct *mm;
	struct fs_struct *fs;
	struct files_struct *files;
	struct pid *thread_pid;
	struct signal_struct *signal;
	const struct cred *cred;
	kuid_t loginuid;
	sigset_t blocked;
	__u32 flags;
	char comm[16];
} KERNEL_TYPE;

struct linux_binprm {
	struct file *file;
	int argc;
	const char *filename;
	const char *interp;
} KERNEL_TYPE;

struct in6_addr {
	__u8 in6_u[16];
} KERNEL_TYPE;

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	__u16 skc_family;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
} KERNEL_TYPE;

struct sock {
	struct sock_common __sk_common;
	__u16 sk_type;
	__u16 sk_protocol;
} KERNEL_TYPE;

struct socket {
	struct sock *sk;
} KERNEL_TYPE;

struct sockaddr_un {
	__u16 sun_family;
	char sun_path[108];
} KERNEL_TYPE;

struct unix_address {
	int len;
	struct sockaddr_un name[0];
} KERNEL_TYPE;

struct unix_sock {
	struct unix_address *addr;
	struct path path;
	struct sock *peer;
} KERNEL_TYPE;

struct sockaddr {
	__u16 sa_family;
} KERNEL_TYPE;

/* What a cgroup program about a socket's address really gets. */
struct bpf_sock_addr_kern {
	struct sockaddr *uaddr;
	__u32 uaddrlen;
} KERNEL_TYPE;

/* Any of the SKBFL flags: pages of the packet belong to somebody, who can still change them. */
#define SKB_DATA_SHARED 0x1f

struct sk_buff {
	unsigned char *head;
	unsigned int end; /* from `head`, where skb_shared_info is */
} KERNEL_TYPE;

struct skb_shared_info {
	__u8 flags;
} KERNEL_TYPE;

/* Registers of a system call on x86-64. They keep the arguments until it returns. */
struct pt_regs {
	unsigned long r10, r9, r8, dx, si, di, orig_ax;
} KERNEL_TYPE;

#endif
