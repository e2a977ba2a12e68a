/** `lictor eval`: a verdict record for each event record. */
import { eventToJson, type Decision } from '../../vm/event/index.ts';
import { verdictRecord, type VerdictRecord } from '../../vm/host/verdict-record.ts';
import { defineCommand } from '../command.ts';
import { Difference, ENGINE_OPTION, engine } from '../engines.ts';
import { Exit, Stop } from '../exit.ts';
import { BUNDLE_OPTION, openBundle } from '../input/bundle.ts';
import { EVENTS_OPTION, readEvents, type Numbered } from '../input/events.ts';
import { progress } from '../output/progress.ts';
import { recordLine } from '../output/record.ts';
import { count } from '../output/text.ts';

export default defineCommand({
  about:
    'Writes one verdict record for each event record, in order, as soon as it is decided. Reading stops at the first ' +
    'malformed line. Memory does not grow with the stream.',
  options: { bundle: BUNDLE_OPTION, events: EVENTS_OPTION, engine: ENGINE_OPTION },
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
    const { manifest, ...bundle } = openBundle(values.bundle);
    const decide = engine(values.engine, bundle);
    const shown = progress(io);
    let events = 0;
    let last: VerdictRecord | undefined;
    const write = async (batch: readonly Numbered[], decisions: readonly Decision[]): Promise<void> => {
      const text = decisions.map((decision, i) => {
        const { event } = batch[i];
        last = verdictRecord(manifest, decision, event);
        return `${format === 'json' ? JSON.stringify(last) : recordLine(last, eventToJson(event), io.out.style)}\n`;
      });
      await io.out.write(text.join(''));
    };
    for await (const batch of readEvents(values.events, io)) {
      try {
        await write(batch, decide(batch.map(({ event }) => event)));
      } catch (error) {
        if (!(error instanceof Difference)) throw error;
        await write(batch, error.before);
        const { number, event } = batch[error.before.length];
        const sides = (['vm', 'reference'] as const).map(
          (side) => `  ${side}: ${JSON.stringify(verdictRecord(manifest, error[side], event))}\n`,
        );
        await io.err.write(`event ${number}: ${JSON.stringify(eventToJson(event))}\n${sides.join('')}`);
        throw new Stop(Exit.Failed, `event ${number}: ${error.message}`);
      }
      events += batch.length;
      shown.say(`${count(events)} events`);
    }
    shown.done();
    return events === 1 && last?.effect !== 'allow' ? Exit.NotAllowed : Exit.Ok;
  },
});
