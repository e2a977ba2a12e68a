/**
 * Conditions about a file as conditions about a directory D. The files that are meant are D itself and its children: paths
 * of D, a slash, and a name.
 */
import type { Expr, FieldRef, Operand } from '../../vm/bundle/normal.ts';
import { FALSE, TRUE } from '../../vm/bundle/normal.ts';
import { FIELDS } from '../../vm/spec/index.ts';
import { and, not, or } from '../plan/simplify.ts';
import { type Lifted, liftedPath } from './paths.ts';

const idOf = (name: string): number => FIELDS.find((field) => field.name === name)!.id;
const PATH = idOf('file.path');
const DIR = idOf('file.dir');
const WORKLOAD: ReadonlySet<number> = new Set(FIELDS.filter((field) => field.of === 'workload').map(({ id }) => id));

const UNKNOWN: Lifted = { may: TRUE, must: FALSE };

/**
 * @param e a simplified condition: `not` stands before tests only, and none asks for the kind of the event
 * @returns conditions of the question whose `file.path` is D and which has no other field of the event or its process
 */
export const lift = (e: Expr): Lifted => {
  switch (e.op) {
    case 'and':
    case 'or': {
      const join = e.op === 'and' ? and : or;
      const parts = e.args.map(lift);
      return { may: join(...parts.map(({ may }) => may)), must: join(...parts.map(({ must }) => must)) };
    }
    case 'not': {
      const { may, must } = lift(e.arg);
      return { may: not(must), must: not(may) };
    }
    default:
      return liftTest(e);
  }
};

const liftTest = (e: Expr): Lifted => {
  const fields = fieldsOf(e);
  if (fields.every(({ field }) => WORKLOAD.has(field))) return { may: e, must: e };
  if (fields.length > 1) return UNKNOWN;
  if (e.op === 'exists') return fields[0].field === PATH ? { may: TRUE, must: TRUE } : UNKNOWN;
  const own: Lifted = { may: e, must: e };
  if (fields[0].field === PATH) return both(own, liftedPath(e));
  if (fields[0].field !== DIR) return UNKNOWN;
  // the directory of every child is D
  const ofChildren = moved(e);
  return ofChildren === null ? UNKNOWN : both(own, { may: ofChildren, must: ofChildren });
};

/** What holds for D itself and what for its children, together. */
const both = (own: Lifted, children: Lifted): Lifted => ({
  may: or(own.may, children.may),
  must: and(own.must, children.must),
});

/** A test of `file.dir` as the same one of `file.path`; null where it has another form. */
const moved = (e: Expr): Expr | null =>
  'left' in e && e.left.is === 'field' ? { ...e, left: { ...e.left, field: PATH } } : null;

/** The fields that one test reads. */
const fieldsOf = (e: Expr): readonly FieldRef[] => {
  switch (e.op) {
    case 'and':
    case 'or':
      return e.args.flatMap(fieldsOf);
    case 'not':
      return fieldsOf(e.arg);
    case 'exists':
    case 'flag':
      return [e.field];
    case 'truth':
      return [e.of];
    case 'any':
      return [e.list, ...fieldsOf(e.test)];
    case 'has':
      return [e.list, ...fieldOf(e.value)];
    case 'in':
    case 'glob':
    case 'matches':
      return fieldOf(e.left);
    default:
      return [...fieldOf(e.left), ...fieldOf(e.right)];
  }
};

const fieldOf = (operand: Operand): readonly FieldRef[] => (operand.is === 'field' ? [operand] : []);
