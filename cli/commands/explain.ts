/** `lictor explain`: why an event gets its verdict. */
import { parseEventLine } from '../../vm/event/index.ts';
import { defineCommand } from '../command.ts';
import { Exit, Stop } from '../exit.ts';
import { explanationOf } from '../explain/explanation.ts';
import { human } from '../explain/human.ts';
import { BUNDLE_OPTION, openBundle } from '../input/bundle.ts';
import { REDACT_OPTION, redaction } from '../input/redaction.ts';

export default defineCommand({
  about:
    'Lists the rules that were considered: the tests that failed and what the event has there, the exception that held, ' +
    'the rule that decided before, and the source of the one that decides.',
  options: {
    bundle: BUNDLE_OPTION,
    event: { type: 'text', value: 'JSON', required: true, completes: 'nothing', doc: 'the event record' },
    redact: REDACT_OPTION,
    all: { type: 'flag', doc: 'also list rules for other kinds of event and other workloads' },
  },
  formats: ['human', 'json'],
  exits: {
    [Exit.Ok]: 'the effect is allow',
    [Exit.NotAllowed]: 'the effect is not allow',
    [Exit.Findings]: 'the event is malformed, or the bundle is not sound',
  },
  examples: [
    {
      line: `lictor explain -b web.bundle --event '{"kind":"exec","proc":{"path":"/bin/sh"}}'`,
      doc: 'why a shell is denied',
    },
  ],
  async run({ values, format, io }) {
    const redact = await redaction(values.redact);
    const bundle = openBundle(values.bundle);
    const parsed = parseEventLine(values.event);
    if ('error' in parsed) throw new Stop(Exit.Findings, `the event is malformed: ${parsed.error}`);
    const { event } = parsed;
    const explanation = explanationOf(bundle, event, redact ? redact(event) : event);
    const text =
      format === 'json' ? `${JSON.stringify(explanation)}\n` : human(explanation, bundle.sources, values.all, io.out);
    await io.out.write(text);
    return explanation.verdict.effect === 'allow' ? Exit.Ok : Exit.NotAllowed;
  },
});
