/**
 * Facts as events take them: their values ready to be copied, and the classes that these values fall into.
 *
 *     | fields 2 × u64 (by bit) | values u32 (address) | block u32 (address) | key u64 | kept classes | values | lists of classes | record |
 *
 * Values are as fields.ts takes them, kept classes as classify.ts does. So an event of a known process reads what it asks
 * for, and nothing is joined to it. They begin where a line of the caches does, since most events read no more than one; the
 * block is the memory that they lie in.
 */
import { PROGRAM, STATES } from './bundles';
import { KEPT, KEPT_SIZE, classesOf, classify, isOf, useClassifiers } from './classify';
import { FACTS_BLOCK, FACTS_HIGH, FACTS_LOW, FACTS_VALUES, hasFact, isGiven, valueOf } from './fields';
import * as S from './generated/spec';
import { useOperands } from './operands';
import { isNumber } from './record';

/** Bytes of a line of the caches. */
const LINE: usize = 64;

/** Fields of the facts that are being prepared, as facts begin. */
const fields: usize = memory.data(16, 8);

/** @returns the facts of the record whose values were taken last, 0 where there is no memory */
export function prepare(bundle: usize, record: usize): usize {
  const program = <usize>load<u32>(bundle, PROGRAM);
  const classifiers = load<u32>(program, S.PROGRAM_CLASSIFIER_COUNT_AT);
  useOperands(program);
  useClassifiers(program, load<u32>(bundle, STATES));
  // before anything is derived; the time of facts is not the event's
  store<u64>(fields, given(0), FACTS_LOW);
  store<u64>(fields, given(64) & ~((<u64>1) << (S.FIELD_EVENT_TIME & 63)), FACTS_HIGH);
  const number = <u32>(popcnt<u64>(load<u64>(fields, FACTS_LOW)) + popcnt<u64>(load<u64>(fields, FACTS_HIGH)));
  const values = KEPT + classifiers * KEPT_SIZE;
  const lists = values + number * 8;
  const copy = (lists + listedClasses(classifiers) * 4 + 7) & ~7;
  const size = load<u32>(record);
  const block = heap.alloc(copy + size + LINE);
  if (!block) return 0;
  const facts = (block + LINE - 1) & ~(LINE - 1);
  memory.copy(facts, fields, FACTS_VALUES);
  store<u32>(facts, <u32>facts + values, FACTS_VALUES);
  store<u32>(facts, <u32>block, FACTS_BLOCK);
  memory.copy(facts + copy, record, size);
  keepValues(facts + values, <u32>(facts + copy) - <u32>record);
  keepClasses(facts + KEPT, classifiers, facts + lists);
  return facts;
}

/** Which of 64 fields are given, by bit. */
function given(first: u32): u64 {
  let mask: u64 = 0;
  for (let field = first; field < first + 64; field++) {
    if (isGiven(field)) mask |= (<u64>1) << (field & 63);
  }
  return mask;
}

/** @param moved how far the record was moved when it was copied */
function keepValues(to: usize, moved: u32): void {
  for (let field: u32 = 0; field < S.FIELD_COUNT; field++) {
    if (!hasFact(fields, field)) continue;
    const value = valueOf(field);
    // an address stands in the lower half
    const address = <u64>(<u32>value + moved);
    store<u64>(to, isNumber(load<u8>(S.FIELD_TYPES + field)) ? value : (value & 0xffffffff00000000) | address);
    to += 8;
  }
}

/** Number of classes beyond one, which need a list. */
function listedClasses(classifiers: u32): u32 {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < classifiers; i++) {
    const n = isOf(i, fields) ? classify(i) : 0;
    if (n > 1) sum += n;
  }
  return sum;
}

function keepClasses(row: usize, classifiers: u32, list: usize): void {
  for (let i: u32 = 0; i < classifiers; i++, row += KEPT_SIZE) {
    const n = isOf(i, fields) ? classify(i) : 0;
    store<u32>(row, n == 1 ? load<u32>(classesOf(i)) : <u32>list);
    store<u32>(row, n, 4);
    if (n < 2) continue;
    memory.copy(list, classesOf(i), n * 4);
    list += n * 4;
  }
}
