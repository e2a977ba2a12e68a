/** `lictor inspect`: what is in a bundle. */
import { createHash } from 'node:crypto';
import { readContainer } from '../../vm/bundle/container.ts';
import { defineCommand } from '../command.ts';
import { loadProgram } from '../engines.ts';
import { Exit, Stop } from '../exit.ts';
import { groupBy } from '../group.ts';
import { openBundleFile } from '../input/bundle.ts';
import { disassemble, dot, factorsOf, placement, type Placement } from '../../vm/listing/index.ts';
import { costTable } from '../output/cost.ts';
import type { Output } from '../output/io.ts';
import { table } from '../output/table.ts';
import { count, quantity, size, wrap } from '../output/text.ts';
import type { Bundle } from '../../vm/bundle/index.ts';

interface Section {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

function sectionsOf(bytes: Uint8Array): Section[] {
  const container = readContainer(bytes);
  if ('error' in container) throw new Error(`BUG: a bundle that was read is none: ${container.error}`);
  return Object.entries(container.sections).map(([name, section]: [string, Uint8Array]) => ({
    name,
    bytes: section.length,
    sha256: createHash('sha256').update(section).digest('hex'),
  }));
}

const DIGEST_SHOWN = 16;
const WIDTH = 80;

function human({ manifest, program, digest }: Bundle, sections: readonly Section[], out: Output): string {
  const { style } = out;
  const name = [manifest.name, manifest.version].filter(Boolean).join(' ') || 'unnamed';
  const rulesOf = (policy: number): number => manifest.rules.filter((rule) => rule.policy === policy).length;
  const labels = Object.entries(manifest.labels).map(([key, value]) => `${key}=${value}`);
  const right = true as const;
  return [
    `${style.strong(name)}: ${quantity(manifest.policies.length, 'policy')}, ${quantity(manifest.rules.length, 'rule')}\n`,
    `sha256 ${digest}\n`,
    ...(labels.length > 0 ? [`labels ${labels.join(', ')}\n`] : []),
    '\n',
    table(
      out,
      [{ title: 'SECTION' }, { title: 'SIZE', right }, { title: 'SHA-256' }],
      sections.map(({ name: section, bytes, sha256 }) => [section, size(bytes), sha256.slice(0, DIGEST_SHOWN)]),
    ),
    '\n',
    table(
      out,
      [{ title: 'POLICY' }, { title: 'TIER' }, { title: 'ORDER', right }, { title: 'MODE' }, { title: 'RULES', right }],
      manifest.policies.map(({ name: policy, tier, order, mode }, i) => [
        policy,
        tier,
        String(order),
        mode,
        count(rulesOf(i)),
      ]),
    ),
    '\n',
    costTable(out, manifest, program),
  ].join('');
}

/** Where each rule went: the keys that find it, for which kinds, and how many rules share them. */
function placements(rows: readonly Placement[], out: Output): string {
  const { style } = out;
  const name = ({ policy, rule }: Placement): string => `${policy}/${rule ?? '(default)'}`;
  const way = ({ found, more, checked, shares }: Placement): string =>
    [
      found[0] === 'always'
        ? 'always a candidate'
        : `found by ${found.join(', or ')}${more > 0 ? `, or ${count(more)} more` : ''}`,
      checked ? 'then checked' : 'then it decides',
      `${quantity(shares, 'rule')} there`,
    ].join('; ');
  const lines: string[] = [];
  for (const [rule, ofRule] of groupBy(rows, name)) {
    lines.push(style.strong(rule));
    for (const [text, alike] of groupBy(ofRule, way)) {
      lines.push(wrap(alike.map(({ kind }) => kind).join(', '), WIDTH, '  '), wrap(text, WIDTH, '    '));
    }
  }
  return `${lines.join('\n')}\n`;
}

export default defineCommand({
  about:
    'Policies stand in the order of decision. STEPS AT MOST is the bound of a verdict, UNKNOWN WORKLOAD that where metadata have not arrived: both are stated by the program and checked when it is loaded.',
  operands: { name: 'BUNDLE', min: 1, max: 1, completes: 'file', doc: 'a bundle that `lictor build` made' },
  options: {
    asm: { type: 'flag', doc: "the program's listing: entries, classifiers, tests, and the steps of each kind" },
    dot: { type: 'flag', doc: 'the plan as a graph in the DOT language' },
    rules: { type: 'flag', doc: 'each rule with the key that finds it and what is left to check' },
  },
  formats: ['human', 'json'],
  exits: { [Exit.Ok]: 'shown', [Exit.Findings]: 'the file is not a sound bundle' },
  examples: [
    { line: 'lictor inspect web.bundle', doc: 'policies, sections, bounds' },
    { line: 'lictor inspect web.bundle --dot | dot -Tsvg >plan.svg', doc: 'draw the plan' },
    { line: 'lictor inspect web.bundle --format json | jq .manifest.kinds', doc: 'the kinds of event that it needs' },
  ],
  async run({ operands: [path], values, format, io }) {
    const { bundle, bytes } = openBundleFile(path);
    // The listing reads a program without checks: the verifier goes first.
    loadProgram(bundle.program).unload();
    if (values.asm || values.dot || values.rules) {
      if (Number(values.asm) + Number(values.dot) + Number(values.rules) > 1) {
        throw new Stop(Exit.Usage, '`--asm`, `--dot` and `--rules` exclude each other');
      }
      const { program, manifest } = bundle;
      if (values.asm) await io.out.write(disassemble(program, manifest));
      if (values.dot) await io.out.write(dot(program, manifest));
      if (values.rules) {
        const rows = placement(program, manifest);
        await io.out.write(format === 'json' ? `${JSON.stringify(rows)}\n` : placements(rows, io.out));
      }
      return Exit.Ok;
    }
    const sections = sectionsOf(bytes);
    const { manifest, program, digest } = bundle;
    const facts = { digest, bytes: bytes.length, sections, manifest, factors: factorsOf(program) };
    await io.out.write(format === 'json' ? `${JSON.stringify(facts)}\n` : human(bundle, sections, io.out));
    return Exit.Ok;
  },
});
