/** `lictor build`: policies to a bundle. */
import { createHash } from 'node:crypto';
import type { Kept } from '../../compiler/index.ts';
import { factorsOf } from '../../vm/listing/index.ts';
import { defineCommand, type Invocation } from '../command.ts';
import { Exit } from '../exit.ts';
import { BUILD_OPTIONS, builder, compileWith, POLICY_OPERANDS } from '../input/compile.ts';
import { watching } from '../input/watch.ts';
import { writeWhole } from '../input/write.ts';
import { costTable } from '../output/cost.ts';
import { countOf, human, summary } from '../output/diagnostics.ts';
import { note } from '../output/io.ts';
import { quantity, size } from '../output/text.ts';

const OPTIONS = {
  output: {
    type: 'text',
    short: 'o',
    value: 'FILE',
    required: true,
    doc: 'where the bundle goes; an existing one is replaced whole',
  },
  watch: { type: 'flag', doc: 'build again when a file changes, until interrupted; what stayed the same is kept' },
  ...BUILD_OPTIONS,
} as const;

type Request = Invocation<typeof OPTIONS>;

async function runOnce({ operands, values, format, io }: Request, kept?: Kept): Promise<Exit> {
  const { sources, value, diagnostics } = await compileWith(operands, values, io, builder(values, kept));
  await io.err.write(human(diagnostics, sources, io.err));
  if (!value) {
    await note(io, `\n${quantity(sources.length, 'file')}: ${summary(diagnostics)}`);
    return Exit.Findings;
  }
  const { file, manifest, program } = value;
  writeWhole(values.output, file);
  const facts = {
    file: values.output,
    bytes: file.length,
    sha256: createHash('sha256').update(file).digest('hex'),
    policies: manifest.policies.length,
    rules: manifest.rules.length,
    warnings: countOf(diagnostics, 'warning'),
    cost: manifest.cost,
    unknownCost: manifest.unknownCost,
    factors: factorsOf(program.program),
  };
  if (format === 'json') await io.out.write(`${JSON.stringify(facts)}\n`);
  else {
    const what = `${quantity(facts.policies, 'policy')}, ${quantity(facts.rules, 'rule')}, ${size(facts.bytes)}, ${quantity(facts.warnings, 'warning')}`;
    await io.out.write(`${io.out.style.strong(values.output)}: ${what}\nsha256 ${facts.sha256}\n\n`);
    await io.out.write(costTable(io.out, manifest, program.program));
  }
  return Exit.Ok;
}

export default defineCommand({
  about:
    'Prints the bounds of each kind of event: the steps that a verdict takes in the worst case, where the workload is known and where its metadata have not arrived. The same sources give the same bytes.',
  operands: POLICY_OPERANDS,
  options: OPTIONS,
  formats: ['human', 'json'],
  exits: { [Exit.Ok]: 'built', [Exit.Findings]: 'errors, or warnings with --strict; no bundle was written' },
  examples: [
    { line: 'lictor build policies/ -o base.bundle', doc: 'the shipped rule library' },
    { line: 'lictor build web.yaml --set backend=8081 -o web.bundle', doc: 'with a parameter' },
    { line: 'lictor build --watch policies/ -o base.bundle', doc: 'while policies are written' },
  ],
  async run(invocation) {
    const { operands, values, io } = invocation;
    return values.watch ? watching(operands, io, (kept) => runOnce(invocation, kept)) : runOnce(invocation);
  },
});
