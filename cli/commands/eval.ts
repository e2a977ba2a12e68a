/** `lictor eval`: a verdict record for each event record. */
import { defineCommand } from '../command.ts';
import { decideAll } from '../deciding.ts';
import { ENGINE_OPTION } from '../engines.ts';
import { Exit } from '../exit.ts';
import { BUNDLE_OPTION, openBundle } from '../input/bundle.ts';
import { EVENTS_OPTION, readEvents } from '../input/events.ts';
import { REDACT_OPTION, redaction } from '../input/redaction.ts';

export default defineCommand({
  about:
    'Writes one verdict record for each event record, in order, as soon as it is decided. Reading stops at the first ' +
    'malformed line. Memory does not grow with the stream.',
  options: { bundle: BUNDLE_OPTION, events: EVENTS_OPTION, engine: ENGINE_OPTION, redact: REDACT_OPTION },
  formats: ['human', 'json'],
  exits: {
    [Exit.Ok]: 'all decided; a single event is allowed',
    [Exit.NotAllowed]: 'exactly one event, and its effect is not allow',
    [Exit.Findings]: 'a malformed line, or a bundle that is not sound',
  },
  examples: [
    { line: 'lictor eval -b web.bundle --events events.ndjson', doc: 'events of a file' },
    { line: 'lictor eval -b web.bundle <events.ndjson | jq .action', doc: 'in a pipeline' },
    {
      line: 'lictor eval -b web.bundle --events boot.lictor-trace --engine both',
      doc: 'hold the two engines against each other',
    },
  ],
  async run({ values, format, io }) {
    const redact = await redaction(values.redact);
    const { events, last } = await decideAll(openBundle(values.bundle), readEvents(values.events, io), {
      engine: values.engine,
      format,
      withEvent: false,
      notable: false,
      redact,
      io,
    });
    return events === 1 && last?.effect !== 'allow' ? Exit.NotAllowed : Exit.Ok;
  },
});
