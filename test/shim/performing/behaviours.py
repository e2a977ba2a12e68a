"""What programs rely on when they change files: run bare and guarded, both must print the same. The folder has to be empty."""
import ctypes, errno, fcntl, os, resource, signal, socket, stat, struct, subprocess, sys, threading, time

uid = int(sys.argv[1])
if uid:
    os.chmod(".", 0o777)
    os.setgroups([uid, 100])
    os.setgid(uid)
    os.setuid(uid)
libc = ctypes.CDLL(None, use_errno=True)


def failing(use):
    try:
        return use()
    except OSError as error:
        return errno.errorcode[error.errno]


def owner_and_mode():
    os.umask(0o027)
    os.close(os.open("made", os.O_CREAT | os.O_WRONLY, 0o666))
    os.mkdir("folder", 0o777)
    os.mkfifo("pipe", 0o666)
    return [(oct(s.st_mode), s.st_uid, s.st_gid) for s in map(os.stat, ("made", "folder", "pipe"))]


def group_is_inherited():
    os.mkdir("shared", 0o2775)
    if not uid:
        os.chown("shared", -1, 100)
        os.chmod("shared", 0o2775)
    os.close(os.open("shared/one", os.O_CREAT | os.O_WRONLY))
    return os.stat("shared/one").st_gid, oct(os.stat("shared").st_mode)


def no_room_for_a_descriptor():
    held, limit = [], resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (40, limit[1]))
    try:
        while True:
            held.append(os.open(".", os.O_PATH))
    except OSError as error:
        name = errno.errorcode[error.errno]
    result = failing(lambda: os.open("unmade", os.O_CREAT | os.O_WRONLY))
    for fd in held:
        os.close(fd)
    resource.setrlimit(resource.RLIMIT_NOFILE, limit)
    return name, result, os.path.exists("unmade")


def file_size_limit():
    got = []
    signal.signal(signal.SIGXFSZ, lambda number, frame: got.append(number))
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limit[1]))
    open("small", "w").close()
    result = [failing(lambda: os.truncate("small", size)) for size in (100, 101)]
    resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    return result, got, os.path.getsize("small")


def blocking_open_waits_alone():
    os.mkfifo("slow")
    opened = []
    thread = threading.Thread(target=lambda: opened.append(os.open("slow", os.O_CREAT | os.O_WRONLY)))
    thread.start()
    time.sleep(0.2)
    for i in range(50):
        os.mkdir("meanwhile")
        os.rmdir("meanwhile")
    early = len(opened)
    os.open("slow", os.O_RDONLY | os.O_NONBLOCK)
    thread.join(5)
    return early, len(opened)


def signal_ends_a_blocking_open():
    os.mkfifo("never")
    class Alarm(Exception):
        pass
    def ring(number, frame):
        raise Alarm
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        os.open("never", os.O_CREAT | os.O_WRONLY)
    except Alarm:
        return "interrupted"


def signals_lose_nothing():
    count = [0]
    def hit(number, frame):
        count[0] += 1
    signal.signal(signal.SIGALRM, hit)
    signal.siginterrupt(signal.SIGALRM, False)  # without, a call that nobody has received yet fails with EINTR (docs/limits.md)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    failures = []
    for i in range(400):
        for step in (lambda: os.mkdir("d"), lambda: os.rename("d", "e"), lambda: os.rmdir("e"),
                     lambda: os.close(os.open("f", os.O_CREAT | os.O_EXCL | os.O_WRONLY)), lambda: os.unlink("f")):
            result = failing(step)
            if result is not None:
                failures.append(result)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return failures, count[0] > 0


def vfork_child_writes():
    child = subprocess.run(["sh", "-c", "echo from a child > child; cat child; exit 3"], capture_output=True)
    return child.returncode, child.stdout


def threads():
    def work(name):
        for i in range(60):
            os.mkdir(f"{name}")
            os.rename(f"{name}", f"{name}x")
            os.rmdir(f"{name}x")
        done.append(name)
    done = []
    workers = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(8)]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    return sorted(done)


def controlling_terminal():
    import pty
    pid, master = pty.fork()
    if pid == 0:
        with open("/dev/tty", "w") as tty:
            tty.write("to the terminal\n")
        os._exit(0)
    text = b""
    while b"\n" not in text:
        text += os.read(master, 100)
    return text, os.waitpid(pid, 0)[1]


def own_proc():
    with open("kept", "w") as file:
        file.write("kept")
    fd = os.open("kept", os.O_RDONLY)
    os.chmod(f"/proc/self/fd/{fd}", 0o640)
    os.mkdir("/proc/self/cwd/through", 0o755)
    with open(f"/dev/fd/{os.open('kept', os.O_RDWR)}", "a") as file:
        file.write(" and more")
    return open("kept").read(), oct(os.stat("kept").st_mode), os.path.isdir("through")


def unnamed_file_gets_a_name():
    fd = os.open(".", os.O_TMPFILE | os.O_RDWR, 0o644)
    os.write(fd, b"text")
    status = libc.linkat(-100, f"/proc/self/fd/{fd}".encode(), -100, b"named", 0x400)
    return status, open("named").read()


def folders_by_descriptor():
    os.mkdir("deep")
    fd = os.open("deep", os.O_RDONLY | os.O_DIRECTORY)
    os.mkdir("below", dir_fd=fd)
    os.rename("below", "moved", src_dir_fd=fd)
    os.rename("deep", "renamed")
    os.mkdir("again", dir_fd=fd)
    os.rmdir("again", dir_fd=fd)
    os.rmdir("renamed")
    return sorted(name for name in os.listdir(".") if name in ("moved", "deep", "renamed")), failing(lambda: os.mkdir("late", dir_fd=fd))


def append_and_locks():
    fd = os.open("log", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    os.write(fd, b"one")
    os.lseek(fd, 0, 0)
    os.write(fd, b"two")
    fcntl.lockf(fd, fcntl.LOCK_EX)
    return open("log").read(), fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_APPEND != 0, fcntl.fcntl(fd, fcntl.F_GETFD)


def unix_socket():
    server = socket.socket(socket.AF_UNIX)
    os.umask(0)
    server.bind("socket")
    server.listen()
    client = socket.socket(socket.AF_UNIX)
    client.connect("socket")
    peer, _ = server.accept()
    seen = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    back = struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return (seen[0] == os.getpid(), *seen[1:]), (back[0] == os.getpid(), *back[1:]), oct(os.stat("socket").st_mode)


def names_of_unix_sockets():
    here, names = os.getcwd(), []
    os.makedirs("deep/er/deep")
    os.symlink("deep/er", "through")
    for name in ("one", "./one", "deep/one", "deep/er/deep/one", "deep/../deep/er/one", "through/deep/one", here + "/one",
                 here + "//deep/./er/one", "deep/./one", "nowhere/one", "deep/one/", "n" * 107, "deep/er/" + "n" * 99):
        with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
            names.append(failing(lambda: server.bind(name)) or server.getsockname() == name)
            if os.path.exists(name):
                server.listen()
                client.connect(server.getsockname())
                names.append(client.getpeername() == name)
                os.unlink(name)
    return names, sorted(os.listdir("."))


def flags_of_a_file():
    open("flagged", "w").close()
    fd = os.open("flagged", os.O_RDONLY)
    got = bytearray(8)
    result = failing(lambda: fcntl.ioctl(fd, 0x40086602, struct.pack("l", 0x80)))  # FS_NOATIME_FL
    fcntl.ioctl(fd, 0x80086601, got)
    return result, struct.unpack("l", got)[0] & 0x80


for use in (owner_and_mode, group_is_inherited, no_room_for_a_descriptor, file_size_limit, blocking_open_waits_alone,
            signal_ends_a_blocking_open, signals_lose_nothing, vfork_child_writes, threads, controlling_terminal,
            own_proc, unnamed_file_gets_a_name, folders_by_descriptor, append_and_locks, unix_socket,
            names_of_unix_sockets, flags_of_a_file):
    os.mkdir(use.__name__)
    os.chdir(use.__name__)
    print(use.__name__, failing(use), flush=True)
    os.chdir("..")
