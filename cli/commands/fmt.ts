/** `lictor fmt`: the canonical form, comments kept. */
import { format as formatSource } from '../../compiler/index.ts';
import { defineCommand } from '../command.ts';
import { Exit } from '../exit.ts';
import { POLICY_OPERANDS } from '../input/compile.ts';
import { readSources } from '../input/sources.ts';
import { writeWhole } from '../input/write.ts';
import { human } from '../output/diagnostics.ts';
import { note } from '../output/io.ts';
import { quantity } from '../output/text.ts';

export default defineCommand({
  about:
    'Rewrites the files in place and prints the names of those that changed. A file with errors of syntax stays as it is. ' +
    'With - the formatted text of standard input goes to standard output.',
  operands: POLICY_OPERANDS,
  options: { check: { type: 'flag', doc: 'change nothing; only name the files that are not formatted' } },
  exits: { [Exit.Ok]: 'all are formatted now', [Exit.Findings]: 'errors of syntax; with --check, unformatted files' },
  examples: [
    { line: 'lictor fmt policies/', doc: 'rewrite what is not in canonical form' },
    { line: 'lictor fmt --check policies/', doc: 'for a pre-commit hook' },
  ],
  async run({ operands, values, io }) {
    const { value: sources, diagnostics } = await readSources(operands, io);
    const unread = new Set(diagnostics.map((d) => d.span?.source));
    const found = [...diagnostics];
    let changed = 0;
    for (const [i, source] of sources.entries()) {
      if (unread.has(i)) continue;
      const { value: text, diagnostics: errors } = formatSource(source);
      found.push(...errors.map((d) => ({ ...d, span: d.span && { ...d.span, source: i } })));
      const piped = source.path === '<stdin>';
      if (piped && !values.check) await io.out.write(text ?? source.text);
      if (text === null || text === source.text) continue;
      changed++;
      if (piped && !values.check) continue;
      if (!values.check) writeWhole(source.path, text);
      await io.out.write(`${source.path}\n`);
    }
    if (found.length > 0) await io.err.write(human(found, sources, io.err));
    const done = values.check ? 'not formatted' : 'rewritten';
    await note(io, `${quantity(sources.length, 'file')}, ${changed} ${done}`);
    return found.some((d) => d.severity === 'error') || (values.check && changed > 0) ? Exit.Findings : Exit.Ok;
  },
});
