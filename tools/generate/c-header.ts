/** Constants and structs for the BPF programs, in C. */
import {
  CAPABILITIES,
  FIELDS,
  KINDS,
  LIMITS,
  RECORD,
  RECORD_FLAGS,
  RECORD_VERSION,
  SLOT,
} from '../../vm/spec/index.ts';
import {
  ANY_TYPE,
  BOUND,
  CALL_NUMBERS,
  CALL_SHAPES,
  CLOSED,
  COMM_BYTES,
  FOLLOW,
  GATE_OPERATIONS,
  LAYERS,
  layoutOfMembers,
  MODE_TYPE,
  NO_ARGUMENT,
  STRUCTS,
  WANTED,
  type Member,
} from '../../shim/sensors/layout.ts';
import { constantName, GENERATED, type Target } from './target.ts';

export const define = (name: string, value: number | string): string => `#define ${name} ${value}`;
const defines = (prefix: string, values: Readonly<Record<string, number>>): string[] =>
  Object.entries(values).map(([name, value]) => define(constantName('LICTOR', prefix, name), value));

const section = (title: string, lines: readonly string[]): string[] => ['', `/* ${title} */`, ...lines];

const struct = (name: string, members: readonly string[], size: number, offsets: Readonly<Record<string, number>>) => [
  `struct ${name} {`,
  ...members.map((text) => `\t${text}`),
  '};',
  `_Static_assert(sizeof(struct ${name}) == ${size}, "size of ${name}");`,
  ...Object.entries(offsets).map(
    ([of, at]) => `_Static_assert(__builtin_offsetof(struct ${name}, ${of}) == ${at}, "${name}.${of}");`,
  ),
];

const { header: recordBytes, slot: slotBytes, ...recordOffsets } = RECORD;

const record = (): string[] => [
  ...struct(
    'lictor_record',
    [
      '__u32 size;',
      '__u8 kind;',
      '__u8 version;',
      '__u16 slots;',
      '__u64 time;',
      '__u64 subject;',
      '__u64 workload;',
      '__u64 token;',
      '__u32 flags;',
      '__u32 reserved;',
    ],
    recordBytes,
    recordOffsets,
  ),
  '',
  ...struct('lictor_slot', ['__u16 field;', '__u16 reserved;', '__u32 length;', '__u64 value;'], slotBytes, SLOT),
];

/** A struct with a check of its size and of each member's offset. */
export const message = ([name, members]: [string, readonly Member[]]): string[] => {
  const { size, offsets } = layoutOfMembers(name, members);
  const lines = members.map(
    ({ name: of, type, count, doc }) => `__${type} ${of}${count ? `[${count}]` : ''}; /* ${doc} */`,
  );
  return ['', ...struct(`lictor_${name}`, lines, size, offsets)];
};

/** Numbers in the order of the specification, and the names. */
const descriptors = (): string[] => {
  const names = FIELDS.find((field) => field.name === 'syscall.fd_type')!.values!;
  return [
    ...names.map((name, number) => define(constantName('LICTOR_DESCRIPTOR', name), number)),
    define('LICTOR_DESCRIPTOR_CLOSED', CLOSED),
    define('LICTOR_DESCRIPTOR_NAMES(of)', names.map((name) => `of("${name}")`).join(' ')),
  ];
};

const header = (): string =>
  [
    `/* ${GENERATED} */`,
    '#ifndef LICTOR_SPEC_H',
    '#define LICTOR_SPEC_H',
    '',
    '#include <linux/types.h>',
    ...section('Event record', [define('LICTOR_RECORD_VERSION', RECORD_VERSION), '', ...record()]),
    ...section('Flags of a record', defines('FLAG', RECORD_FLAGS)),
    ...section('Kinds', defines('KIND', Object.fromEntries(KINDS.map((kind) => [kind.name, kind.id])))),
    ...section('Fields', defines('FIELD', Object.fromEntries(FIELDS.map((field) => [field.name, field.id])))),
    ...section(
      'Bits of flag sets',
      FIELDS.filter((field) => field.type === 'flags' && field.values !== CAPABILITIES).flatMap((field) =>
        (field.values ?? []).map((value, bit) => define(constantName('LICTOR', field.name, value), `(1ULL << ${bit})`)),
      ),
    ),
    ...section('What a descriptor refers to', descriptors()),
    ...section(
      'Limits',
      (['recordBytes', 'pathBytes', 'textBytes'] as const).map((name) =>
        define(constantName('LICTOR_MAX', name), LIMITS[name].value),
      ),
    ),
    ...section('Values of maps', [
      define('LICTOR_NO_ARGUMENT', NO_ARGUMENT),
      define('LICTOR_ANY_TYPE', ANY_TYPE),
      define('LICTOR_MODE_TYPE', MODE_TYPE),
      define('LICTOR_CALL_NUMBERS', CALL_NUMBERS),
      define('LICTOR_COMM_BYTES', COMM_BYTES),
      define('LICTOR_KIND_COUNT', Math.max(...KINDS.map((kind) => kind.id)) + 1),
      ...CALL_SHAPES.map((shape, number) => define(constantName('LICTOR_SHAPE', shape), number)),
      ...FOLLOW.map((follow, number) => define(constantName('LICTOR_FOLLOW', follow), number)),
      ...LAYERS.map((layer, number) => define(constantName('LICTOR_LAYER', layer), number)),
      ...defines('GATE', GATE_OPERATIONS),
      ...defines('BOUND', BOUND),
      ...defines('WANTED', WANTED),
      ...Object.entries(STRUCTS).flatMap(message),
    ]),
    '',
    '#endif',
    '',
  ].join('\n');

/** @returns `shim/bpf/generated/lictor_spec.h` */
export const cHeader = (): Target => ({ path: 'shim/bpf/generated/lictor_spec.h', text: header() });
