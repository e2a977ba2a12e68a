/**
 * Follows the symlinks in paths that the kernel side could only join (flag `lexical`), in place: such a path has room
 * for the longest one. The operation is over by then, so this is what the path means now; where its folder is gone,
 * the path stays as it was written, without `.`, `..` and doubled slashes, and the record stays `lexical`.
 */
import { closeSync, openSync, readlinkSync } from 'node:fs';
import koffi from 'koffi';
import { FIELDS } from '../../vm/spec/fields.ts';
import { LIMITS } from '../../vm/spec/limits.ts';
import { RECORD, RECORD_FLAGS, RING, SLOT } from '../../vm/spec/record.ts';

const OPENAT2 = 437;
const EXDEV = 18;
const O_DIRECTORY = 0o200000;
const O_PATH_CLOEXEC = 0o12000000;
const RESOLVE_IN_ROOT = 0x10n;
/** `/proc/self` leads here when we follow it: that is not where it led the workload. */
const OWN = `/proc/${process.pid}`;
const ROOM = LIMITS.pathBytes.value;

const fieldId = (name: string): number => FIELDS.find((field) => field.name === name)!.id;
const PATH = fieldId('file.path');
const OTHER = fieldId('file.other_path');
const SIDE = fieldId('file.side');

/** struct open_how: flags, mode, resolve. */
const how = (flags: number): BigUint64Array => new BigUint64Array([BigInt(flags), 0n, RESOLVE_IN_ROOT]);
const HOW = { folder: how(O_PATH_CLOEXEC | O_DIRECTORY), object: how(O_PATH_CLOEXEC) } as const;

const bind = () => koffi.load('libc.so.6').func('syscall', 'long', ['long', 'int', 'void *', 'void *', 'size_t']);
let bound: ReturnType<typeof bind> | null = null;

/** `a//b/./c/..` → `/a/b`; latin1 text, so that bytes stay bytes. */
export const normalPath = (path: string): string => {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
};

/** Resolves paths below one root. Opens with O_PATH only, which raises no event: a thread that answers fanotify may. */
export class PathSettler {
  readonly #root: number;
  readonly #prefix: string;

  /** @param root folder that is `/` for the workload, such as `/proc/PID/root` of its first process */
  constructor(root = '/') {
    this.#root = openSync(root, O_PATH_CLOEXEC | O_DIRECTORY);
    const at = this.#pathOf(this.#root);
    this.#prefix = at === '/' ? '' : at;
  }

  /**
   * @param span whole records with ring headers, as `Ring.drain` copies them; changed in place
   * @returns how many records stay lexical
   */
  settle(span: Uint8Array): number {
    const view = new DataView(span.buffer, span.byteOffset, span.byteLength);
    let left = 0;
    for (let at = 0; at < span.length;) {
      const length = view.getUint32(at, true) & ~(RING.busy | RING.discard);
      const start = at + RING.header;
      if ((view.getUint32(start + RECORD.flags, true) & RECORD_FLAGS.lexical) !== 0 && !this.#record(span, view, start))
        left++;
      at = start + ((length + RING.align - 1) & -RING.align);
    }
    return left;
  }

  close(): void {
    closeSync(this.#root);
  }

  /**
   * @param path absolute, one char a byte
   * @returns the path of what is there, symlinks followed; or a negative errno: -EXDEV where a link of /proc that is no
   *   path would have to be followed, or where it leads to us
   */
  follow(path: string): string | number {
    return this.#open(path, HOW.object);
  }

  /** @returns the path of an open object as the workload names it, null outside of its root */
  pathOf(fd: number): string | null {
    return this.#below(this.#pathOf(fd));
  }

  #record(span: Uint8Array, view: DataView, start: number): boolean {
    const flags = view.getUint32(start + RECORD.flags, true);
    const follow = (flags & RECORD_FLAGS.follow) !== 0;
    const slots = view.getUint16(start + RECORD.slots, true);
    const slotOf = (field: number): number => {
      for (let i = 0; i < slots; i++) {
        const slot = start + RECORD.header + i * RECORD.slot;
        if (view.getUint16(slot + SLOT.field, true) === field) return slot;
      }
      return -1;
    };
    const textOf = (slot: number): Buffer =>
      Buffer.from(
        span.buffer,
        span.byteOffset + start + view.getUint32(slot + SLOT.value, true),
        view.getUint32(slot + SLOT.length, true),
      );
    const [path, other, side] = [slotOf(PATH), slotOf(OTHER), slotOf(SIDE)];
    const target = side >= 0 && textOf(side).toString('latin1') === 'target';
    let settled = true;
    // Only the source of a link can be followed, never a target.
    for (const [slot, followed] of [
      [path, follow && !target],
      [other, follow && target],
    ] as const) {
      if (slot < 0) continue;
      const written = textOf(slot).toString('latin1');
      const resolved = this.#resolve(written, followed);
      const text = resolved ?? normalPath(written);
      settled &&= resolved !== null && text.length <= ROOM;
      if (text.length > ROOM) continue;
      const from = start + view.getUint32(slot + SLOT.value, true);
      span.fill(0, from + text.length, from + ROOM);
      span.set(Buffer.from(text, 'latin1'), from);
      view.setUint32(slot + SLOT.length, text.length, true);
    }
    if (settled) view.setUint32(start + RECORD.flags, flags & ~(RECORD_FLAGS.lexical | RECORD_FLAGS.follow), true);
    return settled;
  }

  /** @returns the path without symlinks, its last name kept unless `followed`; null where that is not there any more */
  #resolve(path: string, followed: boolean): string | null {
    const trimmed = path.replace(/\/+$/, '');
    const cut = trimmed.lastIndexOf('/');
    const name = trimmed.slice(cut + 1);
    const whole = followed || trimmed === '' || name === '.' || name === '..';
    const found = whole ? this.#open(path, HOW.object) : this.#open(trimmed.slice(0, cut) || '/', HOW.folder);
    if (typeof found === 'number') return null;
    return whole ? found : `${found === '/' ? '' : found}/${name}`;
  }

  #open(path: string, how: BigUint64Array): string | number {
    const call = (bound ??= bind());
    const fd = Number(call(OPENAT2, this.#root, Buffer.from(`${path}\0`, 'latin1'), how, how.byteLength));
    if (fd < 0) return -koffi.errno();
    try {
      return this.pathOf(fd) ?? -EXDEV;
    } finally {
      closeSync(fd);
    }
  }

  /** @returns the path as the workload names it; null outside its root, and where `self` was taken for us */
  #below(path: string): string | null {
    if (path === this.#prefix || path === '/') return '/';
    if (!path.startsWith(`${this.#prefix}/`)) return null;
    const below = path.slice(this.#prefix.length);
    return below === OWN || below.startsWith(`${OWN}/`) ? null : below;
  }

  #pathOf(fd: number): string {
    return readlinkSync(`/proc/self/fd/${fd}`, { encoding: 'buffer' }).toString('latin1');
  }
}
