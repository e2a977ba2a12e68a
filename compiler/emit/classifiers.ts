/** Writes the tables of classifiers, of the keys that steps use alone, and says how many classes each can find at once. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { CLASSIFIER, CLASSIFIER_FORMS } from '../../vm/spec/index.ts';
import { isUnsigned } from '../plan/access.ts';
import { type Classifier, type KindPlan, pairOf } from '../plan/index.ts';
import { lengthAtMost } from '../plan/weight.ts';
import { type Classes, usedClasses } from './classes.ts';
import { NO_SIZES, type TableSizes, classifierSteps } from './cost.ts';
import { writeDictionary } from './dictionary.ts';
import { writeDirectories } from './directories.ts';
import { writeFloating, writeGlobs } from './globs.ts';
import { writeNetworks } from './networks.ts';
import type { Operands } from './operands.ts';
import { writeLengths, writeRanges } from './tables.ts';
import { writeSubstrings } from './substrings.ts';
import { integerKey } from './tests.ts';
import { writePairs } from './pairs.ts';
import type { Writer } from './writer.ts';

export interface WrittenClassifier {
  readonly classifier: Classifier;
  /** Row in the program's table. */
  readonly number: number;
  /** Class in the program of each key that is used. */
  readonly classes: Classes;
  readonly operand: number;
  readonly table: number;
  /** Classes at most at once. */
  readonly cap: number;
  /** Steps of a run. */
  readonly steps: number;
}

/** Writes all tables; rows are written by `writeRows`. */
export const writeClassifiers = (
  w: Writer,
  kinds: readonly KindPlan[],
  operands: Operands,
): Map<Classifier, WrittenClassifier> => {
  const written = new Map<Classifier, WrittenClassifier>();
  for (const [classifier, classes] of usedClasses(kinds)) {
    written.set(classifier, writeOne(w, classifier, classes, written, operands));
  }
  return written;
};

const writeOne = (
  w: Writer,
  classifier: Classifier,
  classes: Classes,
  written: ReadonlyMap<Classifier, WrittenClassifier>,
  operands: Operands,
): WrittenClassifier => {
  const number = written.size;
  if (classifier.parts) return writeBoth(w, classifier, classes, written);
  const { operand } = classifier;
  const items: [Bytes, number][] = [];
  for (const [text, key] of classifier.keys) if (classes.get(key) >= 0) items.push([text, classes.get(key)]);
  const sizes = { ...NO_SIZES, cap: 1, ...tableOf(w, classifier, items) };
  const { table, cap } = sizes;
  const steps = classifierSteps(classifier, sizes);
  return { classifier, number, classes, operand: operands.field(operand), table, cap, steps };
};

const writeBoth = (
  w: Writer,
  classifier: Classifier,
  classes: Classes,
  written: ReadonlyMap<Classifier, WrittenClassifier>,
): WrittenClassifier => {
  const [a, b] = classifier.parts!.map((part) => written.get(part)!);
  const [as, bs, values] = [classes, classes, classes].map(({ size }) => new Uint32Array(size));
  let n = 0;
  for (const [pair, key] of classifier.pairs) {
    if (classes.get(key) < 0) continue;
    const [first, second] = pairOf(pair);
    as[n] = a.classes.get(first);
    bs[n] = b.classes.get(second);
    values[n++] = classes.get(key) + 1;
  }
  const table = writePairs(w, as, bs, values);
  const steps = classifierSteps(classifier, { ...NO_SIZES, cap: 1 });
  const operand = a.number + b.number * 0x10000;
  return { classifier, number: written.size, classes, operand, table, cap: 1, steps };
};

const tableOf = (
  w: Writer,
  classifier: Classifier,
  items: readonly (readonly [Bytes, number])[],
): { table: number } & Partial<TableSizes> => {
  switch (classifier.form) {
    case 'text':
      return { table: writeDictionary(w, items) };
    case 'elements':
      return { table: writeDictionary(w, items), cap: items.length };
    case 'int':
      return {
        table: writeDictionary(
          w,
          items.map(([text, value]) => [integerKey(BigInt(text)), value]),
        ),
      };
    case 'prefix':
    case 'suffix': {
      const written = writeLengths(w, items);
      return { ...written, cap: written.lengths.length };
    }
    case 'net': {
      const written = writeNetworks(w, items);
      return { ...written, cap: written.chain };
    }
    case 'substring':
      return { ...writeSubstrings(w, items), cap: items.length };
    case 'range': {
      // unsigned values are compared with their top bit flipped, so that one signed order serves both
      const flip = isUnsigned(classifier.operand) ? 1n << 63n : 0n;
      return writeRanges(
        w,
        items.map(([text, value]) => {
          const [low, high] = text.split(':').map((end) => BigInt.asIntN(64, BigInt(end) ^ flip));
          return { low, high, value };
        }),
      );
    }
    case 'directory':
      return writeDirectories(w, items);
    case 'glob':
      return writeGlobs(w, items);
    case 'floating':
      return writeFloating(w, items, lengthAtMost({ is: 'field', ...classifier.operand }));
    case 'both':
      throw new Error('BUG: a pair has a table of its own');
  }
};

/** Writes the rows of the classifiers' table. */
export const writeRows = (w: Writer, written: readonly WrittenClassifier[]): number => {
  const at = w.reserve(written.length * CLASSIFIER.size);
  for (const { classifier, number, operand, table, cap } of written) {
    const row = at + number * CLASSIFIER.size;
    const fold = classifier.form === 'range' ? isUnsigned(classifier.operand) : classifier.fold;
    w.u8(row + CLASSIFIER.form, CLASSIFIER_FORMS[classifier.form].code);
    w.u8(row + CLASSIFIER.fold, Number(fold));
    w.u32(row + CLASSIFIER.operand, operand);
    w.u32(row + CLASSIFIER.table, table);
    w.u32(row + CLASSIFIER.cap, cap);
  }
  return at;
};
