/** `lictor doctor`: what this machine can enforce, and how the rules of a bundle would be. */
import { doctor, doctorBundle, kindCoverage } from '../../shim/doctor/index.ts';
import { defineCommand } from '../command.ts';
import { Exit } from '../exit.ts';
import { BUNDLE_OPTION, openBundle } from '../input/bundle.ts';
import { kinds, probes, rules } from '../output/doctor.ts';
import { note } from '../output/io.ts';

export default defineCommand({
  about:
    'Tries each mechanism on a process of its own and undoes it; nothing else on the machine is touched. With a bundle it ' +
    'says for each rule and kind of event how it would be enforced in a launched workload: inline (the kernel refuses by ' +
    'itself), synchronous (the operation waits for the verdict), after the fact, or not at all.',
  options: {
    bundle: { ...BUNDLE_OPTION, required: undefined, doc: 'say how its rules would be enforced' },
    kinds: { type: 'flag', doc: 'list every kind of event, how it is decided, and the fields that nothing fills' },
  },
  formats: ['human', 'json'],
  exits: {
    [Exit.Ok]: 'a workload can be guarded, and every rule of the bundle enforced as it is written',
    [Exit.Findings]: 'something is lacking, or a rule would be enforced more weakly than it is written',
  },
  examples: [
    { line: 'lictor doctor', doc: 'what works here' },
    { line: 'lictor doctor --kinds', doc: 'kinds and fields without a sensor' },
    { line: 'lictor doctor -b web.bundle', doc: 'how each rule would be enforced' },
  ],
  async run({ values, format, io }) {
    if (values.kinds) {
      const rows = kindCoverage();
      await io.out.write(format === 'json' ? `${JSON.stringify(rows)}\n` : kinds(rows, io.out));
      return Exit.Ok;
    }
    const bundle = values.bundle === undefined ? null : openBundle(values.bundle);
    const report = await doctor();
    const rows = bundle ? doctorBundle(report, bundle) : [];
    const weak = rows.filter((row) => !row.enforced);
    if (format === 'json') await io.out.write(`${JSON.stringify({ ...report, ...(bundle && { rules: rows }) })}\n`);
    else {
      await io.out.write(probes(report, io.out));
      if (bundle) await io.out.write(`\n${rules(rows, io.out)}`);
      const verdict = report.canRun
        ? io.err.style.good('a workload can be guarded here')
        : io.err.style.bad('no workload can be guarded here');
      await note(io, `\n${verdict}`);
    }
    return report.canRun && weak.length === 0 ? Exit.Ok : Exit.Findings;
  },
});
