/** What a module exports, with types, as text. */
import binaryen from 'binaryen';

const typeNames = (type: number): string =>
  binaryen
    .expandType(type)
    .map((one) => ({ [binaryen.i32]: 'i32', [binaryen.i64]: 'i64' })[one] ?? `type ${one}`)
    .join(' ');

/** @returns a line for each export, sorted */
export const listing = (bytes: Uint8Array): string => {
  const module = binaryen.readBinary(bytes);
  try {
    const lines = Array.from({ length: module.getNumExports() }, (_, i) => {
      const { kind, name, value } = binaryen.getExportInfo(module.getExportByIndex(i));
      if (kind === binaryen.ExternalMemory) return `memory ${name}`;
      if (kind !== binaryen.ExternalFunction) return `other ${name}`;
      const { params, results } = binaryen.getFunctionInfo(module.getFunction(value));
      return `func ${name} (${typeNames(params)}) -> (${typeNames(results)})`;
    });
    return `${lines.sort().join('\n')}\n`;
  } finally {
    module.dispose();
  }
};
