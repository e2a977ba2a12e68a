/**
 * Decides system calls that rules of kind `syscall` are about, by number and registers, before anything else is asked
 * about them. Registers cannot be changed while the call waits; strings behind pointers can.
 */
import type { Processes } from '../workloads/processes.ts';
import { descriptorType, typeName } from '../workloads/descriptor-types.ts';
import { NOTHING, type Process, type Text } from '../workloads/process.ts';
import { stringArguments, syscallName, takesDescriptor } from '../sensors/index.ts';
import type { GuardConfig } from './config.ts';
import { ALLOW, NOTIFY } from './filter/checks.ts';
import { leavesFor } from './filter/index.ts';
import { actionFor, type Node } from './filter/graph.ts';
import type { Judge, Means } from './judge.ts';
import type { Notifications } from './notifications.ts';
import type { Questions } from './questions.ts';
import { NR } from './syscalls.ts';
import type { TextReader } from './text-reader.ts';

const EPERM = 1;
const NONE: readonly number[] = [];
const REGISTERS: Means = { mechanism: 'seccomp', onlyEperm: false, caveat: null };
const STRINGS: Means = {
  ...REGISTERS,
  caveat: 'strings of a system call are read before the kernel reads them: another thread can exchange them',
};
const SEEN_BEFORE = 'what a descriptor refers to is seen before the call looks it up: another thread can exchange it';
const DESCRIPTOR: Means = { ...REGISTERS, caveat: SEEN_BEFORE };
const BOTH: Means = { ...REGISTERS, caveat: `${STRINGS.caveat}; ${SEEN_BEFORE}` };
const NOT_REFUSED: Means = {
  ...REGISTERS,
  caveat: 'this call is never refused: a program that cannot end, or return from a signal handler, would go astray',
};
/** Calls that have no way to fail. */
const WITHOUT_FAILURE: readonly number[] = [NR.rtSigreturn, NR.exit, NR.exitGroup];

export class SystemCalls {
  readonly #asked = new Uint8Array(512);
  readonly #names: readonly Uint8Array[];
  /** What becomes of a call that no rule is about, by number. */
  readonly #leaves: readonly Node[];
  /** Rules read strings behind pointers. */
  readonly #strings: boolean;
  /** 1 for calls whose argument 0 is a descriptor, where rules read what it refers to; by number. */
  readonly #takes: Uint8Array;
  readonly #first: number;
  /** Path of the launcher: what runs under it is not the workload yet. Empty: the workload runs. */
  #launcher: Uint8Array;

  /**
   * @param config `syscalls`: numbers of the calls that rules are about; `first`: the process that executes the command
   */
  constructor(
    readonly notifications: Notifications,
    readonly processes: Processes,
    readonly questions: Questions,
    readonly judge: Judge,
    readonly reader: TextReader,
    config: Pick<GuardConfig, 'syscalls' | 'needs' | 'first'>,
  ) {
    for (const nr of config.syscalls) this.#asked[nr] = 1;
    this.#leaves = leavesFor(config.needs);
    this.#names = this.#leaves.map((_, nr) => Buffer.from(syscallName(nr) ?? ''));
    this.#strings = config.needs.strings;
    const takes = (nr: number): boolean => config.needs.descriptor && takesDescriptor(syscallName(nr) ?? '');
    this.#takes = Uint8Array.from(this.#leaves, (_, nr) => (takes(nr) ? 1 : 0));
    this.#first = config.first;
    this.#launcher = processes.ofThread(config.first, true)?.image.path ?? new Uint8Array(0);
  }

  /**
   * Asks about the call that waits, if rules are about it.
   * @returns whether it was answered; if not, it waits for a question of another kind
   */
  answered(started: number): boolean {
    const calls = this.notifications;
    const nr = calls.number;
    if (this.#asked[nr] === 0) return false;
    const process = this.processes.ofThread(calls.tid, true);
    if (!process) {
      calls.refuse(EPERM);
      return true;
    }
    if (!this.#isLauncher(process)) {
      this.questions.start();
      const means = this.#write(process, nr);
      if (!calls.valid) return true;
      const forced = WITHOUT_FAILURE.includes(nr);
      const passes = this.judge.decide(process, forced ? NOT_REFUSED : means, started, (allow) => {
        if (!allow && !forced) calls.refuse(this.judge.errno);
      });
      if (!passes && !forced) return true;
    }
    return this.#goesOn(nr);
  }

  /** What the filter would have said without rules. */
  #goesOn(nr: number): boolean {
    const calls = this.notifications;
    const action = actionFor(this.#leaves[nr], calls);
    if (action === NOTIFY.action) return false;
    if (action === ALLOW.action) calls.continue();
    else calls.refuse(action & 0xffff);
    return true;
  }

  /** The command waits under the launcher's program, which drops privileges and executes it. */
  #isLauncher(process: Process): boolean {
    if (this.#launcher.length === 0) return false;
    const same = process.pid === this.#first && Buffer.compare(process.image.path, this.#launcher) === 0;
    if (!same) this.#launcher = new Uint8Array(0);
    return same;
  }

  #write(process: Process, nr: number): Means {
    const texts = this.#strings ? stringArguments(nr) : NONE;
    const descriptor = this.#takes[nr] === 1 ? this.#descriptor(process) : NOTHING;
    this.questions.syscall(process, nr, this.#names[nr], this.notifications, texts, this.reader, descriptor);
    if (this.#takes[nr] === 1) return texts.length > 0 ? BOTH : DESCRIPTOR;
    return texts.length > 0 ? STRINGS : REGISTERS;
  }

  /** What argument 0 refers to, in words; empty where nothing is open. */
  #descriptor(process: Process): Text {
    const { kernel, tid } = this.notifications;
    return typeName(descriptorType(kernel, process.pid, tid, this.notifications.low(0) | 0));
  }
}
