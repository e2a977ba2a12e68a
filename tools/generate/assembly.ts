/** Constants for the virtual machine, in AssemblyScript. */
import {
  ACTIONS,
  DEFAULT_ERRNO,
  AUTOMATON,
  BOTH_DEPTH,
  CANDIDATE,
  CLASSIFIER,
  CLASSIFIER_FORMS,
  COMPARISONS,
  DICT,
  DICT_RECORD,
  DIRECTORIES,
  DIRECTORY,
  ENTRY,
  ENTRY_FLAGS,
  ERRNOS,
  ERRORS,
  FIELD_COUNT,
  FILTER,
  FIELDS,
  FIELD_TYPES,
  GLOB_FILTER,
  GLOB_PIECE,
  GLOB_TUPLE,
  GLOBS,
  INTERNAL_FIELDS,
  KIND,
  KINDS,
  LENGTHS,
  LIMITS,
  NETWORK,
  NETWORK_NODE,
  NETWORKS,
  NO_POLICY,
  NO_RULE,
  ACCEPT,
  OPERAND,
  OPERAND_KINDS,
  PAIRS,
  PREFIX,
  PROGRAM,
  RANGES,
  REF,
  REJECT,
  SET_FORMS,
  STEP,
  STEP_OPS,
  STAGE,
  STAGE_USER,
  SUBSTRINGS,
  SUBSTRING_FLAGS,
  SUBSTRING_TEXT,
  TEST,
  TEST_OPS,
  TEXT,
  RECORD,
  RECORD_FLAGS,
  RECORD_VERSION,
  RING,
  SLOT,
  VERDICT,
  VERDICT_FLAGS,
} from '../../vm/spec/index.ts';
import { constantName, GENERATED, type Target } from './target.ts';

const line = (name: string, type: 'i32' | 'u32', value: number, doc = ''): string =>
  `export const ${name}: ${type} = ${type === 'u32' ? `0x${value.toString(16)}` : value};${doc && ` // ${doc}`}`;

const lines = (prefix: string, values: Readonly<Record<string, number>>): string[] =>
  Object.entries(values).map(([name, value]) => line(constantName(prefix, name), 'u32', value));

const section = (title: string, body: readonly string[]): string[] => ['', `// ${title}`, ...body];

const rows = (values: readonly number[]): string[] => {
  const out: string[] = [];
  for (let i = 0; i < values.length; i += 20) out.push(`  ${values.slice(i, i + 20).join(', ')},`);
  return out;
};

/** A byte table in the data segment; its name is the address of the first byte. */
const table = (name: string, values: readonly number[]): string[] => [
  '// prettier-ignore',
  `export const ${name}: usize = memory.data<u8>([`,
  ...rows(values),
  ']);',
];

const UNASSIGNED = 255;

const typeByField = (): number[] => {
  const types = new Array<number>(FIELD_COUNT).fill(UNASSIGNED);
  for (const f of FIELDS) types[f.id] = FIELD_TYPES.indexOf(f.type);
  return types;
};

/** Bytes at most of each field's value, a u32 each; internal fields are cut from others and no longer than the longest. */
const maxByField = (): number[] => {
  const max = new Array<number>(FIELD_COUNT).fill(0);
  for (const f of FIELDS) max[f.id] = f.max;
  for (const id of Object.values(INTERNAL_FIELDS)) max[id] = LIMITS.stringBytes.value;
  return max.flatMap((n) => [n & 255, (n >> 8) & 255, (n >> 16) & 255, n >> 24]);
};

const codes = (prefix: string, table: Readonly<Record<string, { readonly code: number }>>): string[] =>
  Object.entries(table).map(([name, { code }]) => line(constantName(prefix, name), 'u32', code));

const COMPARISON_NAMES: Readonly<Record<string, string>> = { '=': 'EQ', '<': 'LT', '<=': 'LE', '>': 'GT', '>=': 'GE' };

/** @returns `vm/assembly/generated/spec.ts` */
export const assembly = (): Target => ({
  path: 'vm/assembly/generated/spec.ts',
  text:
    [
      `// ${GENERATED}`,
      ...section('Kinds of events; 0 means facts', [
        ...KINDS.map((k) => line(constantName('KIND', k.name), 'u32', k.id)),
        line('KIND_MAX', 'u32', Math.max(...KINDS.map((k) => k.id))),
      ]),
      ...section('Types of fields', [
        ...FIELD_TYPES.map((type, i) => line(constantName('TYPE', type), 'u32', i)),
        line('TYPE_UNASSIGNED', 'u32', UNASSIGNED, 'no field has this number'),
      ]),
      ...section('Fields; 0 is an empty slot', [
        ...FIELDS.map((f) => line(constantName('FIELD', f.name), 'u32', f.id, f.type)),
        line('FIELD_COUNT', 'u32', FIELD_COUNT, 'rows of the tables below'),
        ...lines('INTERNAL', INTERNAL_FIELDS),
      ]),
      ...section('The type of each field, by its number', table('FIELD_TYPES', typeByField())),
      ...section('Bytes at most of each field, a u32 each', table('FIELD_MAX', maxByField())),
      ...section('Event record', [
        line('RECORD_FORMAT', 'u32', RECORD_VERSION, 'what the byte at RECORD_VERSION says'),
        ...lines('RECORD', RECORD),
        ...lines('SLOT', SLOT),
        ...lines('RING', RING),
        ...lines('RECORD_FLAG', RECORD_FLAGS),
      ]),
      ...section('Verdict', [
        ...lines('VERDICT', VERDICT),
        ...lines('VERDICT_FLAG', VERDICT_FLAGS),
        line('NO_RULE', 'u32', NO_RULE),
        line('NO_POLICY', 'u32', NO_POLICY),
      ]),
      ...section('Actions: a larger one is stricter', [
        ...ACTIONS.map((action, rank) => line(constantName('ACTION', action), 'u32', rank)),
        line('DEFAULT_ERRNO', 'u32', ERRNOS[DEFAULT_ERRNO]),
      ]),
      ...section(
        'Statuses',
        Object.entries(ERRORS).map(([name, e]) => line(constantName('ERROR', name), 'i32', e.code, e.doc)),
      ),
      ...section(
        'Limits',
        Object.entries(LIMITS).map(([name, l]) => line(constantName('LIMIT', name), 'u32', l.value)),
      ),
      ...section('Program', [
        ...lines('PROGRAM', PROGRAM),
        ...lines('ENTRY', ENTRY),
        ...lines('ENTRY_FLAG', ENTRY_FLAGS),
        ...lines('KIND_ROW', KIND),
        ...lines('STEP', STEP),
        ...lines('FILTER', FILTER),
        ...codes('STEP_OP', STEP_OPS),
        ...lines('REF', REF),
        ...lines('CANDIDATE', CANDIDATE),
        ...lines('PAIRS', PAIRS),
        ...lines('OPERAND', OPERAND),
        ...codes('OPERAND_KIND', OPERAND_KINDS),
        ...lines('TEST', TEST),
        ...codes('TEST_OP', TEST_OPS),
        line('ACCEPT', 'u32', ACCEPT),
        line('REJECT', 'u32', REJECT),
        ...Object.entries(COMPARISONS).map(([name, value]) =>
          line(constantName('COMPARISON', COMPARISON_NAMES[name] ?? name), 'u32', value),
        ),
        ...lines('SET_FORM', SET_FORMS),
        ...lines('CLASSIFIER', CLASSIFIER),
        ...codes('CLASSIFIER_FORM', CLASSIFIER_FORMS),
        line('BOTH_DEPTH', 'u32', BOTH_DEPTH),
        ...lines('DICT', DICT),
        ...lines('DICT_RECORD', DICT_RECORD),
        ...lines('TEXT', TEXT),
        ...lines('LENGTHS', LENGTHS),
        ...lines('NETWORKS', NETWORKS),
        ...lines('NETWORK', NETWORK),
        ...lines('NETWORK_NODE', NETWORK_NODE),
        ...lines('PREFIX', PREFIX),
        ...lines('DIRECTORIES', DIRECTORIES),
        ...lines('DIRECTORY', DIRECTORY),
        ...lines('GLOBS', GLOBS),
        ...lines('GLOB_TUPLE', GLOB_TUPLE),
        ...lines('GLOB_PIECE', GLOB_PIECE),
        ...lines('GLOB_FILTER', GLOB_FILTER),
        ...lines('RANGES', RANGES),
        ...lines('AUTOMATON', AUTOMATON),
        ...lines('SUBSTRINGS', SUBSTRINGS),
        ...lines('SUBSTRING_TEXT', SUBSTRING_TEXT),
        ...lines('SUBSTRING_FLAG', SUBSTRING_FLAGS),
        ...lines('STAGE', STAGE),
        ...lines('STAGE_USER', STAGE_USER),
      ]),
    ].join('\n') + '\n',
});
