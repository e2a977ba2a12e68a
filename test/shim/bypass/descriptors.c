/* By what is open already. `sealed` may be read, but neither written nor changed in another way. */
#include "attempts.h"

#include <linux/falloc.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

static int sealed(void) { return open("sealed", O_RDONLY); }
static int plain(void) { return open("plain", O_RDONLY); }
/* Opens the file of a descriptor anew. */
static int again(int fd, const char *folder, int flags)
{
	char path[64];
	snprintf(path, sizeof path, "%s/%d", folder, fd);
	return open(path, flags);
}

int by_path_descriptor(void) { return read_it(again(open("secret", O_PATH), "/proc/self/fd", O_RDONLY)); }
int by_own_descriptor(void) { return result(again(sealed(), "/dev/fd", O_WRONLY)); }
int by_standard_stream(void)
{
	dup2(sealed(), 0);
	return result(open("/dev/stdin", O_RDWR));
}
/* /proc/self/map_files names what is mapped. */
int by_mapped_file(void)
{
	char path[64];
	char *at = mmap(NULL, 4096, PROT_READ, MAP_SHARED, sealed(), 0);
	snprintf(path, sizeof path, "/proc/self/map_files/%lx-%lx", (long)at, (long)at + 4096);
	return result(open(path, O_RDWR));
}
int by_splice(void)
{
	int ends[2];
	if (pipe(ends) < 0 || write(ends[1], "x", 1) != 1)
		return ENOMSG;
	return result(splice(ends[0], NULL, sealed(), NULL, 1, 0));
}
int by_copy(void) { return result(copy_file_range(plain(), NULL, sealed(), NULL, 1, 0)); }
int by_sendfile(void) { return result(sendfile(sealed(), plain(), NULL, 1)); }
int by_clone_of_blocks(void) { return result(ioctl(sealed(), 0x40049409 /* FICLONE */, plain())); }
int by_allocation(void) { return result(fallocate(sealed(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 1)); }
int by_truncated_descriptor(void) { return result(ftruncate(sealed(), 0)); }
int by_shared_mapping(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, sealed(), 0) == MAP_FAILED ? errno : 0;
}
int by_changed_mapping(void)
{
	return result(mprotect(mmap(NULL, 4096, PROT_READ, MAP_SHARED, sealed(), 0), 4096, PROT_READ | PROT_WRITE));
}
int by_open_descriptor(void) { return fcntl(9, F_GETFD) < 0 ? errno : 0; }
int by_passed_descriptor(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "passing"};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
		return errno;
	char byte, room[CMSG_SPACE(sizeof(int))];
	struct iovec data = {&byte, 1};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
	if (recvmsg(fd, &message, 0) < 0)
		return errno;
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	return header ? read_it(*(int *)CMSG_DATA(header)) : ENOMSG;
}
