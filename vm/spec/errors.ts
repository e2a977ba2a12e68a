/** Statuses of the raw ABI: negative numbers. Data only. */
export const ERRORS = {
  ok: { code: 0, doc: 'fine' },
  memory: { code: -1, doc: 'out of memory' },
  handle: { code: -2, doc: 'no such bundle' },
  magic: { code: -3, doc: 'not a program' },
  version: { code: -4, doc: 'a program of a newer format' },
  bounds: { code: -5, doc: 'an offset, a length or a count points outside its table' },
  control: { code: -6, doc: 'control does not go forward, or does not end' },
  opcode: { code: -7, doc: 'an unknown instruction or operand' },
  cost: { code: -8, doc: 'the program states a smaller bound than it can take' },
  record: { code: -9, doc: 'a record or facts that are not well formed' },
  key: { code: -10, doc: 'no such subject, workload or verdict' },
  span: { code: -11, doc: 'a pointer or a length outside the memory that was allocated' },
} as const;
