/**
 * The processes of a workload: from threads to processes, and their facts, kept in the VM by key.
 *
 * INVARIANT: facts in the VM are those of the program that runs. An exec makes a process stale; before its next
 * question its facts are read anew.
 */
import { QuestionWriter } from '../../vm/event/generated/question-writer.ts';
import type { Event } from '../../vm/event/index.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { NS_A_TICK, startTicks, subjectPid } from '../sensors/index.ts';
import { identityOfEvent, imageOfEvent } from './exec-event.ts';
import { NOTHING, PROCESS_SLOTS, writeProcess, type Process, type Text } from './process.ts';
import { isThreadOf, processOf, readIdentity, readImage, readKey } from './proc-files.ts';

const FACTS_BYTES = 65536;

/** Where facts go: the VM, a trace. */
export interface FactsTarget {
  putSubject(key: bigint, facts: Uint8Array): void;
  dropSubject(key: bigint): void;
}

const named = (key: bigint): Pick<Process, 'pid' | 'key' | 'keyLow' | 'keyHigh'> => ({
  pid: subjectPid(key),
  key,
  keyLow: Number(BigInt.asUintN(32, key)),
  keyHigh: Number(key >> 32n),
});

const same = (a: Text, b: Text): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

export class Processes {
  readonly #byPid = new Map<number, Process>();
  readonly #byThread = new Map<number, Process>();
  readonly #room = new Uint8Array(FACTS_BYTES);
  readonly #writer = new QuestionWriter(this.#room);

  /**
   * @param init PID 1 of the workload: the last ancestor that is looked at
   * @param users names by user id
   * @param environment somebody asks for environments
   */
  constructor(
    readonly kernel: Kernel,
    readonly target: FactsTarget,
    readonly init: number,
    readonly users: ReadonlyMap<number, Text>,
    readonly environment = false,
  ) {}

  /**
   * The process of a thread.
   * @param fresh its facts are brought up to date; false while it is in an exec
   * @param same the thread is known to be the one that was asked for before
   * @returns null when the thread is gone
   */
  ofThread(tid: number, fresh: boolean, same = false): Process | null {
    let process = this.#byThread.get(tid) ?? null;
    // a thread's id is used again without a word; a process's is not, its exit was seen
    if (process && process.pid !== tid && !same && !isThreadOf(this.kernel, process.pid, tid)) process = null;
    if (!process) {
      const pid = processOf(this.kernel, tid);
      process = pid === 0 ? null : this.#of(pid);
      if (process) this.#byThread.set(tid, process);
    }
    return process && fresh ? this.fresh(process) : process;
  }

  /** The process of a record; null when nothing is known of it any more. */
  ofKey(key: bigint): Process | null {
    const process = this.#of(subjectPid(key));
    return process?.key === key ? process : null;
  }

  /** Whether a process is one of the workload's, as far as it was seen. */
  knows(pid: number): boolean {
    return this.#byPid.has(pid);
  }

  /** A sensor saw a fork: the child runs its parent's program. */
  forked(parentKey: bigint, childKey: bigint): void {
    const pid = subjectPid(childKey);
    const parent = this.ofKey(parentKey);
    if (!parent || this.#byPid.get(pid)?.key === childKey) return;
    this.drop(pid);
    // its number in its own namespace is another one, and read where a rule asks for it
    const identity = { ...parent.identity, ppid: parent.pid, vpid: 0, groupLeader: false };
    this.#add({
      ...named(childKey),
      image: parent.image,
      identity,
      parent,
      stale: false,
      next: null,
      execs: new Map(),
      facts: NOTHING,
    });
  }

  /** A sensor saw that an exec came about. */
  executed(key: bigint, event: Event): void {
    const process = this.ofKey(key);
    if (!process) return;
    const seen = imageOfEvent(event);
    const { next } = process;
    const asked = next !== null && same(next.path, seen.path) ? next : null;
    // the kernel's file name of a script is its interpreter's; what was written is known from the start of the exec
    const invoked = next !== null && next.invoked.length > 0 ? next.invoked : seen.invoked;
    process.image = { ...seen, invoked, script: asked?.script ?? NOTHING };
    // as the mount shows it, which the sensor does not know
    if (asked) process.image = { ...process.image, owner: asked.owner, mode: asked.mode };
    process.identity = identityOfEvent(event, process.identity, this.users);
    process.stale = false;
    process.next = null;
    process.execs.clear();
    this.#put(process);
  }

  /** It ended: its id may be given to another one. */
  drop(pid: number): void {
    const process = this.#byPid.get(pid);
    if (!process) return;
    this.#byPid.delete(pid);
    for (const [tid, owner] of this.#byThread) if (owner === process) this.#byThread.delete(tid);
    this.target.dropSubject(process.key);
  }

  /**
   * Records of forks, execs and exits may have been lost: what is known is held against the kernel. A process that is gone,
   * or whose id another one has by now, is dropped; of the others the program is read anew before the next question.
   */
  doubt(): void {
    for (const process of [...this.#byPid.values()])
      if (readKey(this.kernel, process.pid) === process.key) process.stale = true;
      else this.drop(process.pid);
  }

  /** Reads facts anew where the process may run another program by now. */
  fresh(process: Process): Process {
    if (!process.stale) return process;
    process.stale = false;
    const image = readImage(this.kernel, process.pid, this.environment);
    const { next } = process;
    process.next = null;
    // an exec that failed leaves the old program: then what it was invoked as stays
    if (next && same(next.path, image.path))
      process.image = { ...image, invoked: next.invoked, script: next.script, upper: next.upper };
    else if (same(process.image.path, image.path)) process.image = { ...process.image, args: image.args };
    else process.image = image;
    process.identity = readIdentity(this.kernel, process.pid, this.users) ?? process.identity;
    this.#put(process);
    return process;
  }

  /** Nanoseconds since a process was made, at most a tick (10 ms) too many. */
  age(process: Process): number {
    return Math.max(0, this.kernel.bootTime() - startTicks(process.keyLow, process.keyHigh) * NS_A_TICK);
  }

  /** User and group ids, directory, capabilities change without an exec: read them anew. */
  refreshIdentity(process: Process): void {
    const identity = readIdentity(this.kernel, process.pid, this.users);
    if (!identity) return;
    process.identity = { ...identity, ppid: process.identity.ppid };
    this.#put(process);
  }

  #of(pid: number): Process | null {
    const known = this.#byPid.get(pid);
    if (known) return known;
    const identity = readIdentity(this.kernel, pid, this.users);
    if (!identity) return null;
    const parent = pid === this.init ? null : this.#of(identity.ppid);
    const image = readImage(this.kernel, pid, this.environment);
    const inherited = parent !== null && same(parent.image.path, image.path);
    const key = readKey(this.kernel, pid);
    if (key === null) return null;
    return this.#add({
      ...named(key),
      image: inherited ? { ...parent.image, args: image.args, argsCut: image.argsCut } : image,
      identity,
      parent,
      stale: false,
      next: null,
      execs: new Map(),
      facts: NOTHING,
    });
  }

  #add(process: Process): Process {
    this.#byPid.set(process.pid, process);
    this.#byThread.set(process.pid, process);
    this.#put(process);
    return process;
  }

  #put(process: Process): void {
    const writer = this.#writer;
    writer.target(this.#room);
    writer.begin(0, PROCESS_SLOTS);
    writer.subject(process.keyLow, process.keyHigh);
    writeProcess(writer, process, process.image);
    const size = writer.end();
    if (size < 0) throw new Error('BUG: facts of a process are larger than a record');
    process.facts = this.#room.slice(0, size);
    this.target.putSubject(process.key, process.facts);
  }
}
