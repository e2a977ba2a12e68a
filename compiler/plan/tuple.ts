/**
 * All tests of a condition that one value each passes, as one key: tuple space search (Srinivasan, Suri, Varghese, SIGCOMM
 * 1999) over equalities. Which operands make a tuple follows from the rule alone, never from how many others share a value,
 * so that more rules of the same shapes make no more steps.
 */
import { FIELDS } from '../../vm/spec/index.ts';
import type { Accesses } from './access.ts';
import type { Choice } from './choices.ts';
import { type Access, type Classifier, isSingle } from './types.ts';

/** Operands of one group in a tuple. */
export const GROUP_MOST = 4;
/** Facts of workloads come first, then those of subjects: their part of a key changes least from event to event. */
const GROUPS = ['workload', 'subject', 'event'] as const;
const GROUP = new Map(FIELDS.map((f) => [f.id, GROUPS.indexOf(f.of)]));

/** Ways that one lookup of one key is, one for each operand, in a fixed order. */
export const pointsOf = (ways: readonly Choice[]): Choice[] => {
  const points: Choice[] = [];
  for (const way of ways) {
    if (!way.cover.exact || way.cover.accesses.length !== 1) continue;
    const classifier = classifierOf(way);
    if (!isSingle(classifier)) continue;
    let at = 0;
    while (at < points.length && inOrder(classifierOf(points[at]), classifier) < 0) at++;
    if (at === points.length) points.push(way);
    else if (classifierOf(points[at]) !== classifier) points.splice(at, 0, way);
  }
  if (points.length <= GROUP_MOST) return points;
  const taken = [0, 0, 0];
  return points.filter((point) => taken[groupOf(classifierOf(point))]++ < GROUP_MOST);
};

/** Whether a way is by a fact of the workload. */
export const isOfWorkload = (way: Choice): boolean => groupOf(classifierOf(way)) === GROUPS.indexOf('workload');

const classifierOf = ({ cover }: Choice): Classifier => cover.accesses[0].classifier;

const groupOf = ({ operand }: Classifier): number => GROUP.get(operand.field) ?? 0;

const inOrder = (a: Classifier, b: Classifier): number =>
  groupOf(a) - groupOf(b) || a.operand.field - b.operand.field || a.id - b.id;

/** Two accesses that stand for all of these points, which are two at least. */
export const halvesOf = (points: readonly Choice[], accesses: Accesses): readonly [Access, Access] => {
  if (points.length === 2) return [points[0].cover.accesses[0], points[1].cover.accesses[0]];
  const groups: Access[][] = [[], [], []];
  for (const { cover } of points) groups[groupOf(cover.accesses[0].classifier)].push(cover.accesses[0]);
  const present = groups.filter((group) => group.length > 0);
  const pair = (a: Access, b: Access): Access => accesses.both(a, b);
  if (present.length === 1) {
    const [group] = present;
    return [group.slice(0, -1).reduce(pair), group[group.length - 1]];
  }
  const [first, ...rest] = present.map((group) => group.reduce(pair));
  return [first, rest.reduceRight((b, a) => accesses.both(a, b))];
};

/** One access that stands for all of these points. */
export const wholeOf = (points: readonly Choice[], accesses: Accesses): Access =>
  points.length === 1 ? points[0].cover.accesses[0] : accesses.both(...halvesOf(points, accesses));
