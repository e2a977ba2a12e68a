/** Programs and facts that come and go leave no memory behind. */
import { planAndEmit } from '../../compiler/backend.ts';
import { encodeRecord } from '../../vm/event/index.ts';
import { Vm } from '../../vm/host/index.ts';
import { wide } from '../differential/wide.ts';
import { fieldId } from '../generators/values.ts';

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
  const vm = Vm.create();
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
