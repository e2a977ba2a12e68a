/** The engines that the table is run through: the reference and the virtual machine, each from the normal form. */
import { planAndEmit } from '../../compiler/backend.ts';
import type { NormalForm } from '../../vm/bundle/normal.ts';
import type { Decision } from '../../vm/event/decision.ts';
import { encodeRecord, type Event } from '../../vm/event/index.ts';
import { createVm } from '../../vm/host/index.ts';
import { reference } from '../../vm/reference/index.ts';

export type Engine = (event: Event) => Decision;

const vm = createVm();

/** Runs what `check` does with each engine; the machine's bundle is unloaded behind it. */
export function withEngines(normal: NormalForm, check: (engine: Engine, name: string) => void): void {
  check(reference(normal).decide, 'reference');
  const made = planAndEmit(normal);
  if ('errors' in made) throw new Error(`no program: ${JSON.stringify(made.errors)}`);
  const bundle = vm.load(made.program);
  try {
    check((event) => {
      const record = encodeRecord(event);
      bundle.input(record.length).set(record);
      if (bundle.evaluate(record.length) !== 1) throw new Error('no verdict');
      return bundle.decision(0);
    }, 'vm');
  } finally {
    bundle.unload();
  }
}
