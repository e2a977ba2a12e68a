/** The demo where the kernel cannot be used: the shipped rule library on the shipped trace of real kernel events. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from '../../compiler/build.ts';
import { decider, object } from '../../shim/sinks/lines.ts';
import { readBundle } from '../../vm/bundle/index.ts';
import { eventToJson } from '../../vm/event/index.ts';
import { assetPath } from '../../vm/host/assets.ts';
import { verdictRecord } from '../../vm/host/verdict-record.ts';
import { engine } from '../engines.ts';
import { readSources } from '../input/sources.ts';
import { openTrace, traceEvents } from '../input/trace.ts';
import type { Io } from '../output/io.ts';
import { table } from '../output/table.ts';
import { count, duration, printable, quantity } from '../output/text.ts';

const POLICIES = assetPath('../policies');
const TRACES = assetPath('../test/traces');
/** Denied operations that the table shows. */
const SHOWN = 20;
const OBJECT_WIDTH = 24;

/** The end of a path says more than its beginning. */
const short = (text: string): string => (text.length > OBJECT_WIDTH ? `…${text.slice(1 - OBJECT_WIDTH)}` : text);

/** Evaluates the trace and shows what would be denied, each rule's first operation. */
export async function recorded(io: Io): Promise<void> {
  const name = readdirSync(TRACES).find((file) => file.endsWith('.lictor-trace'));
  if (name === undefined) throw new Error(`there is no recorded trace in ${TRACES}`);
  const trace = openTrace(join(TRACES, name));
  const { value: sources } = await readSources([POLICIES], io);
  const { value } = build(sources, { today: io.today });
  if (!value) throw new Error('BUG: the shipped policies have errors');
  const read = readBundle(value.file);
  if ('error' in read) throw new Error(`BUG: ${read.error}`);
  const { manifest } = read.bundle;
  const decide = engine('vm', read.bundle);

  const rows = new Map<string, string[]>();
  let events = 0;
  let denied = 0;
  let spent = 0;
  for (const batch of traceEvents(trace, name)) {
    const started = performance.now();
    const decisions = decide(batch.map(({ event }) => event));
    spent += performance.now() - started;
    events += batch.length;
    decisions.forEach((decision, i) => {
      const { event } = batch[i];
      const record = verdictRecord(manifest, decision, event);
      if (record.effect === 'allow') return;
      denied++;
      const json = eventToJson(event) as { kind: string; proc?: { path?: string; caller_path?: string } };
      const who = basename(String((json.kind === 'exec' ? json.proc?.caller_path : json.proc?.path) ?? '-'));
      const by = decider(record.policy, record.rule);
      const key = `${by} ${who}`;
      if (!rows.has(key))
        rows.set(key, [
          printable(who),
          json.kind,
          printable(short(object(json))),
          record.action,
          by.replace(/^.*\//, ''),
        ]);
    });
  }
  const { time, kernel } = trace.header;
  await io.out.write(
    `\n${io.out.style.strong('The rule library (policies/) on a recorded trace')}\n${name}, recorded ${time.slice(0, 10)} on Linux ${printable(kernel)}\n\n`,
  );
  const columns = [{ title: 'WHO' }, { title: 'DID' }, { title: 'TO' }, { title: 'VERDICT' }, { title: 'BY THE RULE' }];
  await io.out.write(table(io.out, columns, [...rows.values()].slice(0, SHOWN)));
  await io.out.write(
    `\n${quantity(events, 'event')} decided in ${duration(spent * 1e6)}, ${count(denied)} would have been denied.\n`,
  );
}
