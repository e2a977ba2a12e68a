/** `lictor check`: every error and warning of the policies, in one run. */
import { compile } from '../../compiler/index.ts';
import { defineCommand } from '../command.ts';
import { Exit } from '../exit.ts';
import { COMPILE_OPTIONS, compileWith, POLICY_OPERANDS } from '../input/compile.ts';
import { countOf, render, summary } from '../output/diagnostics.ts';
import { note } from '../output/io.ts';
import { quantity } from '../output/text.ts';

const OPTIONS = {
  naming: {
    type: 'flag',
    doc: 'warn of policies whose name is not namespace.intent.version, and of two versions of one intent',
  },
  ...COMPILE_OPTIONS,
} as const;

export default defineCommand({
  operands: POLICY_OPERANDS,
  options: OPTIONS,
  formats: ['human', 'json', 'sarif', 'github'],
  exits: { [Exit.Ok]: 'no errors', [Exit.Findings]: 'errors, or warnings with --strict' },
  examples: [
    { line: 'lictor check policies/', doc: 'all policies below a directory' },
    { line: 'lictor check --strict --format sarif policies/ >lictor.sarif', doc: 'for a code scanner' },
    { line: 'lictor check --strict --naming policies/', doc: 'names follow the scheme as well' },
    { line: 'git show HEAD:web.yaml | lictor check -', doc: 'an older version' },
  ],
  async run({ operands, values, format, io }) {
    const { sources, value, diagnostics } = await compileWith(operands, values, io, (all, options) =>
      compile(all, { ...options, naming: values.naming }),
    );
    await io.out.write(render(format, diagnostics, sources, io.out));
    const errors = countOf(diagnostics, 'error');
    if (format === 'human') {
      const what = diagnostics.length > 0 ? summary(diagnostics) : io.err.style.good('no errors');
      await note(io, `${diagnostics.length > 0 ? '\n' : ''}${quantity(sources.length, 'file')}: ${what}`);
    }
    return errors > 0 || value === null ? Exit.Findings : Exit.Ok;
  },
});
