/**
 * `npm run test:compat`: runs ordinary programs' tests bare and guarded, under a policy that asks about everything and
 * allows everything, and compares them test by test. Fails on a difference that `shim/doctor/differences.ts` does not
 * explain, and on one that it explains and that is gone.
 * Usage: node --import tsx tools/compat.ts [--suite NAME]…
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DIFFERENCES, type Difference } from '../shim/doctor/differences.ts';
import { KIND_MECHANISMS } from '../shim/doctor/mechanisms.ts';
import type { Outcomes, Suite } from './compat/suite.ts';
import { SUITES } from './compat/suites.ts';

const LICTOR = join(import.meta.dirname, '..', 'dist', 'lictor.js');
const MINUTES = 20;

/** Asks about every kind that can be refused, and about who does it, so that nothing is decided without the machine. */
const ASKING = `apiVersion: lictor.dev/v1
kind: Policy
metadata: {name: compat}
spec:
  mode: enforce
  rules:
    - name: never
      on: [${[...KIND_MECHANISMS.values()].flatMap(({ kind, timing }) => (timing === 'inline' || timing === 'synchronous' ? [kind] : [])).join(', ')}]
      when: 'proc.name = "nothing is called so"'
      action: deny
`;

const { values: options } = parseArgs({ options: { suite: { type: 'string', multiple: true } } });
const unknown = options.suite?.find((name) => !SUITES.some((suite) => suite.name === name));
if (unknown !== undefined) {
  console.error(`no suite \`${unknown}\`: there are ${SUITES.map(({ name }) => name).join(', ')}`);
  process.exit(64);
}

interface Ran {
  readonly outcomes: Outcomes;
  readonly seconds: number;
}

/** Runs a suite in a folder of its own, under `before` the shell. */
const run = ({ script, outcomes }: Suite, before: readonly string[]): Ran => {
  const folder = mkdtempSync(join(tmpdir(), 'lictor-compat-'));
  const started = performance.now();
  try {
    chmodSync(folder, 0o777);
    const [program, ...args] = [...before, '/bin/sh', '-c', script];
    const { stdout, stderr } = spawnSync(program, args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: MINUTES * 60_000,
      maxBuffer: 1 << 28,
      env: { ...process.env, LC_ALL: 'C.UTF-8', PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' },
    });
    if (process.env.COMPAT_OUTPUT) console.log(stdout, stderr);
    // what a folder is called differs from run to run
    const text = (value: string): string => value.replaceAll(folder, 'FOLDER');
    const found = [...outcomes(folder, stdout)].map(([name, outcome]) => [name, text(outcome)] as const);
    return { outcomes: new Map(found), seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    return { outcomes: new Map([['the suite', (error as Error).message]]), seconds: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const explains = ({ suite, test }: Difference, ofSuite: string, name: string): boolean =>
  ofSuite.startsWith(suite) && test.test(name);

const policyFolder = mkdtempSync(join(tmpdir(), 'lictor-compat-'));
const policy = join(policyFolder, 'compat.yaml');
writeFileSync(policy, ASKING);
const guard = [process.execPath, LICTOR, 'run', '-p', policy, '--events', '/dev/null', '--'];

let passed = 0;
let failed = 0;
let skipped = 0;
const seen = new Set<Difference>();
const chosen = SUITES.filter(({ name }) => options.suite === undefined || options.suite.includes(name));
for (const suite of chosen) {
  const lacks = suite.needs.filter(([path]) => !existsSync(path)).map(([, debian]) => debian);
  if (lacks.length > 0) {
    console.log(`- ${suite.name}: left out, needs the Debian package ${lacks.join(', ')}`);
    skipped++;
    continue;
  }
  const bare = run(suite, []);
  const guarded = run(suite, guard);
  const names = [...new Set([...bare.outcomes.keys(), ...guarded.outcomes.keys()])];
  const different = names.filter((name) => bare.outcomes.get(name) !== guarded.outcomes.get(name));
  const unexplained = different.filter((name) => {
    const found = DIFFERENCES.filter((difference) => explains(difference, suite.name, name));
    for (const difference of found) seen.add(difference);
    return found.length === 0;
  });
  passed += names.length - unexplained.length;
  failed += unexplained.length;
  const ratio = (guarded.seconds / bare.seconds).toFixed(2);
  console.log(
    `${unexplained.length === 0 ? '✔' : '✘'} ${suite.name}: ${names.length} tests, ${different.length} differ, ` +
      `${unexplained.length} of them unexplained; time × ${ratio}`,
  );
  for (const name of unexplained)
    console.log(`  ${name}\n    bare:    ${bare.outcomes.get(name)}\n    guarded: ${guarded.outcomes.get(name)}`);
}
rmSync(policyFolder, { recursive: true });

const ran = new Set(chosen.map(({ name }) => name));
const gone = DIFFERENCES.filter((difference) => ran.has(difference.suite) && !seen.has(difference));
for (const { suite, test } of gone)
  console.log(`✘ ${suite}: ${test.source} differs no longer: take it out of the list`);
failed += gone.length;
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 ? 1 : 0);
