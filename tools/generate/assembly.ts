/** Constants for the virtual machine, in AssemblyScript. */
import {
  ACTIONS,
  DEFAULT_ERRNO,
  ERRNOS,
  ERRORS,
  FIELDS,
  FIELD_TYPES,
  KINDS,
  LIMITS,
  NO_POLICY,
  NO_RULE,
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
  Object.entries(values).map(([name, value]) =>
    line(constantName(prefix, name), value >= 0x40000000 ? 'u32' : 'i32', value),
  );

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
  const types = new Array<number>(Math.max(...FIELDS.map((f) => f.id)) + 1).fill(UNASSIGNED);
  for (const f of FIELDS) types[f.id] = FIELD_TYPES.indexOf(f.type);
  return types;
};

/** @returns `vm/assembly/generated/spec.ts` */
export const assembly = (): Target => ({
  path: 'vm/assembly/generated/spec.ts',
  text:
    [
      `// ${GENERATED}`,
      ...section('Kinds of events; 0 means facts', [
        ...KINDS.map((k) => line(constantName('KIND', k.name), 'i32', k.id)),
        line('KIND_MAX', 'i32', Math.max(...KINDS.map((k) => k.id))),
      ]),
      ...section('Types of fields', [
        ...FIELD_TYPES.map((type, i) => line(constantName('TYPE', type), 'i32', i)),
        line('TYPE_UNASSIGNED', 'i32', UNASSIGNED, 'no field has this number'),
      ]),
      ...section('Fields; 0 is an empty slot', [
        ...FIELDS.map((f) => line(constantName('FIELD', f.name), 'i32', f.id, f.type)),
        line('FIELD_MAX', 'i32', Math.max(...FIELDS.map((f) => f.id))),
      ]),
      ...section('The type of each field, by its number', table('FIELD_TYPES', typeByField())),
      ...section('Event record', [
        line('RECORD_FORMAT', 'i32', RECORD_VERSION, 'what the byte at RECORD_VERSION says'),
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
        ...ACTIONS.map((action, rank) => line(constantName('ACTION', action), 'i32', rank)),
        line('DEFAULT_ERRNO', 'i32', ERRNOS[DEFAULT_ERRNO]),
      ]),
      ...section(
        'Statuses',
        Object.entries(ERRORS).map(([name, e]) => line(constantName('ERROR', name), 'i32', e.code, e.doc)),
      ),
      ...section(
        'Limits',
        Object.entries(LIMITS).map(([name, l]) => line(constantName('LIMIT', name), 'i32', l.value)),
      ),
    ].join('\n') + '\n',
});
