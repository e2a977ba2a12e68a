/** Programs and facts that come and go leave no memory behind. */
import { planAndEmit } from '../../compiler/backend.ts';
import { encodeRecord } from '../../vm/event/index.ts';
import { createVm } from '../../vm/host/index.ts';
import { wide } from '../differential/wide.ts';
import { fieldId } from '../generators/values.ts';
import { Prober } from './probe.ts';

const ROUNDS = 40;
const KEYS = 400;

/** @returns how many bytes the memory grew in later rounds than the first ones */
export function growth(): number {
  const made = planAndEmit(wide().normal, { allowSlow: true });
  if ('errors' in made) throw new Error('BUG: no plan');
  const facts = (n: number): Uint8Array => {
    const values = new Map([[fieldId('proc.path'), `/opt/${'x'.repeat(n)}`]]);
    return encodeRecord({ kind: 0, time: undefined, values });
  };
  const vm = createVm();
  const bytes = (): number => vm.raw.memory.buffer.byteLength;
  let settled = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const bundle = vm.load(made.program);
    for (let key = 1; key <= KEYS; key++) {
      for (let again = 0; again < 3; again++) {
        bundle.putSubject(BigInt(key), facts(500 + again));
        bundle.putWorkload(BigInt(key), facts(300 + again));
      }
      if (key % 2 === 0) bundle.dropSubject(BigInt(key));
      if (key % 3 === 0) bundle.dropWorkload(BigInt(key));
    }
    bundle.unload();
    if (round === 3) settled = bytes();
  }
  return bytes() - settled;
}

/** @throws Error where an event with more of everything than the bundle has keys reaches beyond the bundle's memory */
export function staysInside(): void {
  const { normal, deliveries } = wide();
  const made = planAndEmit(normal, { allowSlow: true });
  if ('errors' in made) throw new Error('BUG: no plan');
  const records = deliveries.slice(-8).map(({ kind, time, inline }) => encodeRecord({ kind, time, values: inline }));
  const said = new Prober().probe(made.program, records);
  if (said !== 'runs') throw new Error(`refused: ${said}`);
}

/** Bundles that an instance holds at once. */
const MOST = 64;

/** @returns whether exactly as many bundles as are promised can be loaded, again and again */
export function holdsMost(): boolean {
  const made = planAndEmit({ version: 1, policies: [] });
  if ('errors' in made) throw new Error('BUG: no plan');
  const { program } = made;
  const vm = createVm();
  const handles = (): number[] => {
    const pointer = vm.allocate(program.length);
    new Uint8Array(vm.raw.memory.buffer, pointer, program.length).set(program);
    return Array.from({ length: MOST + 1 }, () => vm.raw.load(pointer, program.length));
  };
  return [1, 2].every(() => {
    const given = handles();
    for (const handle of given) if (handle > 0) vm.raw.unload(handle);
    return new Set(given.slice(0, MOST)).size === MOST && given.filter((handle) => handle > 0).length === MOST;
  });
}
