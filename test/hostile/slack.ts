/** Whether a program states more than its worst case: one step less must be refused. */
import { createVm, VmError } from '../../vm/host/index.ts';
import { KIND, PROGRAM } from '../../vm/spec/index.ts';

/** @returns ids of the kinds of which a stated bound could be smaller */
export function slack(program: Uint8Array): number[] {
  const view = new DataView(program.buffer, program.byteOffset, program.length);
  const kinds = view.getUint32(PROGRAM.kindsAt, true);
  const loose: number[] = [];
  for (let kind = 1; kind < view.getUint32(PROGRAM.kindCountAt, true); kind++) {
    for (const field of [KIND.bound, KIND.unknownBound]) {
      const copy = Uint8Array.from(program);
      const at = kinds + kind * KIND.size + field;
      const bound = view.getUint32(at, true);
      if (bound === 0) continue;
      new DataView(copy.buffer).setUint32(at, bound - 1, true);
      if (loads(copy)) loose.push(kind);
    }
  }
  return loose;
}

function loads(program: Uint8Array): boolean {
  try {
    createVm().load(program).unload();
    return true;
  } catch (error) {
    if (error instanceof VmError && error.code === 'cost') return false;
    throw error;
  }
}
