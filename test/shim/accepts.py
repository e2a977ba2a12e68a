"""What accept(2) does, in a line each; a port is the first argument, and nobody else uses the ten that begin there."""
import ctypes, errno, fcntl, os, resource, signal, socket, struct, sys, threading, time

PORT = int(sys.argv[1])
DENIED, FREE = PORT, PORT + 1
libc = ctypes.CDLL(None, use_errno=True)


def raw(fd, address=None, length=None, flags=0):
    """accept4(2) itself: Python begins it anew after a signal."""
    got = libc.accept4(fd, address, length, flags)
    return got if got >= 0 else errno.errorcode.get(ctypes.get_errno(), ctypes.get_errno())


def word(result):
    return "ok" if isinstance(result, int) else result


def server(port=FREE, family=socket.AF_INET):
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", port) if family != socket.AF_UNIX else port)
    made.listen(16)
    return made


def client(made):
    other = socket.socket(made.family, socket.SOCK_STREAM)
    other.connect(made.getsockname())
    return other


def later(seconds, call):
    timer = threading.Timer(seconds, call)
    timer.start()
    return timer


for name, made in (("IPv4", server()), ("IPv6", server(FREE, socket.AF_INET6)), ("unix", server("free", socket.AF_UNIX))):
    asked = client(made)
    got, peer = made.accept()
    print(name, got.getpeername() == asked.getsockname() == peer, got.getsockname() == made.getsockname())
    later(0.05, lambda: client(made))
    made.accept()
    print(name, "waited")
    if made.family == socket.AF_UNIX:
        pid, uid, gid = struct.unpack("3i", got.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        print("peer", pid == os.getpid())
    else:
        print("owner", os.fstat(got.fileno()).st_uid == os.geteuid())
    made.close()

def closed(asked):
    asked.settimeout(0.3)
    try:
        return asked.recv(1) == b""
    except OSError:
        return False


made = server(DENIED)
asked = client(made)
print("denied", raw(made.fileno()), closed(asked))
later(0.05, lambda: client(made))
print("denied after a while", raw(made.fileno()))
made.close()

made = server()
room, length = ctypes.create_string_buffer(b"\xee" * 32, 32), ctypes.c_int(4)
keep = [client(made) for _ in range(8)]
print("cut address", word(raw(made.fileno(), room, ctypes.byref(length))), length.value, room.raw[:2] == b"\2\0", room.raw[4:6])
length.value = 0
print("no room", word(raw(made.fileno(), room, ctypes.byref(length))), length.value)
length.value = -1
print("negative length", raw(made.fileno(), room, ctypes.byref(length)))
length.value = 16
print("bad address", raw(made.fileno(), ctypes.c_void_p(8), ctypes.byref(length)))
print("bad length", raw(made.fileno(), room, ctypes.c_void_p(8)))
got = raw(made.fileno(), flags=socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
print("flags", fcntl.fcntl(got, fcntl.F_GETFL) & os.O_NONBLOCK != 0, fcntl.fcntl(got, fcntl.F_GETFD))
got = raw(made.fileno())
print("no flags", fcntl.fcntl(got, fcntl.F_GETFL) & os.O_NONBLOCK != 0, fcntl.fcntl(got, fcntl.F_GETFD))
print("bad flags", raw(made.fileno(), flags=1))
limits = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (os.open("/", os.O_RDONLY) + 1, limits[1]))
print("no descriptor left", raw(made.fileno()))
resource.setrlimit(resource.RLIMIT_NOFILE, limits)
print("it is still there", word(raw(made.fileno())))
keep.clear()
made.setblocking(False)
print("not blocking", raw(made.fileno()))
made.setblocking(True)
made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("2l", 0, 200_000))
began = time.monotonic()
print("timeout", raw(made.fileno()), 0.15 < time.monotonic() - began < 2)
made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("2l", 0, 0))

for name, other in (("not listening", socket.socket()), ("datagram", socket.socket(type=socket.SOCK_DGRAM)), ("file", open("/etc/passwd"))):
    print(name, raw(other.fileno()))
print("nothing", raw(999))

signal.signal(signal.SIGUSR1, lambda *_: None)
for restarts in (False, True):
    signal.siginterrupt(signal.SIGUSR1, not restarts)
    later(0.05, lambda: os.kill(os.getpid(), signal.SIGUSR1))
    if restarts:
        later(0.2, lambda: client(made))
    print("signal for the process", word(raw(made.fileno())))
    later(0.05, lambda: signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1))
    if restarts:
        later(0.2, lambda: client(made))
    print("signal for the thread", word(raw(made.fileno())))
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
later(0.05, lambda: os.kill(os.getpid(), signal.SIGUSR1))
later(0.2, lambda: client(made))
print("ignored signal", word(raw(made.fileno())))

signal.signal(signal.SIGUSR1, lambda *_: None)
signal.siginterrupt(signal.SIGUSR1, True)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
results = []


def wait_unblocked():
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
    results.append(raw(made.fileno()))


thread = threading.Thread(target=wait_unblocked)
thread.start()
time.sleep(0.05)
os.kill(os.getpid(), signal.SIGUSR1)
thread.join(5)
print("signal that another thread takes", results)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})

results = []
threads = [threading.Thread(target=lambda: results.append(word(raw(made.fileno())))) for _ in range(8)]
for thread in threads:
    thread.start()
time.sleep(0.05)
keep = [client(made) for _ in range(8)]
for thread in threads:
    thread.join(5)
print("eight threads", results.count("ok"))
keep.clear()

later(0.05, lambda: made.shutdown(socket.SHUT_RDWR))
print("shut down", raw(made.fileno()))
made.close()

for name, number in (("killed", signal.SIGKILL), ("terminated", signal.SIGTERM)):
    pid = os.fork()
    if pid == 0:
        server(FREE + 1).accept()
    time.sleep(0.1)
    os.kill(pid, number)
    print(name, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    time.sleep(0.05)
    server(FREE + 1).close()
    print("its port is free")

pid = os.fork()
if pid == 0:
    server(FREE + 2).accept()
    os._exit(7)
time.sleep(0.1)
os.kill(pid, signal.SIGSTOP)
print("stopped", os.WIFSTOPPED(os.waitpid(pid, os.WUNTRACED)[1]))
os.kill(pid, signal.SIGCONT)
socket.create_connection(("127.0.0.1", FREE + 2))
print("continued", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

for main_waits, port in ((True, FREE + 3), (False, FREE + 4)):
    pid = os.fork()
    if pid == 0:
        made = server(port)
        threads = [threading.Thread(target=made.accept) for _ in range(4)]
        for thread in threads:
            thread.start()
        if main_waits:
            made.accept()
        for thread in threads:
            thread.join()
        os._exit(8)
    time.sleep(0.3)
    os.kill(pid, signal.SIGSTOP)
    print("threads stopped", os.WIFSTOPPED(os.waitpid(pid, os.WUNTRACED)[1]))
    keep = [socket.create_connection(("127.0.0.1", port)) for _ in range(4 + main_waits)]
    os.kill(pid, signal.SIGCONT)
    print("threads continued", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
