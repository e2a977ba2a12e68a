/** `lictor export`: policies of ours as resources of another system, where it can say the same. */
import { basename, join } from 'node:path';
import {
  EXPORT_FORMATS,
  exportPolicies,
  printExported,
  type ExportedDocument,
} from '../../compiler/foreign/export/index.ts';
import { compile, type Compiled } from '../../compiler/index.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { defineCommand } from '../command.ts';
import { Exit, Stop } from '../exit.ts';
import { COMPILE_OPTIONS, compileWith } from '../input/compile.ts';
import { OUTPUT_OPTIONS, targetOf, writeDocuments } from '../output/documents.ts';
import { countOf, human, summary } from '../output/diagnostics.ts';
import { note } from '../output/io.ts';
import { quantity } from '../output/text.ts';

const NAMES = EXPORT_FORMATS.map(({ name }) => name).join(', ');
/** What holds for all policies stands in a file of its own. */
const COMMON = 'settings.yaml';

export default defineCommand({
  about:
    'Writes a file for each file that has policies. Every rule, scope, default and order that the other system cannot say is named at its place, and then nothing is written: a part would decide something else than the whole.',
  operands: {
    name: 'FORMAT PATH',
    min: 2,
    max: Infinity,
    completes: 'file',
    doc: `one of ${NAMES}; then files of policies, and directories with them`,
  },
  options: { ...OUTPUT_OPTIONS, ...COMPILE_OPTIONS },
  formats: ['human', 'json'],
  exits: { [Exit.Ok]: 'exported', [Exit.Findings]: 'errors; nothing was written' },
  examples: [
    { line: 'lictor export kubearmor policies/ -o exported', doc: 'as policies of KubeArmor, with their postures' },
    { line: 'lictor export kubernetes networks.yaml -o exported', doc: 'allow-lists of networks as NetworkPolicy' },
  ],
  async run({ operands: [wanted, ...paths], values, format, io }) {
    const target = EXPORT_FORMATS.find(({ name }) => name === wanted);
    if (target === undefined) throw new Stop(Exit.Usage, `unknown format \`${wanted}\``, `it is one of ${NAMES}`);
    const { sources, value, diagnostics: found } = await compileWith<Compiled>(paths, values, io, compile);
    const { value: exported, diagnostics: lost } =
      value === null
        ? { value: [] as readonly ExportedDocument[], diagnostics: [] as readonly Diagnostic[] }
        : exportPolicies(value.policies, target);
    const strict = lost.map((one): Diagnostic => (values.strict ? { ...one, severity: 'error' } : one));
    const diagnostics = [...found, ...strict];
    const broken = countOf(diagnostics, 'error') > 0;
    const documents = broken ? [] : exported;
    await io.err.write(human(diagnostics, sources, io.err));
    const files = [...new Set(documents.map(({ source }) => source))].map((source) => {
      const path = source === null ? join(values.output, COMMON) : targetOf(sources[source].path, paths, values.output);
      const heading = `${source === null ? 'settings' : basename(sources[source].path)}, exported for ${target.title}`;
      const own = documents.filter((one) => one.source === source);
      return { path, text: printExported(own, heading) };
    });
    await writeDocuments(files, documents.length, values, format, io);
    const said = diagnostics.length > 0 ? `, ${summary(diagnostics)}` : '';
    await note(io, `${quantity(documents.length, 'document')} in ${quantity(files.length, 'file')}${said}`);
    if (broken) return Exit.Findings;
    if (documents.length === 0) throw new Stop(Exit.Findings, 'no policy in these files');
    return Exit.Ok;
  },
});
