/** Operands: that they name what there is, and how long what they read can be. */
import * as S from '../generated/spec';
import { program } from './bounds';
import { isText } from './tables';

/** What an operand gives: the tests accept some of these. */
export const NUMBER: u32 = 1;
export const TEXTUAL: u32 = 2;
export const ADDRESS: u32 = 4;
export const LIST: u32 = 8;
export const FLAGS: u32 = 16;

function row(operand: u32): usize {
  return program() + load<u32>(program(), S.PROGRAM_OPERANDS_AT) + operand * S.OPERAND_SIZE;
}

/** Whether every operand is well formed. */
export function areOperands(): bool {
  const n = load<u32>(program(), S.PROGRAM_OPERAND_COUNT_AT);
  for (let i: u32 = 0; i < n; i++) {
    if (!isOperand(row(i))) return false;
  }
  return true;
}

function isOperand(operand: usize): bool {
  const field = <u32>load<u16>(operand, S.OPERAND_FIELD);
  if (field >= S.FIELD_COUNT) return false;
  const type = typeOfField(field);
  switch (<u32>load<u8>(operand)) {
    case S.OPERAND_KIND_FIELD:
      return type != S.TYPE_UNASSIGNED;
    case S.OPERAND_KIND_MASKED:
      return type == S.TYPE_INT || type == S.TYPE_UINT;
    case S.OPERAND_KIND_INDEX:
      return type == S.TYPE_LIST;
    case S.OPERAND_KIND_KEY:
      return type == S.TYPE_MAP && isText(load<u32>(operand, S.OPERAND_ARG));
    case S.OPERAND_KIND_TEXT:
      return isText(load<u32>(operand, S.OPERAND_ARG));
    case S.OPERAND_KIND_ELEMENT:
    case S.OPERAND_KIND_INT:
      return true;
    default:
      return false;
  }
}

/** Internal fields are texts; the kind of an event is known when its steps are compiled and is no operand. */
function typeOfField(field: u32): u32 {
  if (field == S.INTERNAL_IMAGE_NAME || field == S.INTERNAL_GIVEN_CLASS) return S.TYPE_STRING;
  return field == S.FIELD_EVENT_KIND ? S.TYPE_UNASSIGNED : <u32>load<u8>(S.FIELD_TYPES + field);
}

/**
 * @param inline what is asked of a constant that stands in the place of a number: NUMBER, TEXTUAL, or 0 if none may
 * @returns what the operand gives; 0 if there is no such operand
 */
export function shapeOf(operand: u32, inline: u32): u32 {
  if (operand & S.TEST_INLINE) return inline == TEXTUAL ? shapeOfText(operand & ~S.TEST_INLINE) : inline;
  if (operand >= load<u32>(program(), S.PROGRAM_OPERAND_COUNT_AT)) return 0;
  const at = row(operand);
  switch (<u32>load<u8>(at)) {
    case S.OPERAND_KIND_FIELD:
      return shapeOfType(typeOfField(load<u16>(at, S.OPERAND_FIELD)));
    case S.OPERAND_KIND_MASKED:
    case S.OPERAND_KIND_INT:
      return NUMBER;
    case S.OPERAND_KIND_TEXT:
      return shapeOfText(load<u32>(at, S.OPERAND_ARG));
    default:
      return TEXTUAL;
  }
}

/** A text of 16 bytes is an address as well. */
function shapeOfText(offset: u32): u32 {
  if (!isText(offset)) return 0;
  return load<u32>(program() + offset) == 16 ? TEXTUAL | ADDRESS : TEXTUAL;
}

function shapeOfType(type: u32): u32 {
  if (type == S.TYPE_STRING) return TEXTUAL;
  if (type == S.TYPE_ADDRESS) return ADDRESS;
  if (type == S.TYPE_LIST) return LIST;
  if (type == S.TYPE_FLAGS) return FLAGS;
  return type == S.TYPE_MAP ? 0 : NUMBER;
}

/** Whether the operand is the element that `any` is at: its length is counted by the list, not by itself. */
export function isElement(operand: u32): bool {
  return !(operand & S.TEST_INLINE) && load<u8>(row(operand)) == S.OPERAND_KIND_ELEMENT;
}

/** Bytes at most of the operand's text or list; 0 for an element. */
export function lengthAtMost(operand: u32): u64 {
  if (operand & S.TEST_INLINE) return load<u32>(program() + (operand & ~S.TEST_INLINE));
  const at = row(operand);
  switch (<u32>load<u8>(at)) {
    case S.OPERAND_KIND_FIELD:
      return load<u32>(S.FIELD_MAX + <u32>load<u16>(at, S.OPERAND_FIELD) * 4);
    case S.OPERAND_KIND_TEXT:
      return load<u32>(program() + load<u32>(at, S.OPERAND_ARG));
    case S.OPERAND_KIND_INDEX:
    case S.OPERAND_KIND_KEY:
      return S.LIMIT_TEXT_BYTES;
    default:
      return 0;
  }
}

/** Steps of getting at the operand: walking a list to its place. What deriving a field costs is counted once an event. */
export function reachSteps(operand: u32): u64 {
  const kind = <u32>load<u8>(row(operand));
  if (kind == S.OPERAND_KIND_INDEX) return S.LIMIT_TEXT_BYTES / 4;
  // each pair of a map costs two steps and a compare of its key
  if (kind == S.OPERAND_KIND_KEY) return S.LIMIT_TEXT_BYTES / 4 + S.LIMIT_TEXT_BYTES / 16 + S.LIMIT_TEXT_BYTES / 8;
  return 0;
}

/** The field that the operand reads; 0 for none. */
export function fieldOf(operand: u32): u32 {
  const at = row(operand);
  return <u32>load<u8>(at) <= S.OPERAND_KIND_KEY ? <u32>load<u16>(at, S.OPERAND_FIELD) : 0;
}
