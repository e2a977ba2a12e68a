/** Whether two engines said the same. */
import type { Decision, PlaneDecision } from '../../vm/event/index.ts';

export const samePlane = (a: PlaneDecision, b: PlaneDecision): boolean =>
  a.action === b.action &&
  a.policy === b.policy &&
  a.rule === b.rule &&
  a.default === b.default &&
  sameList(a.matches, b.matches);
export const sameList = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((item, n) => item === b[n]);
export const sameDecision = (a: Decision, b: Decision): boolean =>
  a.errno === b.errno && samePlane(a.actual, b.actual) && samePlane(a.asIf, b.asIf) && sameList(a.assumed, b.assumed);
