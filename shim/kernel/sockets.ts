/** System calls about sockets, on own descriptors: duplicates of those of a workload. Results as in `Kernel`. */
import koffi from 'koffi';
import { assetPath } from '../../vm/host/assets.ts';

const SOL_SOCKET = 1;
const SO = { type: 3, receiveTimeout: 20, acceptConnections: 30, protocol: 38, family: 39 } as const;
const SOCK_CLOEXEC = 0o2000000;
const SIOCUNIXFILE = 0x89e0;
const F_GETFL = 3;
const O_NONBLOCK = 0o4000;
/** POLLIN, and what poll(2) says without being asked. */
const POLLIN = 1;
const [AF_INET, AF_INET6] = [2, 10];
const SOCK_RAW = 3;
const IPPROTO_RAW = 255;
const MSG_DONTWAIT = 0x40;
/** Level and name of IP_RECVERR and IPV6_RECVERR. */
const RECEIVE_ERRORS = [
  [0, 11],
  [41, 25],
] as const;

export interface SocketCalls {
  /** An IPPROTO number. */
  protocol(fd: number): number;
  /** AF_INET and its like. */
  family(fd: number): number;
  /** SOCK_STREAM and its like. */
  type(fd: number): number;
  isListening(fd: number): boolean;
  /** The file was set to O_NONBLOCK. */
  isNonBlocking(fd: number): boolean;
  /** SO_RCVTIMEO in milliseconds, 0: none. */
  receiveTimeout(fd: number): number;
  /** A connection waits, or the socket cannot have one any more. */
  isReady(fd: number): boolean;
  /**
   * Waits a moment at most: -EINTR where no connection came.
   * @param peer gets its address; `length` may be more than `bytes` has
   * @param flags SOCK_NONBLOCK
   * @returns a descriptor, close-on-exec
   */
  accept(fd: number, peer: { readonly bytes: Uint8Array; length: number }, flags: number): number;
  /** Gives a socket to a user and group. */
  own(fd: number, uid: number, gid: number): number;
  /** The socket's own address, `struct sockaddr`. @returns its length, which may be more than `into` has */
  name(fd: number, into: Uint8Array): number;
  /** A descriptor (O_PATH) of the file that a unix socket is bound to; needs CAP_NET_ADMIN. */
  file(fd: number): number;
  /** @param address `struct sockaddr`, all of it */
  bind(fd: number, address: Uint8Array): number;
  listen(fd: number, backlog: number): number;
  /** ICMP errors, and packets that are dropped here, are no errors of sends any more (IP_RECVERR off). */
  ignoreErrors(fd: number): void;
  /** A socket that sends packets with headers of their own; needs CAP_NET_RAW. */
  raw(family: number): number;
  /**
   * @param packet with its IP header
   * @param target 4 or 16 bytes
   * @param link index of the network interface that a link-local target is reached by
   */
  sendRaw(fd: number, packet: Uint8Array, target: Uint8Array, link: number): number;
}

/** @throws where there is no glibc */
export const linuxSockets = (): SocketCalls => {
  const libc = koffi.load('libc.so.6');
  const getsockopt = libc.func('int getsockopt(int fd, int level, int name, void *into, void *size)');
  const accept = koffi.load(assetPath('lictor-guard.so')).func('int lictor_accept(int, void *, void *, int)');
  const ioctl = libc.func('int ioctl(int fd, ulong request, long value)');
  const fcntl = libc.func('int fcntl(int fd, int command)');
  const poll = libc.func('int poll(void *fds, ulong count, int timeout)');
  const fchown = libc.func('int fchown(int fd, uint uid, uint gid)');
  const getsockname = libc.func('int getsockname(int fd, void *into, void *size)');
  const bind = libc.func('int bind(int fd, const void *address, uint size)');
  const listen = libc.func('int listen(int fd, int backlog)');
  const setsockopt = libc.func('int setsockopt(int fd, int level, int name, const void *value, uint size)');
  const socket = libc.func('int socket(int family, int type, int protocol)');
  const sendto = libc.func(
    'long sendto(int fd, const void *bytes, size_t length, int flags, const void *address, uint size)',
  );

  const result = (value: number): number => (value < 0 ? -koffi.errno() : value);
  const word = new Int32Array(1);
  const size = new Int32Array(1);
  /** struct timeval: seconds, microseconds. */
  const time = new BigInt64Array(2);
  /** struct pollfd: fd s32, events s16, revents s16. */
  const polled = new Int32Array(2);
  const option = (fd: number, name: number): number => {
    size[0] = word.byteLength;
    return getsockopt(fd, SOL_SOCKET, name, word, size) < 0 ? -koffi.errno() : word[0];
  };
  return {
    protocol: (fd) => option(fd, SO.protocol),
    family: (fd) => option(fd, SO.family),
    type: (fd) => option(fd, SO.type),
    isListening: (fd) => option(fd, SO.acceptConnections) === 1,
    isNonBlocking: (fd) => (fcntl(fd, F_GETFL) & O_NONBLOCK) !== 0,
    receiveTimeout: (fd) => {
      size[0] = time.byteLength;
      if (getsockopt(fd, SOL_SOCKET, SO.receiveTimeout, time, size) < 0) return 0;
      return Number(time[0]) * 1000 + Number(time[1]) / 1000;
    },
    isReady: (fd) => {
      polled[0] = fd;
      polled[1] = POLLIN;
      return poll(polled, 1, 0) === 1;
    },
    accept: (fd, peer, flags) => {
      size[0] = peer.bytes.length;
      const accepted: number = accept(fd, peer.bytes, size, flags | SOCK_CLOEXEC);
      peer.length = size[0];
      return accepted;
    },
    own: (fd, uid, gid) => result(fchown(fd, uid, gid)),
    name: (fd, into) => {
      size[0] = into.length;
      return getsockname(fd, into, size) < 0 ? -koffi.errno() : size[0];
    },
    file: (fd) => result(ioctl(fd, SIOCUNIXFILE, 0)),
    bind: (fd, address) => result(bind(fd, address, address.length)),
    listen: (fd, backlog) => result(listen(fd, backlog)),
    ignoreErrors: (fd) => {
      word[0] = 0;
      for (const [level, name] of RECEIVE_ERRORS) setsockopt(fd, level, name, word, word.byteLength);
    },
    raw: (family) => result(socket(family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW)),
    sendRaw: (fd, packet, target, link) => {
      const address = new Uint8Array(target.length === 4 ? 16 : 28);
      address[0] = target.length === 4 ? AF_INET : AF_INET6;
      address.set(target, target.length === 4 ? 4 : 8);
      const linkLocal = target.length === 16 && target[0] === 0xfe && (target[1] & 0xc0) === 0x80;
      if (linkLocal) new DataView(address.buffer).setUint32(24, link, true);
      return result(Number(sendto(fd, packet, packet.length, MSG_DONTWAIT, address, address.length)));
    },
  };
};
