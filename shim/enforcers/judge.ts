/**
 * From questions to one answer: evaluates the batch, takes the strictest decision (semantics, section 1), performs
 * effects, reports what is worth a record. Allocates nothing where every decision is a plain `allow`.
 */
import { combine } from '../../vm/host/combine.ts';
import { DEFAULT_ERRNO, ERRNOS, VERDICT_FLAGS } from '../../vm/spec/index.ts';
import type { Process } from '../workloads/process.ts';
import { ACTION, type Effects } from './effects.ts';
import type { Engine } from './engine.ts';
import type { Questions } from './questions.ts';
import type { Mechanism, Report } from './report.ts';

const EPERM = ERRNOS[DEFAULT_ERRNO];
const NOTABLE = VERDICT_FLAGS.would | VERDICT_FLAGS.matches | VERDICT_FLAGS.assumed | VERDICT_FLAGS.malformed;

/** Whether the last batch's `i`-th verdict is an `allow` that leaves nothing to record. */
export const isPlain = (engine: Engine, i: number): boolean =>
  engine.action(i) === ACTION.allow && (engine.flags(i) & NOTABLE) === 0;

/** What a mechanism can answer. */
export interface Means {
  readonly mechanism: Mechanism;
  /** It has no errno but EPERM. */
  readonly onlyEperm: boolean;
  /** Why an allowed operation may still reach another object than the one that was decided, or null. */
  readonly caveat: string | null;
}

export interface JudgeConfig {
  /** Plain allows are reported too. */
  readonly reportAll: boolean;
  /** Every question is reported as an entry of a trace. */
  readonly trace: boolean;
}

export class Judge {
  /** Of the last `decide`. */
  errno = 0;

  constructor(
    readonly engine: Engine,
    readonly questions: Questions,
    readonly effects: Effects,
    readonly report: (report: Report) => void,
    readonly config: JudgeConfig,
  ) {}

  /**
   * Decides the batch that was written, performs the effects of a refusal, calls `answer` once, and reports.
   * Fails closed: questions that could not be written, or verdicts that are missing, are a denial.
   *
   * @param started when the operation arrived, of `performance.now()`
   * @param answer lets the operation pass or fails it with `errno`
   */
  decide(process: Process, means: Means, started: number, answer: (allow: boolean) => void): boolean {
    const { engine, questions } = this;
    const length = questions.length;
    const count = length < 0 ? 0 : engine.evaluate(length);
    if (count === 0 || count !== questions.count) {
      this.errno = EPERM;
      answer(false);
      this.report({
        type: 'notice',
        text: `an operation of process ${process.pid} was refused: it could not be put into a question`,
      });
      return false;
    }
    let strictest = 0;
    let notable = this.config.reportAll;
    for (let i = 0; i < count; i++) {
      if (engine.action(i) > engine.action(strictest)) strictest = i;
      if (!isPlain(engine, i)) notable = true;
    }
    const action = engine.action(strictest);
    const allow = action <= ACTION.audit;
    this.errno = allow ? 0 : engine.errno(strictest) || EPERM;
    const wanted = this.errno;
    if (means.onlyEperm && !allow) this.errno = EPERM;
    // before the answer: a process that is to be killed must not go on to live with the error
    const weaker = allow ? null : this.effects.apply(action, process.pid);
    answer(allow);
    if (this.config.trace)
      for (let i = 0; i < count; i++)
        this.report({ type: 'entry', entry: 'record', key: 0n, bytes: questions.record(i) });
    if (notable) this.#tell(process, means, started, count, wanted, weaker);
    return allow;
  }

  #tell(process: Process, means: Means, started: number, count: number, wanted: number, weaker: string | null): void {
    const latencyNs = Math.round((performance.now() - started) * 1e6);
    const decisions = [];
    for (let i = 0; i < count; i++) decisions.push(this.engine.decision(i));
    const { decision, question } = combine(decisions);
    let degraded = weaker ?? means.caveat;
    if (wanted !== this.errno) {
      const name = Object.entries(ERRNOS).find(([, number]) => number === wanted)?.[0] ?? wanted;
      degraded = `${means.mechanism} fails operations with EPERM only, not ${name}${degraded ? `; ${degraded}` : ''}`;
    }
    const record = this.questions.record(question);
    this.report({
      type: 'verdict',
      record,
      subject: process.facts,
      decision,
      mechanism: means.mechanism,
      after: false,
      degraded,
      latencyNs,
    });
  }
}
