/**
 * Leaves out records that a rule with `rateLimit` would repeat: the same rules, about the same process (or workload) and the
 * same object, within the time that they say. What is refused is always recorded.
 */
import type { ManifestRule } from '../../vm/bundle/manifest.ts';
import { eventToJson, type Decision, type Event, type PlaneDecision } from '../../vm/event/index.ts';
import { FIELDS, KINDS } from '../../vm/spec/index.ts';

/** Matches that are remembered. Where more come, the oldest is forgotten and would be recorded again. */
const MOST = 16_384;

/** Another time of the same is not another object. */
const NOT_OBJECT: readonly string[] = ['event.time', 'event.truncated', 'event.kind', 'proc.age'];
const OBJECT = new Set(FIELDS.filter((f) => f.of === 'event' && !NOT_OBJECT.includes(f.name)).map(({ id }) => id));
/** The object of an execution is the program. */
const PROGRAM = new Set(FIELDS.filter(({ name }) => name === 'proc.path' || name === 'proc.args').map(({ id }) => id));
const EXEC = KINDS.find(({ name }) => name === 'exec')!.id;

interface Remembered {
  /** Milliseconds. */
  readonly until: number;
  /** Records that were left out since. */
  repeated: number;
}

/** Rules that a plane of a decision has something to say of. */
const ruleNumbers = ({ action, rule, matches }: PlaneDecision): readonly number[] =>
  action === 'allow' ? matches : [...matches, rule];

export class RateLimit {
  /** In the order in which they were recorded. */
  readonly #remembered = new Map<string, Remembered>();
  readonly #limits: readonly ManifestRule['rateLimit'][];

  /**
   * @param rules of the manifest
   * @param now milliseconds of a clock that never goes back
   */
  constructor(
    rules: readonly Pick<ManifestRule, 'rateLimit'>[],
    readonly now: () => number = () => performance.now(),
  ) {
    this.#limits = rules.map((rule) => rule.rateLimit);
  }

  /**
   * @param event with its facts
   * @param subject key of the process
   * @returns how many records like this one were left out since the last; -1: leave this one out, too
   */
  admit({ actual, asIf, assumed }: Decision, event: Event, subject: bigint): number {
    if ((actual.action !== 'allow' && actual.action !== 'audit') || assumed.length > 0) return 0;
    const rules = [...new Set([...ruleNumbers(actual), ...ruleNumbers(asIf)])];
    const limits = rules.map((rule) => this.#limits[rule]);
    if (limits.length === 0 || limits.includes(undefined)) return 0;
    const strict = limits as readonly NonNullable<ManifestRule['rateLimit']>[];
    const whose = strict.some(({ scope }) => scope === 'process') ? subject : 0n;
    const key = JSON.stringify([rules, String(whose), objectOf(event)]);
    const now = this.now();
    const before = this.#remembered.get(key);
    if (before && now < before.until) {
      before.repeated++;
      return -1;
    }
    this.#remembered.delete(key);
    this.#remembered.set(key, { until: now + 1000 * Math.min(...strict.map(({ seconds }) => seconds)), repeated: 0 });
    if (this.#remembered.size > MOST) this.#remembered.delete(this.#remembered.keys().next().value!);
    return before?.repeated ?? 0;
  }
}

const objectOf = (event: Event): object => {
  const of = event.kind === EXEC ? new Set([...OBJECT, ...PROGRAM]) : OBJECT;
  const values = new Map([...event.values].filter(([field]) => of.has(field)));
  return eventToJson({ kind: event.kind, time: undefined, values });
};
