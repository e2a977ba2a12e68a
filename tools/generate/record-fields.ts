/** What a writer of records has to know of the fields, without all that people read about them. */
import { FIELDS, LIMITS } from '../../vm/spec/index.ts';
import { GENERATED, type Target } from './target.ts';

const highest = Math.max(...FIELDS.map(({ id }) => id));
const byNumber = Array.from({ length: highest + 1 }, (_, id) => FIELDS.find((field) => field.id === id));

/** @returns `vm/event/generated/record-fields.ts` */
export const recordFields = (): Target => ({
  path: 'vm/event/generated/record-fields.ts',
  text: `// ${GENERATED}

/** Names of the fields by number; empty where no field has it. */
export const FIELD_NAMES: readonly string[] = [${byNumber.map((field) => `'${field?.name ?? ''}'`).join(', ')}];

/** Bytes that a value may have, by number. */
export const FIELD_BYTES: readonly number[] = [${byNumber.map((field) => field?.max ?? 0).join(', ')}];

/** Fields that are cut where they are too long. */
export const FIELD_CUT: readonly number[] = [${FIELDS.filter(({ cut }) => cut)
    .map(({ id }) => id)
    .join(', ')}];

export const RECORD_BYTES = ${LIMITS.recordBytes.value};
export const RECORD_SLOTS = ${LIMITS.recordSlots.value};
`,
});
