/** What the path of a unix socket names for the thread that gave it: absolute, symlinks followed. */
import { ERRNO, type Kernel } from '../kernel/kernel.ts';
import { normalPath, type PathSettler } from '../sensors/index.ts';

/** Links of /proc into what a process has open: they lead on where no path does. */
const OWN_LINK = /^\/proc\/(?:thread-)?self\/(cwd|root|fd\/\d+)(?=\/|$)/;
const LINK_BYTES = 4096;

export interface NamedSocket {
  readonly path: string;
  /** 0, or what a call with this path fails with: then it names nothing, and `path` is what was written. */
  readonly errno: number;
}

export class SocketPaths {
  readonly #link = new Uint8Array(LINK_BYTES);

  constructor(
    readonly kernel: Kernel,
    readonly settler: Pick<PathSettler, 'follow' | 'pathOf'>,
  ) {}

  /**
   * @param written one char a byte
   * @param exists false: the last name is about to be made
   */
  resolve(tid: number, written: string, exists: boolean): NamedSocket {
    const absolute = this.#absolute(tid, written);
    const cut = absolute.lastIndexOf('/');
    const name = absolute.slice(cut + 1);
    const found = this.settler.follow(exists ? absolute : absolute.slice(0, cut) || '/');
    if (typeof found === 'string') return { path: exists ? found : `${found === '/' ? '' : found}/${name}`, errno: 0 };
    // behind a link of another process: nobody here can say where that leads
    return { path: normalPath(absolute), errno: found === -ERRNO.EXDEV ? ERRNO.EACCES : -found };
  }

  /**
   * @param fd own duplicate of a socket
   * @param name that it was bound to
   * @returns where its file lies; the name itself where it has none
   */
  bound(fd: number, name: string): string {
    const file = this.kernel.sockets.file(fd);
    if (file < 0) return name;
    const path = this.settler.pathOf(file);
    this.kernel.close(file);
    return path ?? name;
  }

  #absolute(tid: number, written: string): string {
    if (!written.startsWith('/')) return `${this.#linkOf(tid, 'cwd')}/${written}`;
    const own = OWN_LINK.exec(written);
    return own ? `${this.#linkOf(tid, own[1])}${written.slice(own[0].length)}` : written;
  }

  #linkOf(tid: number, name: string): string {
    const size = this.kernel.procLink(tid, name, this.#link);
    return Buffer.from(this.#link.buffer, 0, Math.max(0, size)).toString('latin1');
  }
}
