/** System calls about sockets, on own descriptors: duplicates of those of a workload. Results as in `Kernel`. */
import koffi from 'koffi';

const SOL_SOCKET = 1;
const SO_PROTOCOL = 38;

export interface SocketCalls {
  /** An IPPROTO number. */
  protocol(fd: number): number;
  /** The socket's own address, `struct sockaddr`. @returns its length, which may be more than `into` has */
  name(fd: number, into: Uint8Array): number;
  /** @param address `struct sockaddr`, all of it */
  bind(fd: number, address: Uint8Array): number;
  listen(fd: number, backlog: number): number;
}

/** @throws where there is no glibc */
export const linuxSockets = (): SocketCalls => {
  const libc = koffi.load('libc.so.6');
  const getsockopt = libc.func('int getsockopt(int fd, int level, int name, void *into, void *size)');
  const getsockname = libc.func('int getsockname(int fd, void *into, void *size)');
  const bind = libc.func('int bind(int fd, const void *address, uint size)');
  const listen = libc.func('int listen(int fd, int backlog)');

  const result = (value: number): number => (value < 0 ? -koffi.errno() : value);
  const word = new Int32Array(1);
  const size = new Int32Array(1);
  return {
    protocol: (fd) => {
      size[0] = 4;
      return getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, word, size) < 0 ? -koffi.errno() : word[0];
    },
    name: (fd, into) => {
      size[0] = into.length;
      return getsockname(fd, into, size) < 0 ? -koffi.errno() : size[0];
    },
    bind: (fd, address) => result(bind(fd, address, address.length)),
    listen: (fd, backlog) => result(listen(fd, backlog)),
  };
};
