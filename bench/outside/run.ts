/** `npm run bench -- --rules FILE --events FILE`: rules and events that somebody brings along. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import Table from 'cli-table3';
import { planAndEmit } from '../../compiler/backend.ts';
import type { NormalForm } from '../../vm/bundle/normal.ts';
import { parseEventLine } from '../../vm/event/index.ts';
import { createVm, type VmBundle } from '../../vm/host/index.ts';
import { ACTIONS, NO_RULE } from '../../vm/spec/index.ts';
import type { Asked } from '../families/index.ts';
import { compare } from '../measure/agreement.ts';
import { stringBytes } from '../measure/bytes.ts';
import { encode, type Records } from '../measure/records.ts';
import { countSteps } from '../measure/steps.ts';
import { median, passOf, timed } from '../measure/time.ts';
import { isFilterSet, parseFilters, parseHeaders } from './classbench.ts';
import { firewallEvents, firewallRules } from './firewall.ts';
import { BadInput } from './input.ts';
import { walkLinearly, type Linear } from './linear.ts';
import { readPolicies } from './policies.ts';

const ROUNDS = 7;
/** Events of a round at least: the few of a small file are decided over and over. */
const ROUND_EVENTS = 50_000;
const COMPARE_SECONDS = 2;

interface Given {
  readonly normal: NormalForm;
  readonly asked: readonly Asked[];
  readonly linear: Linear | null;
}

/**
 * Measures and prints.
 * @returns the exit code: 0, 3 where a file is wrong, 64 where one is missing
 */
export const benchOutside = (rules: string | undefined, events: string | undefined): number => {
  const missing = [
    ...(rules === undefined
      ? ['--rules FILE is wanted beside --events']
      : existsSync(rules)
        ? []
        : [`no file ${rules}`]),
    ...(events === undefined
      ? ['--events FILE is wanted beside --rules']
      : existsSync(events)
        ? []
        : [`no file ${events}`]),
  ];
  if (missing.length > 0) {
    console.error(missing.join('\n'));
    return 64;
  }
  try {
    measure(read(rules!, events!));
    return 0;
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    console.error(error.message);
    return 3;
  }
};

const read = (rules: string, events: string): Given => {
  const text = statSync(rules).isDirectory() ? '' : readFileSync(rules, 'utf8');
  const trace = readFileSync(events, 'utf8');
  if (!isFilterSet(text)) return { normal: readPolicies(rules), asked: eventsOf(events, trace), linear: null };
  const filters = parseFilters(rules, text);
  const headers = parseHeaders(events, trace);
  return { normal: firewallRules(filters), asked: firewallEvents(headers), linear: walkLinearly(filters, headers) };
};

const eventsOf = (path: string, text: string): Asked[] => {
  const asked = text.split('\n').flatMap((line, i): Asked[] => {
    if (line.trim() === '') return [];
    const parsed = parseEventLine(line);
    if ('error' in parsed) throw new BadInput(path, i + 1, parsed.error);
    return [{ event: parsed.event }];
  });
  if (asked.length === 0) throw new BadInput(path, 1, 'no events');
  return asked;
};

const measure = ({ normal, asked, linear }: Given): void => {
  const start = performance.now();
  const made = planAndEmit(normal, { allowSlow: true });
  const seconds = (performance.now() - start) / 1000;
  if ('errors' in made) throw new Error(`no plan: ${JSON.stringify(made.errors)}`);
  const family = { normal, events: () => [...asked] };
  const records = encode(asked);
  const bundle = createVm().load(made.program);
  const pass = passOf(bundle, records);
  const agreement = compare(bundle, family, asked, COMPARE_SECONDS);
  const decided = decisions(bundle, records, linear);
  bundle.input(records.bytes.length).set(records.bytes);
  const passes = Math.ceil(ROUND_EVENTS / asked.length);
  const round = (): void => {
    for (let i = 0; i < passes; i++) pass();
  };
  const ns = median(Array.from({ length: ROUNDS }, () => timed(round) / asked.length / passes));
  const steps = countSteps(made.program, family, records);
  const rules = normal.policies.reduce((sum, policy) => sum + policy.rules.length, 0);
  const table = new Table({ style: { head: [], border: [] } });
  table.push(
    ['rules, events', `${rules}, ${asked.length}`],
    ['compiled in', `${seconds.toFixed(2)} s`],
    [
      'bound, by kind',
      Object.entries(made.cost)
        .map(([kind, bound]) => `${kind} ${bound}`)
        .join('\n'),
    ],
    ['steps, mean and largest', `${steps.mean.toFixed(1)}, ${steps.largest}`],
    ['bytes a rule beyond its strings', ((made.program.length - stringBytes(normal)) / rules).toFixed(1)],
    ['ns an event', ns.toFixed(0)],
    [
      'linear walk in C, ns an event',
      linear ? `${linear.ns.toFixed(0)} (${(linear.ns / ns).toFixed(1)} ×)` : 'not measured',
    ],
    ['decisions', [...decided].map(([action, n]) => `${action} ${n}`).join(', ')],
    ['same as the reference', `${agreement.compared} compared`],
  );
  console.log(table.toString());
};

/** Decisions by action; each is held against the linear walk's. */
const decisions = (bundle: VmBundle, { bytes, starts }: Records, linear: Linear | null): Map<string, number> => {
  const counts = new Map<string, number>();
  bundle.input(bytes.length).set(bytes);
  for (let at = 0; at + 1 < starts.length;) {
    const done = bundle.evaluate(bytes.length, starts[at]);
    for (let i = 0; i < done; i++, at++) {
      const action = ACTIONS[bundle.action(i)];
      counts.set(action, (counts.get(action) ?? 0) + 1);
      const rule = bundle.rule(i) === NO_RULE ? -1 : bundle.rule(i);
      if (linear && linear.found[at] !== rule)
        throw new Error(`BUG: event ${at}: rule ${rule}, the walk says ${linear.found[at]}`);
    }
  }
  return counts;
};
