/** The engines that decide events, behind one face: the virtual machine, the reference, or both held against each other. */
import { isDeepStrictEqual } from 'node:util';
import type { Bundle } from '../vm/bundle/index.ts';
import type { Decision } from '../vm/event/decision.ts';
import type { Event } from '../vm/event/event.ts';
import { encodeRecord } from '../vm/event/index.ts';
import { createVm, type VmBundle, VmError } from '../vm/host/index.ts';
import { reference } from '../vm/reference/index.ts';
import type { Option } from './command.ts';
import { Exit, Stop } from './exit.ts';

export const ENGINE_OPTION = {
  type: 'choice',
  choices: ['vm', 'reference', 'both'],
  default: 'vm',
  doc: 'who decides: the virtual machine, the slow reference interpreter, or both, which must agree',
} as const satisfies Option;

export type EngineName = (typeof ENGINE_OPTION.choices)[number];

/** Decides a batch, in order. */
export type Engine = (events: readonly Event[]) => readonly Decision[];

/** What the two engines say of one event where they differ. */
export class Difference extends Error {
  /** @param before decisions of the batch up to that event, on which they agree */
  constructor(
    readonly before: readonly Decision[],
    readonly vm: Decision,
    readonly reference: Decision,
  ) {
    super('the virtual machine and the reference differ');
  }
}

/**
 * Loads a program into a machine of its own.
 * @throws Stop where it does not pass verification
 */
export function loadProgram(program: Uint8Array, vm = createVm()): VmBundle {
  try {
    return vm.load(program);
  } catch (error) {
    if (error instanceof VmError) throw new Stop(Exit.Findings, `the bundle's program is refused: ${error.message}`);
    throw error;
  }
}

/** Bytes of records that the machine gets at once. */
const BATCH = 1 << 20;

function machine(bundle: VmBundle): Engine {
  return (events) => {
    const decisions: Decision[] = [];
    const records: Uint8Array[] = [];
    let bytes = 0;
    const flush = (): void => {
      const n = bundle.evaluateAll(Buffer.concat(records), (vm, i) => decisions.push(vm.decision(i)));
      if (n !== records.length) throw new Error('BUG: a record without a verdict');
      records.length = 0;
      bytes = 0;
    };
    for (const event of events) {
      const record = encodeRecord(event);
      if (bytes > 0 && bytes + record.length > BATCH) flush();
      records.push(record);
      bytes += record.length;
    }
    if (bytes > 0) flush();
    return decisions;
  };
}

/**
 * @param name of the engine
 * @param bundle whose program and normal form it uses
 * @returns the engine; `both` throws Difference at the first one
 */
export function engine(name: EngineName, bundle: Pick<Bundle, 'program' | 'normal'>): Engine {
  if (name === 'vm') return machine(loadProgram(bundle.program));
  const interpreter = reference(bundle.normal);
  const interpret: Engine = (events) => events.map((event) => interpreter.decide(event));
  if (name === 'reference') return interpret;
  const run = machine(loadProgram(bundle.program));
  return (events) => {
    const decisions = run(events);
    const expected = interpret(events);
    const index = decisions.findIndex((decision, i) => !isDeepStrictEqual(decision, expected[i]));
    if (index >= 0) throw new Difference(decisions.slice(0, index), decisions[index], expected[index]);
    return decisions;
  };
}
