/** What tests and classifiers read: a field, a part of one, the element that `any` is at, or a constant. */
import { count } from './counting';
import { has } from './derive';
import { lengthOf, pointerOf, valueOf } from './fields';
import * as S from './generated/spec';
import { equal } from './text';

let program: usize = 0;
let operands: usize = 0;

/** The last text that `text` found. */
export let foundPointer: usize = 0;
export let foundLength: u32 = 0;

let elementPointer: usize = 0;
let elementLength: u32 = 0;

/** Reads operands of this program from now on. */
export function useOperands(base: usize): void {
  program = base;
  operands = base + load<u32>(base, S.PROGRAM_OPERANDS_AT);
}

/** Sets the element that `any` is at. */
export function setElement(pointer: usize, length: u32): void {
  elementPointer = pointer;
  elementLength = length;
}

/** @returns address of the operand's row */
export function operandRow(operand: u32): usize {
  return operands + operand * S.OPERAND_SIZE;
}

/** Whether the operand is there. */
export function present(operand: u32): bool {
  if (operand & S.TEST_INLINE) return true;
  const row = operandRow(operand);
  const kind = load<u8>(row, S.OPERAND_KIND);
  if (kind == S.OPERAND_KIND_FIELD || kind == S.OPERAND_KIND_MASKED) return has(load<u16>(row, S.OPERAND_FIELD));
  return kind == S.OPERAND_KIND_INT || text(operand);
}

/** The text, address or list of an operand into `foundPointer` and `foundLength`; false if it is absent. */
export function text(operand: u32): bool {
  if (operand & S.TEST_INLINE) {
    const constant = program + (operand & ~S.TEST_INLINE);
    foundPointer = constant + S.TEXT_BYTES;
    foundLength = load<u32>(constant);
    return true;
  }
  const row = operandRow(operand);
  const field = <u32>load<u16>(row, S.OPERAND_FIELD);
  const arg = load<u32>(row, S.OPERAND_ARG);
  switch (<u32>load<u8>(row, S.OPERAND_KIND)) {
    case S.OPERAND_KIND_FIELD:
      if (!has(field)) return false;
      foundPointer = pointerOf(field);
      foundLength = lengthOf(field);
      return true;
    case S.OPERAND_KIND_TEXT:
      foundPointer = program + arg + S.TEXT_BYTES;
      foundLength = load<u32>(program + arg);
      return true;
    case S.OPERAND_KIND_ELEMENT:
      foundPointer = elementPointer;
      foundLength = elementLength;
      return true;
    case S.OPERAND_KIND_INDEX:
      return has(field) && elementAt(pointerOf(field), arg);
    default:
      return has(field) && valueUnder(pointerOf(field), program + arg);
  }
}

function elementAt(list: usize, index: u32): bool {
  if (index >= load<u32>(list)) return false;
  let at = list + 4;
  for (let i: u32 = 0; i < index; i++) {
    count(1);
    at += 4 + ((load<u32>(at) + 3) & ~3);
  }
  foundPointer = at + 4;
  foundLength = load<u32>(at);
  return true;
}

function valueUnder(map: usize, key: usize): bool {
  const elements = load<u32>(map);
  const keyLength = load<u32>(key);
  let at = map + 4;
  for (let i: u32 = 0; i < elements; i += 2) {
    count(2);
    const n = load<u32>(at);
    const value = at + 4 + ((n + 3) & ~3);
    if (n == keyLength && equal(at + 4, key + S.TEXT_BYTES, n)) {
      foundPointer = value + 4;
      foundLength = load<u32>(value);
      return true;
    }
    at = value + 4 + ((load<u32>(value) + 3) & ~3);
  }
  return false;
}

/** The integer of an operand that is there. */
export function integer(operand: u32): i64 {
  if (operand & S.TEST_INLINE) return <i64>(operand & ~S.TEST_INLINE);
  const row = operandRow(operand);
  const kind = load<u8>(row, S.OPERAND_KIND);
  const constant = load<u64>(row, S.OPERAND_VALUE);
  if (kind == S.OPERAND_KIND_INT) return <i64>constant;
  const value = valueOf(load<u16>(row, S.OPERAND_FIELD));
  return <i64>(kind == S.OPERAND_KIND_MASKED ? value & constant : value);
}
