"""Random calls that change a tree of files, from a seed: run bare and guarded, both must say the same.

Usage: operations.py SEED COUNT UID
Prints a line for each call with its errno, and the tree that is left. The current folder has to be empty.
"""
import ctypes, errno, os, random, socket, stat, sys

seed, count, uid = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
pick = random.Random(seed)
libc = ctypes.CDLL(None, use_errno=True)
top = os.getcwd()

# INVARIANT: no path leaves the current folder: this runs as root
# folders that another user owns, with the sticky bit, and that nobody may search
os.umask(0)
for name, mode in (("open", 0o777), ("sticky", 0o1777), ("closed", 0o700), ("plain", 0o755)):
    os.mkdir(name, mode)
    with open(name + "/kept", "w") as file:
        file.write("kept")
os.mkdir("closed/inner", 0o777)
os.symlink("open", "door")
os.symlink("nowhere/else", "broken")
os.symlink("loop", "loop")
os.symlink(top + "/open/made", "ahead")
if uid:
    os.setgroups([uid, 100])
    os.setgid(uid)
    os.setuid(uid)

NAMES = ["a", "b", "c", "kept", "sub", "link", "x" * 255, "y" * 256]
FOLDERS = ["open", "sticky", "closed", "closed/inner", "plain", "door", "open/sub", "open/../sticky", ".", "missing",
           "open/kept", "broken", "loop", "/proc/self/cwd/open", "/proc/self/root" + top + "/open"]
# a guarded root has no CAP_SYS_ADMIN
TRUSTED = "trusted.a" if uid else "user.c"
ENDS = ["", "", "", "", "/", "//", "/.", "/.."]


said = []


def path():
    said.append(random_path())
    return said[-1]


def random_path():
    way = pick.random()
    if way < 0.05:
        return pick.choice(["", ".", "ahead", "broken", "loop", "door", "open", "door/", "kept"])
    text = pick.choice(FOLDERS) + "/" + pick.choice(NAMES) + pick.choice(ENDS)
    return top + "/" + text if way < 0.3 and text[0] != "/" else text


FLAGS = [0, os.O_TRUNC, os.O_EXCL, os.O_APPEND, os.O_NOFOLLOW, os.O_DIRECTORY, os.O_CLOEXEC, os.O_PATH]


def opened(name, flags, mode):
    fd = os.open(name, flags, mode)
    text = "fd cloexec=%s flags=%o" % (not os.get_inheritable(fd), __import__("fcntl").fcntl(fd, 3))
    if flags & 3 and not flags & os.O_PATH:
        os.write(fd, b"written")
    os.close(fd)
    return text


def bound(name):
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(name)


def call(number, *args):
    raw = [arg.encode() if isinstance(arg, str) else arg for arg in args]
    if libc.syscall(number, *raw) < 0:
        raise OSError(ctypes.get_errno(), "")


def held(use):
    fd = os.open(pick.choice(["open", "open/kept", "plain/kept"]), os.O_RDONLY)
    try:
        return use(fd)
    finally:
        os.close(fd)


MODES = [0o777, 0o666, 0o600, 0o444, 0o4755, 0o2755, 0o1777, 0]
OWNERS = [-1, 0, uid, 100, 12345]
ways = {
    "open": lambda: opened(path(), os.O_NONBLOCK | os.O_CREAT | pick.choice([0, 1, 2]) | pick.choice(FLAGS) | pick.choice(FLAGS), pick.choice(MODES)),
    "creat": lambda: call(85, path(), pick.choice(MODES)),
    "tmpfile": lambda: opened(pick.choice(FOLDERS), os.O_TMPFILE | pick.choice([1, 2]), 0o600),
    "mkdir": lambda: os.mkdir(path(), pick.choice(MODES)),
    "mknod": lambda: os.mknod(path(), pick.choice([0, stat.S_IFREG, stat.S_IFSOCK, stat.S_IFDIR]) | 0o644, os.makedev(1, 3)),
    "symlink": lambda: os.symlink(pick.choice(["open", "kept", "", "plain", "z" * 4095]), path()),
    "unlink": lambda: os.unlink(path()),
    "rmdir": lambda: os.rmdir(path()),
    "unlinkat": lambda: call(263, -100, path(), pick.choice([0, 0x200, 0x1000])),
    "rename": lambda: os.rename(path(), path()),
    "renameat2": lambda: call(316, -100, path(), -100, path(), pick.choice([0, 1, 2, 3, 8])),
    "link": lambda: os.link(path(), path(), follow_symlinks=pick.random() < 0.5),
    "linkat": lambda: held(lambda fd: call(265, fd, "", -100, path(), 0x1000)),
    "truncate": lambda: call(76, path(), ctypes.c_long(pick.choice([0, 3, 10000, -1]))),
    "chmod": lambda: os.chmod(path(), pick.choice(MODES)),
    "fchmod": lambda: held(lambda fd: os.fchmod(fd, pick.choice(MODES) | 0o444)),
    "chown": lambda: os.chown(path(), pick.choice(OWNERS), pick.choice(OWNERS), follow_symlinks=pick.random() < 0.5),
    "fchown": lambda: held(lambda fd: os.fchown(fd, pick.choice(OWNERS), pick.choice(OWNERS))),
    "utime": lambda: os.utime(path(), pick.choice([None, (1, 2), (3.5, 4.5)]), follow_symlinks=pick.random() < 0.5),
    "futimens": lambda: held(lambda fd: os.utime(fd)),
    "setxattr": lambda: os.setxattr(path(), pick.choice(["user.a", TRUSTED, "nothing.a", "user." + "n" * 255]), b"v" * pick.choice([0, 1, 70000])),
    "lsetxattr": lambda: os.setxattr(path(), pick.choice(["user.a", TRUSTED]), b"v", follow_symlinks=False),
    "removexattr": lambda: os.removexattr(path(), pick.choice(["user.a", "user.b"])),
    "umask": lambda: os.umask(pick.choice([0, 0o22, 0o77])),
    "bind": lambda: bound(path()),
    "bad folder": lambda: os.mkdir(pick.choice(["a", "b"]), dir_fd=pick.choice([99, -7])),
    "bad address": lambda: call(83, ctypes.c_void_p(8), 0o777),
}

log = []
for number in range(count):
    name = pick.choice(list(ways))
    said.clear()
    try:
        result = ways[name]()
    except OSError as error:
        result = errno.errorcode.get(error.errno, error.errno)
    except (ValueError, OverflowError) as error:
        result = type(error).__name__
    log.append(f"{number} {name} {' '.join(text.replace('xx', '').replace('yy', '') for text in said)}: {result}")


def show(folder):
    try:
        entries = sorted(os.listdir(folder))
    except OSError as error:
        print(folder, errno.errorcode[error.errno])
        return
    for entry in entries:
        at = os.path.join(folder, entry)
        try:
            status = os.lstat(at)
        except OSError as error:
            print(at, errno.errorcode[error.errno])
            continue
        attributes = [] if stat.S_ISLNK(status.st_mode) else sorted(os.listxattr(at))
        print(at[:80], oct(status.st_mode), status.st_uid, status.st_gid, status.st_nlink,
              0 if stat.S_ISDIR(status.st_mode) else status.st_size, attributes,
              os.readlink(at)[:40] if stat.S_ISLNK(status.st_mode) else "")
        if stat.S_ISDIR(status.st_mode):
            show(at)


print("\n".join(log))  # at the end: some calls truncate it
show(".")
