/** What no sensor and no enforcer can say: by kind, whoever decides it, and the fields that nothing fills. */
import { FIELDS, KINDS, type KindSpec } from '../../vm/spec/index.ts';
import { KIND_MECHANISMS, UNFILLED, type Timing } from './mechanisms.ts';

export interface KindCoverage {
  readonly kind: string;
  readonly mechanism: string;
  readonly timing: Timing;
  /** Names of fields of its object, and of its process, that nothing fills. */
  readonly unfilled: readonly string[];
}

const carries = ({ name, objects }: KindSpec, field: (typeof FIELDS)[number]): boolean =>
  field.of === 'event' &&
  !field.name.startsWith('event.') &&
  (field.kinds ? field.kinds.includes(name) : objects.includes(field.name.split('.')[0]));

/** Every kind, in the order of the specification. */
export const kindCoverage = (): readonly KindCoverage[] =>
  KINDS.map((kind) => {
    const { mechanism, timing, fields } = KIND_MECHANISMS.get(kind.name)!;
    const filled = new Set(fields);
    const own = FIELDS.filter((field) => carries(kind, field) && !filled.has(field.name)).map(({ name }) => name);
    return { kind: kind.name, mechanism, timing, unfilled: [...own, ...UNFILLED] };
  });
