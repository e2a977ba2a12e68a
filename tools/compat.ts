/**
 * `npm run test:compat`: runs ordinary programs' tests bare and guarded, under a policy that asks about everything and
 * allows everything, and compares them test by test. Fails on a difference that `shim/doctor/differences.ts` does not
 * explain, and on one that it explains and that is gone.
 * Usage: node --import tsx tools/compat.ts [--suite NAME]… [--part REGEX] [--write-docs]
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { terminal } from '../bench/report/grid.ts';
import { DIFFERENCES, type Difference } from '../shim/doctor/differences.ts';
import { KIND_MECHANISMS } from '../shim/doctor/mechanisms.ts';
import { compare, type Result } from './compat/compare.ts';
import { sourceOf } from './compat/sources.ts';
import { SUITES } from './compat/suites.ts';
import { summary, withSummary } from './compat/summary.ts';

const LICTOR = join(import.meta.dirname, '..', 'dist', 'lictor.js');
const DOCUMENT = join(import.meta.dirname, '..', 'docs', 'compatibility.md');

const REFUSABLE = [...KIND_MECHANISMS.values()]
  .filter(({ kind, timing }) => kind !== 'syscall' && (timing === 'inline' || timing === 'synchronous'))
  .map(({ kind }) => kind);

/**
 * Asks about every kind that can be refused, and about who does it, so that nothing is decided without the machine. Of
 * system calls by number those that processes begin with: any that is asked can fail with EINTR (docs/limits.md), and
 * suites would end otherwise from run to run if all of them were, fork and getpid included.
 */
const ASKING = `apiVersion: lictor.dev/v1
kind: Policy
metadata: {name: compat}
spec:
  mode: enforce
  rules:
    - name: never
      on: [${REFUSABLE.join(', ')}]
      when: 'proc.name = "nothing is called so"'
      action: deny
    - name: no-call
      on: syscall
      when: 'syscall.name in ("prlimit64", "getrandom", "set_robust_list", "prctl") and proc.name = "nothing is called so"'
      action: deny
`;

const { values: options } = parseArgs({
  options: {
    suite: { type: 'string', multiple: true },
    part: { type: 'string' },
    'write-docs': { type: 'boolean' },
  },
});
const unknown = options.suite?.find((name) => !SUITES.some((suite) => suite.name === name));
if (unknown !== undefined) {
  console.error(`no suite \`${unknown}\`: there are ${SUITES.map(({ name }) => name).join(', ')}`);
  process.exit(64);
}

const policyFolder = mkdtempSync(join(tmpdir(), 'lictor-compat-'));
const policy = join(policyFolder, 'compat.yaml');
writeFileSync(policy, ASKING);
const guard = [process.execPath, LICTOR, 'run', '-p', policy, '--events', '/dev/null', '--'];

let skipped = 0;
const seen = new Set<Difference>();
const results: Result[] = [];
for (const suite of SUITES.filter(({ name }) => options.suite === undefined || options.suite.includes(name))) {
  const lacks = suite.needs.filter(([path]) => !existsSync(path)).map(([, debian]) => debian);
  try {
    if (lacks.length > 0) throw new Error(`needs the Debian package ${lacks.join(', ')}`);
    const source = suite.source ? sourceOf(suite.source) : '';
    const parts = suite.parts(source).filter(({ name }) => new RegExp(options.part ?? '').test(name));
    console.log(`- ${suite.name}`);
    const result = compare(suite, parts, source, guard, DIFFERENCES, console.log);
    for (const difference of result.explained) seen.add(difference);
    results.push(result);
  } catch (error) {
    console.log(`- ${suite.name}: left out, ${(error as Error).message}`);
    skipped++;
  }
}
rmSync(policyFolder, { recursive: true });

console.log(`\n${terminal(summary(results))}\n`);
if (options['write-docs']) writeFileSync(DOCUMENT, withSummary(readFileSync(DOCUMENT, 'utf8'), results));

const ran = new Set(results.map(({ suite }) => suite));
const gone = DIFFERENCES.filter(
  (difference) => options.part === undefined && ran.has(difference.suite) && !seen.has(difference),
);
for (const { suite, test } of gone)
  console.log(`✘ ${suite}: ${test.source} differs no longer: take it out of the list`);
const total = (count: (result: Result) => number): number => results.reduce((sum, result) => sum + count(result), 0);
const failed = gone.length + total(({ unexplained }) => unexplained.length);
console.log(
  `${total(({ tests, unexplained }) => tests - unexplained.length)} passed, ${failed} failed, ${skipped} skipped`,
);
process.exit(failed > 0 ? 1 : 0);
