/** How long engines take for an event, each checked for its decisions before it is timed. */
import { Bench } from 'tinybench';
import { planAndEmit } from '../../compiler/backend.ts';
import { decodeRecord } from '../../vm/event/index.ts';
import { createVm } from '../../vm/host/index.ts';
import { reference } from '../../vm/reference/index.ts';
import { ACTIONS } from '../../vm/spec/index.ts';
import { Unavailable, type InProcess, type OutOfProcess, type Peer, type PeerEvent, type PeerRule } from './peer.ts';
import { normalForm, recordOf } from './rules.ts';

/** Rules × events that the reference interpreter is asked for. */
const REFERENCE_WORK = 4_000_000;
const ROUNDS_MS = 300;
/** An engine that took longer than this to make ready, or for one event, is not asked for more rules. */
const PREPARE_MS = 30_000;
const EVENT_NS = 20e6;

const DENY = ACTIONS.indexOf('deny');

/** The VM's time, and its decisions, which are the reference's as far as that one can be asked. */
export const timeVm = async (rules: readonly PeerRule[], events: readonly PeerEvent[]) => {
  const normal = normalForm(rules);
  const made = planAndEmit(normal);
  if ('errors' in made) throw new Error(`BUG: no plan for ${rules.length} exact rules`);
  const records = events.map(recordOf);
  const all = Buffer.concat(records);
  const bundle = createVm().load(made.program);
  bundle.input(all.length).set(all);
  bundle.evaluate(all.length);
  const denied = events.map((_, i) => bundle.action(i) === DENY);
  const { decide } = reference(normal);
  for (const [i, record] of records.slice(0, Math.ceil(REFERENCE_WORK / rules.length)).entries()) {
    const decoded = decodeRecord(record, 0);
    if ('error' in decoded) throw new Error(`BUG: ${decoded.error}`);
    if ((decide(decoded.event).actual.action === 'deny') !== denied[i])
      throw new Error(`BUG: the VM decides ${i} wrong`);
  }
  return { denied, ns: (await timed(() => void bundle.evaluate(all.length))) / events.length };
};

type Outcome = { readonly ns: number; readonly note?: string } | { readonly note: string };

/** @returns nanoseconds an event, and why it is not to be asked for more rules, if so */
export const timePeer = async (
  peer: Peer,
  rules: readonly PeerRule[],
  events: readonly PeerEvent[],
  denied: readonly boolean[],
): Promise<Outcome> => {
  try {
    const start = performance.now();
    const engine = await peer.prepare(rules);
    const ns =
      'measure' in engine
        ? measureOutside(peer.name, engine, events, denied)
        : await measureInside(peer.name, engine, events, denied);
    const late = performance.now() - start > PREPARE_MS || ns > EVENT_NS;
    return late ? { ns, note: `not tried with more than ${rules.length} rules: it takes too long` } : { ns };
  } catch (error) {
    if (error instanceof Unavailable) return { note: error.message };
    throw error;
  }
};

const measureOutside = (
  name: string,
  engine: OutOfProcess,
  events: readonly PeerEvent[],
  denied: readonly boolean[],
): number => {
  const measured = engine.measure(events, ROUNDS_MS);
  agree(name, measured.denied, denied);
  return measured.ns;
};

/** Fewer events for an engine that is slow: the first one tells. */
const measureInside = async (
  name: string,
  engine: InProcess,
  events: readonly PeerEvent[],
  denied: readonly boolean[],
): Promise<number> => {
  const said: boolean[] = [];
  const start = performance.now();
  for (const event of events) {
    said.push(await engine.decide(event));
    if (performance.now() - start > ROUNDS_MS) break;
  }
  agree(name, said, denied);
  const asked = events.slice(0, said.length);
  const isAsync = engine.decide(asked[0]) instanceof Promise;
  const round = isAsync
    ? async (): Promise<void> => {
        for (const event of asked) await engine.decide(event);
      }
    : (): void => {
        for (const event of asked) void engine.decide(event);
      };
  return (await timed(round)) / asked.length;
};

const agree = (name: string, said: readonly boolean[], denied: readonly boolean[]): void => {
  const wrong = said.findIndex((deny, i) => deny !== denied[i]);
  if (wrong >= 0)
    throw new Error(`${name} ${said[wrong] ? 'denies' : 'allows'} event ${wrong}, and the reference does not`);
};

/** @returns nanoseconds of a round, the median */
const timed = async (round: () => void | Promise<void>): Promise<number> => {
  const bench = new Bench({ time: ROUNDS_MS, iterations: 2, warmupTime: 50, warmupIterations: 1 });
  bench.add('round', round);
  await bench.run();
  const { result } = bench.tasks[0];
  if (!('latency' in result)) throw new Error('BUG: the round did not finish');
  return result.latency.p50 * 1e6;
};
