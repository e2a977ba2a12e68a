/** A stream of events, decided and written: what `eval` and `replay` do. */
import { eventToJson, type Decision } from '../vm/event/index.ts';
import type { Redact } from '../vm/event/redact.ts';
import { verdictRecord, type VerdictRecord } from '../vm/host/verdict-record.ts';
import type { Bundle } from '../vm/bundle/index.ts';
import { Difference, engine, type EngineName } from './engines.ts';
import { Exit, Stop } from './exit.ts';
import type { Numbered } from './input/events.ts';
import type { Io } from './output/io.ts';
import { progress } from './output/progress.ts';
import { recordLine } from './output/record.ts';
import { count } from './output/text.ts';

export interface DecideOptions {
  readonly engine: EngineName;
  /** `human` or `json`. */
  readonly format: string;
  /** Whether JSON records carry the event. */
  readonly withEvent: boolean;
  /** Leave plain allows out. */
  readonly notable: boolean;
  /** What is done to an event before it is written; null: nothing. */
  readonly redact: Redact | null;
  readonly io: Io;
}

export interface Decided {
  readonly events: number;
  /** By action. */
  readonly actions: ReadonlyMap<string, number>;
  readonly last: VerdictRecord | undefined;
}

/** Whether nothing happened, and nothing would have. */
const plain = ({ action, would, matches }: VerdictRecord): boolean =>
  action === 'allow' && would === null && matches.length === 0;

/**
 * Writes a line for each event, in order, batch by batch.
 * @throws Stop where the two engines differ, after the events before that one
 */
export async function decideAll(
  { manifest, ...bundle }: Bundle,
  batches: AsyncIterable<Numbered[]> | Iterable<Numbered[]>,
  { engine: name, format, withEvent, notable, redact, io }: DecideOptions,
): Promise<Decided> {
  const decide = engine(name, bundle);
  const shown = progress(io);
  const actions = new Map<string, number>();
  let events = 0;
  let last: VerdictRecord | undefined;
  const line = (decision: Decision, { event: whole }: Numbered): string => {
    const event = redact ? redact(whole) : whole;
    last = verdictRecord(manifest, decision, event);
    actions.set(last.action, (actions.get(last.action) ?? 0) + 1);
    if (notable && plain(last)) return '';
    if (format !== 'json') return `${recordLine(last, eventToJson(event), io.out.style)}\n`;
    return `${JSON.stringify(withEvent ? { ...last, event: eventToJson(event) } : last)}\n`;
  };
  const write = (batch: readonly Numbered[], decisions: readonly Decision[]): Promise<void> =>
    io.out.write(decisions.map((decision, i) => line(decision, batch[i])).join(''));
  const differ = async (batch: readonly Numbered[], difference: Difference): Promise<never> => {
    await write(batch, difference.before);
    const { number, event: whole } = batch[difference.before.length];
    const event = redact ? redact(whole) : whole;
    const sides = (['vm', 'reference'] as const).map(
      (side) => `  ${side}: ${JSON.stringify(verdictRecord(manifest, difference[side], event))}\n`,
    );
    await io.err.write(`event ${number}: ${JSON.stringify(eventToJson(event))}\n${sides.join('')}`);
    throw new Stop(Exit.Failed, `event ${number}: ${difference.message}`);
  };
  for await (const batch of batches) {
    try {
      await write(batch, decide(batch.map(({ event }) => event)));
    } catch (error) {
      if (error instanceof Difference) return differ(batch, error);
      throw error;
    }
    events += batch.length;
    shown.say(`${count(events)} events`);
  }
  shown.done();
  return { events, actions, last };
}
