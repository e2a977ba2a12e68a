/** `lictor replay`: the events of a recorded trace, decided. */
import { ACTIONS } from '../../vm/spec/verdict.ts';
import { defineCommand } from '../command.ts';
import { decideAll } from '../deciding.ts';
import { ENGINE_OPTION } from '../engines.ts';
import { Exit } from '../exit.ts';
import { BUNDLE_OPTION, openBundle } from '../input/bundle.ts';
import { commandText, REDACT_OPTION, redaction } from '../input/redaction.ts';
import { openTrace, traceEvents } from '../input/trace.ts';
import { RECORDS_OPTION } from '../input/workload.ts';
import { note } from '../output/io.ts';
import { count, quantity } from '../output/text.ts';

export default defineCommand({
  about:
    'Decides each event of the trace with the facts that its process and workload had when it was recorded, and writes what ' +
    'is more than a plain allow. JSON records carry the event.',
  operands: { name: 'FILE', min: 1, max: 1, completes: 'file', doc: 'a trace that `lictor record` wrote' },
  options: { bundle: BUNDLE_OPTION, engine: ENGINE_OPTION, records: RECORDS_OPTION, redact: REDACT_OPTION },
  formats: ['human', 'json'],
  exits: { [Exit.Ok]: 'all decided', [Exit.Findings]: 'the trace or the bundle is not sound' },
  examples: [
    { line: 'lictor replay build.lictor-trace -b base.bundle', doc: 'what a policy would have said' },
    {
      line: 'lictor replay build.lictor-trace -b base.bundle --records all --format json',
      doc: 'every verdict with its event',
    },
  ],
  async run({ operands: [path], values, format, io }) {
    const redact = await redaction(values.redact);
    const bundle = openBundle(values.bundle);
    const trace = openTrace(path);
    const { time, kernel, command } = trace.header;
    await note(io, io.err.style.faint(`${commandText(command, redact)}, recorded ${time} on Linux ${kernel}`));
    const { events, actions } = await decideAll(bundle, traceEvents(trace, path), {
      engine: values.engine,
      format,
      withEvent: true,
      notable: values.records === 'notable',
      redact,
      io,
    });
    const counts = ACTIONS.filter((action) => actions.has(action)).map(
      (action) => `${count(actions.get(action) ?? 0)} ${action}`,
    );
    await note(io, `${quantity(events, 'event')}: ${counts.join(', ')}`);
    return Exit.Ok;
  },
});
