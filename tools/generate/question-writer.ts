/** A writer of event records with one method for each field: sensors and enforcers in TypeScript ask with it. */
import { FIELDS, type FieldSpec, type FieldType } from '../../vm/spec/index.ts';
import { GENERATED, type Target } from './target.ts';

/** By type: parameters of the method, and the call of the base class. */
const METHODS: Readonly<Record<FieldType, { readonly parameters: string; readonly call: (id: number) => string }>> = {
  string: {
    parameters: 'bytes: Uint8Array, start: number, length: number',
    call: (id) => `this.string(${id}, bytes, start, length)`,
  },
  address: {
    parameters: 'bytes: Uint8Array, start: number, length: number',
    call: (id) => `this.address(${id}, bytes, start, length)`,
  },
  int: { parameters: 'value: number', call: (id) => `this.int(${id}, value)` },
  uint: { parameters: 'low: number, high: number', call: (id) => `this.long(${id}, low, high)` },
  bool: { parameters: 'value: boolean', call: (id) => `this.bool(${id}, value)` },
  flags: { parameters: 'low: number, high: number', call: (id) => `this.flags(${id}, low, high)` },
  list: { parameters: '', call: (id) => `this.beginList(${id})` },
  map: { parameters: '', call: (id) => `this.beginList(${id})` },
};

/** What the record's head says, not a slot. */
const IN_THE_HEAD = ['event.kind', 'event.time'];

/** `proc.caller_path` → `procCallerPath` */
const methodName = (field: string): string => field.replace(/[._](\w)/g, (_, letter: string) => letter.toUpperCase());

const method = ({ id, name, type, doc }: FieldSpec): string => {
  const { parameters, call } = METHODS[type];
  const begins = type === 'list' || type === 'map' ? '; begins it, `element` and `endList` go on' : '';
  return `  /** \`${name}\`: ${doc}${begins} */
  ${methodName(name)}(${parameters}): void {
    ${call(id)};
  }`;
};

/** @returns `vm/event/generated/question-writer.ts` */
export const questionWriter = (): Target => ({
  path: 'vm/event/generated/question-writer.ts',
  text: `// ${GENERATED}
import { RecordWriter } from '../record-writer.ts';

/** A record writer that knows the fields: number and type are right by the method's name. */
export class QuestionWriter extends RecordWriter {
${FIELDS.filter(({ name }) => !IN_THE_HEAD.includes(name))
  .map(method)
  .join('\n\n')}
}
`,
});
