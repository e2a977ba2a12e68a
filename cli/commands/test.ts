/** `lictor test`: the policy tests beside policies. */
import { compile, type Kept } from '../../compiler/index.ts';
import { positionOf } from '../../compiler/diagnostics/index.ts';
import { defineCommand, type Invocation } from '../command.ts';
import { Exit, Stop } from '../exit.ts';
import { COMPILE_OPTIONS, compileWith, POLICY_OPERANDS } from '../input/compile.ts';
import { watching } from '../input/watch.ts';
import { human } from '../output/diagnostics.ts';
import { note } from '../output/io.ts';
import { quantity } from '../output/text.ts';
import { coverageTable, results } from '../testing/human.ts';
import { junit } from '../testing/junit.ts';
import { passed, percentage, runTests, type CaseResult, type TestRun } from '../testing/run.ts';

const OPTIONS = {
  coverage: { type: 'flag', doc: 'say which rules no case hits' },
  threshold: { type: 'number', value: 'PERCENT', min: 0, max: 100, doc: 'with --coverage: less is a failure' },
  watch: { type: 'flag', doc: 'run again when a file changes, until interrupted' },
  ...COMPILE_OPTIONS,
} as const;

type Request = Invocation<typeof OPTIONS>;

function ndjson({ cases, coverage }: TestRun, withCoverage: boolean, place: (result: CaseResult) => string): string {
  const lines: object[] = cases.map((one) => ({
    type: 'case',
    suite: one.suite,
    policy: one.policy,
    name: one.name,
    place: place(one),
    passed: passed(one),
    error: one.error,
    mismatches: one.mismatches,
  }));
  if (withCoverage) lines.push(...coverage.map((policy) => ({ type: 'coverage', ...policy })));
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

async function runOnce({ operands, values, format, io }: Request, kept?: Kept): Promise<Exit> {
  const { sources, value, diagnostics } = await compileWith(operands, values, io, (all, options) =>
    compile(all, { ...options, ...(kept && { kept }) }),
  );
  await io.err.write(human(diagnostics, sources, io.err));
  if (!value) return Exit.Findings;
  const run = runTests(value);
  const { cases, coverage } = run;
  if (cases.length === 0) {
    throw new Stop(Exit.Findings, 'no test found', 'a PolicyTest document beside the policies holds tests');
  }
  const place = ({ span }: CaseResult): string =>
    `${sources[span.source].path}:${positionOf(sources[span.source], span.start).line}`;
  if (format === 'junit') await io.out.write(junit(cases, place));
  else if (format === 'json') await io.out.write(ndjson(run, values.coverage, place));
  else {
    await io.out.write(results(cases, place, io.out));
    if (values.coverage) await io.out.write(`\n${coverageTable(coverage, io.out)}`);
  }
  const failed = cases.filter((one) => !passed(one)).length;
  const hit = percentage(coverage);
  const low = values.coverage && hit < (values.threshold ?? 0);
  const parts = [quantity(cases.length, 'case'), `${failed} failed`];
  if (values.coverage) parts.push(`${hit.toFixed(1)} % of the rules hit${low ? `, ${values.threshold} % wanted` : ''}`);
  await note(io, (failed > 0 || low ? io.err.style.bad : io.err.style.good)(parts.join(', ')));
  return failed > 0 || low ? Exit.Findings : Exit.Ok;
}

export default defineCommand({
  about:
    'Runs the cases of all PolicyTest documents. Each policy is tested on its own, by the reference interpreter and the ' +
    'virtual machine, which must agree; exceptions and overlays among the sources count.',
  operands: POLICY_OPERANDS,
  options: OPTIONS,
  formats: ['human', 'json', 'junit'],
  exits: {
    [Exit.Ok]: 'all passed',
    [Exit.Findings]: 'a case failed, no test was found, errors in policies, or too few rules hit',
  },
  examples: [
    { line: 'lictor test policies/', doc: 'all tests below a directory' },
    { line: 'lictor test --coverage --threshold 100 policies/', doc: 'every rule has to be hit by a case' },
    { line: 'lictor test --format junit policies/ >results.xml', doc: 'for a CI server' },
  ],
  async run(invocation) {
    const { values, operands } = invocation;
    if (values.threshold !== undefined && !values.coverage) {
      throw new Stop(Exit.Usage, '`--threshold` is for `--coverage`');
    }
    return values.watch ? watching(operands, invocation.io, (kept) => runOnce(invocation, kept)) : runOnce(invocation);
  },
});
