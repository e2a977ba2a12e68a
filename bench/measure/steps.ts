/** Steps of the counting build, event by event: they repeat exactly. */
import { createVm } from '../../vm/host/index.ts';
import type { Family } from '../families/index.ts';
import { loadWithFacts, type Records } from './records.ts';

export interface Steps {
  readonly mean: number;
  readonly largest: number;
}

/** @returns the steps of the events with this program */
export const countSteps = (program: Uint8Array, family: Family, { bytes, starts }: Records): Steps => {
  const vm = createVm({ counting: true });
  const bundle = loadWithFacts(vm, program, family);
  bundle.input(bytes.length).set(bytes);
  vm.takeSteps();
  let [sum, largest] = [0, 0];
  for (let i = 0; i + 1 < starts.length; i++) {
    bundle.evaluate(starts[i + 1], starts[i]);
    const steps = vm.takeSteps();
    sum += steps;
    if (steps > largest) largest = steps;
  }
  return { mean: sum / (starts.length - 1), largest };
};
