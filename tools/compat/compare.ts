/** Compares a suite bare and guarded, test by test. */
import type { Difference } from '../../shim/doctor/differences.ts';
import { run } from './run.ts';
import type { Outcomes, Part, Suite } from './suite.ts';

/** Bare runs of a part in which something differs: what such runs do not agree on says nothing about the guard. */
const BARE_RUNS = 3;

export interface Result {
  readonly suite: string;
  readonly tests: number;
  /** Tests whose outcome differs from one bare run to the next. */
  readonly unsteady: number;
  /** Tests that differ for a reason that is known. */
  readonly known: number;
  readonly explained: readonly Difference[];
  readonly unexplained: readonly string[];
  readonly bareSeconds: number;
  readonly guardedSeconds: number;
}

const explains = ({ suite, test }: Difference, ofSuite: string, name: string): boolean =>
  ofSuite.startsWith(suite) && test.test(name);

/**
 * Each part runs bare and then guarded, so that what the machine does meanwhile is the same for both.
 * @param guard command that runs another under the policy
 * @param say gets lines about each part
 */
export const compare = (
  suite: Suite,
  parts: readonly Part[],
  source: string,
  guard: readonly string[],
  differences: readonly Difference[],
  say: (line: string) => void,
): Result => {
  const explained = new Set<Difference>();
  const unexplained: string[] = [];
  let [tests, unsteady, known, bareSeconds, guardedSeconds] = [0, 0, 0, 0, 0];
  for (const part of parts) {
    const bare = run(suite, part, source, []);
    const guarded = run(suite, part, source, guard);
    bareSeconds += bare.seconds;
    guardedSeconds += guarded.seconds;
    const names = [...new Set([...bare.outcomes.keys(), ...guarded.outcomes.keys()])];
    tests += names.length;
    const bares: Outcomes[] = [bare.outcomes];
    const differs = (name: string): boolean =>
      bares.every((outcomes) => outcomes.get(name) === bare.outcomes.get(name)) &&
      bare.outcomes.get(name) !== guarded.outcomes.get(name);
    const open = names.filter(differs).filter((name) => {
      const reasons = differences.filter((difference) => explains(difference, suite.name, name));
      for (const reason of reasons) explained.add(reason);
      known += Math.min(1, reasons.length);
      return reasons.length === 0;
    });
    while (bares.length < BARE_RUNS && open.some(differs)) bares.push(run(suite, part, source, []).outcomes);
    const left = open.filter(differs);
    unsteady += open.length - left.length;
    unexplained.push(...left);
    const ratio = (guarded.seconds / bare.seconds).toFixed(2);
    say(
      `  ${left.length === 0 ? '✔' : '✘'} ${part.name}: ${names.length} tests, ${left.length} differ, time × ${ratio}`,
    );
    for (const name of left)
      say(`    ${name}\n      bare:    ${bare.outcomes.get(name)}\n      guarded: ${guarded.outcomes.get(name)}`);
  }
  return {
    suite: suite.name,
    tests,
    unsteady,
    known,
    explained: [...explained],
    unexplained,
    bareSeconds,
    guardedSeconds,
  };
};
