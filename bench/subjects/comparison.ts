/**
 * The same events twice: with the keys of facts that the VM was given once, and with these facts in each event. Verdicts must
 * be the same; what is compared is the time.
 */
import { encodeRecord, joinFacts, type Event } from '../../vm/event/index.ts';
import { createVm, type VmBundle } from '../../vm/host/index.ts';
import { timed } from '../measure/time.ts';

/** What happens, in order: facts come and go, and between them events. */
export type Happening =
  | { readonly is: 'subject' | 'workload'; readonly key: bigint; readonly facts: Event }
  | { readonly is: 'end'; readonly key: bigint }
  | { readonly is: 'event'; readonly event: Event; readonly subject: bigint; readonly workload: bigint };

export interface Comparison {
  readonly events: number;
  /** Nanoseconds an event: facts in each event, facts given once. */
  readonly inline: number;
  readonly stored: number;
  /** Steps of the counting build, mean. */
  readonly inlineSteps: number;
  readonly storedSteps: number;
}

/** Of each batch the quickest round counts: a batch is short enough to run between two interruptions. */
const ROUNDS = 15;

/** @throws Error where a verdict differs */
export const compareForms = (program: Uint8Array, happenings: readonly Happening[]): Comparison => {
  const stored = storedForm(happenings);
  const inline = inlineForm(happenings);
  const bundles = [createVm().load(program), createVm().load(program)];
  const forms = [inline, stored];
  for (const [j, bundle] of bundles.entries()) bundle.input(forms[j].bytes.length).set(forms[j].bytes);
  same(verdicts(bundles[0], inline), verdicts(bundles[1], stored));
  const quickest = forms.map(({ runs }) => new Float64Array(runs.length).fill(Infinity));
  for (let i = 0; i < ROUNDS; i++) {
    for (const [j, bundle] of bundles.entries()) {
      begin(bundle, forms[j]);
      for (const [k, run] of forms[j].runs.entries()) {
        const ns = timed(() => evaluate(bundle, run));
        if (ns < quickest[j][k]) quickest[j][k] = ns;
      }
    }
  }
  const events = happenings.filter(({ is }) => is === 'event').length;
  return {
    events,
    inline: sum(quickest[0]) / events,
    stored: sum(quickest[1]) / events,
    inlineSteps: countSteps(program, inline) / events,
    storedSteps: countSteps(program, stored) / events,
  };
};

const sum = (numbers: Float64Array): number => numbers.reduce((all, n) => all + n, 0);

/** Events side by side in one span, and what is put or dropped before it. */
interface Run {
  readonly before: readonly ((bundle: VmBundle) => void)[];
  readonly from: number;
  readonly to: number;
  readonly count: number;
}
interface Form {
  readonly bytes: Uint8Array;
  /** What is put before the first event. */
  readonly first: readonly ((bundle: VmBundle) => void)[];
  readonly runs: readonly Run[];
}

/** Events of a batch at most: more would not lie in the nearest caches. */
const BATCH = 256;

const formOf = (
  happenings: readonly Happening[],
  record: (happening: Happening & { is: 'event' }) => Uint8Array,
  change: (happening: Exclude<Happening, { is: 'event' }>) => ((bundle: VmBundle) => void) | null,
): Form => {
  const records: Uint8Array[] = [];
  const runs: { before: ((bundle: VmBundle) => void)[]; from: number; to: number; count: number }[] = [];
  let at = 0;
  let open = false;
  for (const happening of happenings) {
    const run = runs.at(-1);
    if (happening.is !== 'event') {
      const action = change(happening);
      if (!run || open) runs.push({ before: [], from: at, to: at, count: 0 });
      if (action) runs.at(-1)!.before.push(action);
      open = false;
      continue;
    }
    if (!run || run.count === BATCH) runs.push({ before: [], from: at, to: at, count: 0 });
    const bytes = record(happening);
    records.push(bytes);
    at += bytes.length;
    const last = runs.at(-1)!;
    last.to = at;
    last.count++;
    open = true;
  }
  const first = runs[0].before.splice(0);
  return { bytes: Buffer.concat(records), first, runs };
};

const storedForm = (happenings: readonly Happening[]): Form =>
  formOf(
    happenings,
    ({ event, subject, workload }) => encodeRecord(event, { subject, workload }),
    (happening) => {
      const { key } = happening;
      if (happening.is === 'end') return (bundle) => bundle.dropSubject(key);
      const facts = encodeRecord(happening.facts);
      return happening.is === 'subject'
        ? (bundle) => bundle.putSubject(key, facts)
        : (bundle) => bundle.putWorkload(key, facts);
    },
  );

/** The same runs, so that batches are of the same sizes; whatever is put or dropped is in the events instead. */
const inlineForm = (happenings: readonly Happening[]): Form => {
  const facts = { subject: new Map<bigint, Event>(), workload: new Map<bigint, Event>() };
  return formOf(
    happenings,
    ({ event, subject, workload }) => {
      const known = [facts.workload.get(workload), facts.subject.get(subject)].filter((fact) => fact !== undefined);
      return encodeRecord(joinFacts(event, ...known));
    },
    (happening) => {
      if (happening.is === 'end') facts.subject.delete(happening.key);
      else facts[happening.is].set(happening.key, happening.facts);
      return null;
    },
  );
};

/** Who is there before the first event is put before the time runs. */
const begin = (bundle: VmBundle, { first }: Form): void => {
  for (const change of first) change(bundle);
};

const evaluate = (bundle: VmBundle, { before, from, to, count }: Run): void => {
  for (const change of before) change(bundle);
  if (count > 0 && bundle.evaluate(to, from) !== count) throw new Error('BUG: notes filled their array');
};

/** Action, rule and both planes of each event; the bytes of a verdict. */
const verdicts = (bundle: VmBundle, form: Form): string[] => {
  const all: string[] = [];
  begin(bundle, form);
  for (const run of form.runs) {
    evaluate(bundle, run);
    for (let i = 0; i < run.count; i++) all.push(JSON.stringify(bundle.decision(i)));
  }
  return all;
};

const same = (inline: readonly string[], stored: readonly string[]): void => {
  const wrong = inline.findIndex((verdict, i) => verdict !== stored[i]);
  if (wrong >= 0) throw new Error(`BUG: event ${wrong}: inline ${inline[wrong]}, stored ${stored[wrong]}`);
};

const countSteps = (program: Uint8Array, form: Form): number => {
  const vm = createVm({ counting: true });
  const bundle = vm.load(program);
  bundle.input(form.bytes.length).set(form.bytes);
  begin(bundle, form);
  let steps = 0;
  for (const run of form.runs) {
    for (const change of run.before) change(bundle);
    vm.takeSteps(); // putting facts is no part of an event
    if (run.count > 0) bundle.evaluate(run.to, run.from);
    steps += vm.takeSteps();
  }
  return steps;
};
