/** `lictor import`: policies of another system as documents of ours that decide the same. */
import { basename } from 'node:path';
import { importDocuments } from '../../compiler/document/documents.ts';
import type { Lowered } from '../../compiler/foreign/system.ts';
import { printLowered } from '../../compiler/foreign/print.ts';
import { SYSTEMS } from '../../compiler/foreign/systems.ts';
import { defineCommand } from '../command.ts';
import { Exit, Stop } from '../exit.ts';
import { assignments, FOREIGN_OPTIONS } from '../input/compile.ts';
import { readSources } from '../input/sources.ts';
import { OUTPUT_OPTIONS, targetOf, writeDocuments } from '../output/documents.ts';
import { countOf, human, summary } from '../output/diagnostics.ts';
import { note } from '../output/io.ts';
import { quantity } from '../output/text.ts';

const sourceOf = ({ root }: Lowered): number => root.span.source;

const settings = SYSTEMS.flatMap(({ name, options }) =>
  Object.entries(options).map(([key, { values, default: fallback, doc }]): [string, string] => [
    `${name}.${key}=${values?.join('|') ?? 'VALUE'}`,
    fallback === '' ? doc : `${doc} (default: ${fallback})`,
  ]),
);

export default defineCommand({
  about:
    'Writes a file for each file that has policies, documents behind each other. What cannot be carried over is said by name, at its place. `check`, `build`, `run` and the other commands take the same files directly, without importing them.',
  operands: {
    name: 'FORMAT PATH',
    min: 2,
    max: Infinity,
    completes: 'file',
    doc: `one of ${SYSTEMS.map(({ name }) => name).join(', ')}; then files, and directories with them`,
  },
  options: {
    ...OUTPUT_OPTIONS,
    ...FOREIGN_OPTIONS,
  },
  settings: { title: 'Settings (--foreign)', rows: settings },
  formats: ['human', 'json'],
  exits: { [Exit.Ok]: 'imported', [Exit.Findings]: 'errors; nothing was written' },
  examples: [
    { line: 'lictor import kubearmor policies/ -o imported', doc: 'all KubeArmor policies below a directory' },
    {
      line: 'lictor import falco falco_rules.yaml local.yaml -o imported',
      doc: 'in the order in which Falco loads them',
    },
  ],
  async run({ operands: [wanted, ...paths], values, format, io }) {
    const system = SYSTEMS.find(({ name }) => name === wanted);
    if (system === undefined) {
      const help = `it is one of ${SYSTEMS.map(({ name }) => name).join(', ')}`;
      throw new Stop(Exit.Usage, `unknown format \`${wanted}\``, help);
    }
    const foreign = assignments('foreign', values.foreign);
    const read = await readSources(paths, io, values['max-source-bytes']);
    const { value: lowered, diagnostics } =
      read.diagnostics.length > 0
        ? { value: [], diagnostics: read.diagnostics }
        : importDocuments(read.value, { foreign, system: system.name });
    await io.err.write(human(diagnostics, read.value, io.err));
    const broken = countOf(diagnostics, 'error') > 0;
    const files = (broken ? [] : [...new Set(lowered.map(sourceOf))]).map((source) => {
      const { path } = read.value[source];
      const heading = `${basename(path)}, imported from ${system.title}`;
      const own = lowered.filter((one) => sourceOf(one) === source);
      return { path: targetOf(path, paths, values.output), text: printLowered(own, heading) };
    });
    const documents = broken ? 0 : lowered.length;
    await writeDocuments(files, documents, values, format, io);
    const found = diagnostics.length > 0 ? `, ${summary(diagnostics)}` : '';
    await note(io, `${quantity(documents, 'document')} in ${quantity(files.length, 'file')}${found}`);
    if (broken) return Exit.Findings;
    if (lowered.length === 0) throw new Stop(Exit.Findings, `no policy of ${system.title} in these files`);
    return Exit.Ok;
  },
});
