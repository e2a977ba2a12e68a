/**
 * Decisions that the kernel keeps. Where the bundle's cover says that every open of a directory and of what stands in it is
 * a plain allow, whoever asks, the directory gets an ignore mark, and nobody is asked any more.
 *
 * INVARIANT (sound): no mark stands while a directory may be on its way to another path. The workload's own renames are
 * heard before they begin; marks are taken away then, and none is made until they are over. Renames by others are heard
 * after they happened, and take all marks away (docs/limits.md).
 */
import { QuestionWriter } from '../../../vm/event/generated/question-writer.ts';
import { RECORD_FLAGS } from '../../../vm/spec/index.ts';
import { STAT, type Kernel } from '../../kernel/kernel.ts';
import type { Marks } from '../../kernel/marks.ts';
import type { Engine } from '../engine.ts';
import { isPlain } from '../judge.ts';
import { KIND, type FileObject } from '../questions.ts';
import { Judged } from './judged.ts';
import { Mounts } from './mounts.ts';
import { Renaming } from './renaming.ts';

const SLASH = 0x2f;
const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;
const PATH_BYTES = 4096;
/** Bytes of a name, with its slash: with a directory that leaves less room a path in it could be too long to be decided. */
const NAME_BYTES = 256;
/** One question a kind, each with a path. */
const AREA = 1 << 14;
/** Marks at once: each is memory of the kernel. Beyond it all go, and what is opened then is marked anew. */
export const MOST_MARKS = 1 << 15;
/** struct fanotify_event_metadata: length u32, …, mask u64 at 8. */
const NOTICE_MASK = 8;
const FAN_ONDIR = 0x40000000;
const FAN_Q_OVERFLOW = 0x4000;

export interface CacheOptions {
  readonly kernel: Kernel;
  readonly marks: Marks;
  /** The fanotify group that asks. */
  readonly group: number;
  /** The group that hears of renames; read by `drain`. */
  readonly notices: number;
  /** The cover, with the facts of the workload. */
  readonly cover: Engine;
  /** Key of the workload's facts. */
  readonly workload: number;
  /** The workload's root, opened with `Marks.openRoot`. */
  readonly root: number;
}

export class DirectoryCache {
  readonly #options: CacheOptions;
  readonly #writer = new QuestionWriter(new Uint8Array(0));
  readonly #judged = new Judged();
  readonly #renaming: Renaming;
  readonly #mounts: Mounts;
  /** Devices whose renames are heard of; false: they cannot be. */
  readonly #heard = new Map<string, boolean>();
  readonly #path = new Uint8Array(PATH_BYTES + 1);
  readonly #notices = new Uint8Array(4096);
  #marked = 0;
  #ended = false;

  /** @param mountinfo of the workload, one char a byte */
  constructor(options: CacheOptions, mountinfo: string) {
    this.#options = options;
    this.#renaming = new Renaming(options.kernel);
    this.#mounts = new Mounts(mountinfo);
  }

  /** Directories that are marked now, those that the kernel let go included. */
  get marked(): number {
    return this.#marked;
  }

  /**
   * Judges the directory of an object that is opened, or the object itself where it is one; each directory once, since
   * nobody asks again about one that was marked.
   * @returns whether the open is a plain allow, whoever asks and for whatever; false: it has to be decided
   */
  covers({ path, length, status }: FileObject): boolean {
    const isDirectory = (status.getUint32(STAT.mode, true) & S_IFMT) === S_IFDIR;
    if (isDirectory && this.#judge(path, length)) return true;
    let end = length - 1;
    while (end > 0 && path[end] !== SLASH) end--;
    return path[end] === SLASH && this.#judge(path, end === 0 ? 1 : end);
  }

  #judge(path: Uint8Array, length: number): boolean {
    if (this.#ended || length + NAME_BYTES > PATH_BYTES || this.#renaming.any || this.#judged.note(path, length))
      return false;
    if (!this.#isCovered(path, length)) return false;
    this.#mark(path.slice(0, length));
    return true;
  }

  /** A thread is about to rename something: nothing is known any more until it has. */
  renames(tid: number): void {
    this.#forget();
    this.#renaming.begins(tid);
  }

  /** From here on every open asks: what somebody opens has another meaning than the cover knows of. */
  end(): void {
    this.#forget();
    this.#ended = true;
  }

  /** Hears of renames that happened. */
  drain(): void {
    const view = new DataView(this.#notices.buffer);
    for (;;) {
      const size = this.#options.kernel.read(this.#options.notices, this.#notices);
      if (size <= 0) return;
      for (let at = 0; at + 24 <= size; at += view.getUint32(at, true)) {
        const mask = view.getUint32(at + NOTICE_MASK, true);
        if ((mask & (FAN_ONDIR | FAN_Q_OVERFLOW)) !== 0) this.#forget();
      }
    }
  }

  /** Whether the cover plainly allows the directory, for both kinds. */
  #isCovered(path: Uint8Array, length: number): boolean {
    const { cover, workload } = this.#options;
    const writer = this.#writer;
    writer.target(cover.input(AREA));
    for (const kind of [KIND['file.read'], KIND['file.write']]) {
      writer.begin(kind, 1);
      writer.workload(workload, 0);
      writer.recordFlags(RECORD_FLAGS.synchronous);
      writer.filePath(path, 0, length);
      if (writer.end() < 0) return false;
    }
    return cover.evaluate(writer.position) === 2 && isPlain(cover, 0) && isPlain(cover, 1);
  }

  #mark(path: Uint8Array): void {
    const { kernel, marks, group, root } = this.#options;
    const fd = marks.openDirectory(root, path);
    if (fd < 0) return;
    if (this.#hears(fd, path)) {
      if (this.#marked >= MOST_MARKS) this.#forget();
      if (marks.ignoreOpens(group, fd) >= 0) this.#marked++;
      // a rename from here on is heard; one that was before shows in the path, and so does a link that led here
      if (!this.#isHere(fd, path)) this.#forget();
    }
    kernel.close(fd);
  }

  /** Whether the directory has this path now. */
  #isHere(fd: number, path: Uint8Array): boolean {
    const length = this.#options.kernel.pathOf(fd, this.#path);
    return length === path.length && path.every((byte, i) => byte === this.#path[i]);
  }

  /** Whether the directory has one path only, and a rename of it or of one around it would be heard of. */
  #hears(fd: number, path: Uint8Array): boolean {
    const { marks, notices } = this.#options;
    const device = this.#mounts.soleDevice(marks.mountOf(fd), Buffer.from(path).toString('latin1'));
    if (device === null) return false;
    let heard = this.#heard.get(device);
    if (heard === undefined) this.#heard.set(device, (heard = marks.watchRenames(notices, fd) >= 0));
    return heard;
  }

  #forget(): void {
    const { marks, group } = this.#options;
    if (this.#marked > 0) marks.forget(group);
    this.#marked = 0;
    this.#judged.clear();
  }
}
