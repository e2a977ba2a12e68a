/** `lictor bench`: what a verdict costs with these policies and events. */
import type { Manifest } from '../../vm/bundle/index.ts';
import type { Decision, Event } from '../../vm/event/index.ts';
import { defineCommand } from '../command.ts';
import { engine } from '../engines.ts';
import { Exit, Stop } from '../exit.ts';
import { BUNDLE_OPTION, openBundle } from '../input/bundle.ts';
import { EVENTS_OPTION, readEvents } from '../input/events.ts';
import { measure, type KindCost } from '../measure/measure.ts';
import type { Output } from '../output/io.ts';
import { progress } from '../output/progress.ts';
import { table } from '../output/table.ts';
import { count } from '../output/text.ts';

/** Events that are measured; they are held in memory. */
const EVENTS = 100_000;
const HOTTEST = 10;

interface HotRule {
  readonly policy: string;
  readonly rule: string;
  readonly events: number;
}

/** Rules by the number of events that they decide or note, the most frequent first. */
function hottest(decisions: readonly Decision[], manifest: Manifest): HotRule[] {
  const hits = new Map<number, number>();
  for (const { actual, asIf } of decisions) {
    const rules = new Set([actual.rule, asIf.rule, ...actual.matches, ...asIf.matches]);
    for (const rule of rules) if (rule >= 0) hits.set(rule, (hits.get(rule) ?? 0) + 1);
  }
  return [...hits]
    .sort(([a, x], [b, y]) => y - x || a - b)
    .slice(0, HOTTEST)
    .map(([number, events]) => {
      const { name, policy } = manifest.rules[number];
      return { policy: manifest.policies[policy].name, rule: name, events };
    });
}

function costs(kinds: readonly KindCost[], out: Output): string {
  const columns = ['EVENTS', 'NS/EVENT', 'P99', 'EVENTS/S', 'STEPS', 'MOST', 'BOUND'];
  return table(
    out,
    [{ title: 'KIND' }, ...columns.map((title) => ({ title, right: true as const }))],
    kinds.map((cost) => [
      cost.kind,
      count(cost.events),
      cost.nsPerEvent.toFixed(0),
      cost.nsPerEventP99.toFixed(0),
      count(Math.round(cost.eventsPerSecond)),
      cost.steps ? cost.steps.mean.toFixed(1) : '–',
      cost.steps ? count(cost.steps.most) : '–',
      count(cost.bound),
    ]),
  );
}

export default defineCommand({
  about:
    'Evaluates the events in batches, kind by kind, long enough for stable figures on this machine. Steps are counted by ' +
    `a second build of the virtual machine; BOUND is the worst case that the program states. At most ${count(EVENTS)} events are taken.`,
  options: { bundle: BUNDLE_OPTION, events: EVENTS_OPTION },
  formats: ['human', 'json'],
  exits: { [Exit.Ok]: 'measured', [Exit.Findings]: 'a malformed line, no event, or a bundle that is not sound' },
  examples: [
    { line: 'lictor bench -b web.bundle --events events.ndjson', doc: 'events of a file' },
    {
      line: 'lictor bench -b web.bundle --events build.lictor-trace --format json',
      doc: 'a recorded trace, for a script',
    },
  ],
  async run({ values, format, io }) {
    const { manifest, ...bundle } = openBundle(values.bundle);
    const events: Event[] = [];
    for await (const batch of readEvents(values.events, io)) {
      events.push(...batch.map(({ event }) => event).slice(0, EVENTS - events.length));
      if (events.length >= EVENTS) break;
    }
    if (events.length === 0) throw new Stop(Exit.Findings, 'there is no event to measure');
    const shown = progress(io);
    const kinds = await measure(bundle.program, events, (kind) => shown.say(`measuring ${kind}`));
    shown.done();
    const rules = hottest(engine('vm', bundle)(events), manifest);
    if (format === 'json') await io.out.write(`${JSON.stringify({ kinds, rules })}\n`);
    else {
      await io.out.write(costs(kinds, io.out));
      const rows = rules.map(({ policy, rule, events: n }) => [
        `${policy}/${rule}`,
        count(n),
        `${((n / events.length) * 100).toFixed(1)} %`,
      ]);
      if (rules.length > 0) {
        await io.out.write(
          `\n${table(io.out, [{ title: 'HOTTEST RULES' }, { title: 'EVENTS', right: true }, { title: 'PART', right: true }], rows)}`,
        );
      }
    }
    return Exit.Ok;
  },
});
