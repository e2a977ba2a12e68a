/** Which lookups can stand for a test: whenever the test holds, one of its accesses is among what the event looks up. */
import type { Bytes, Constant, Expr, FieldRef, Operand } from '../../vm/bundle/normal.ts';
import { FIELDS, FIELD_COUNT, GLOBS, LIMITS } from '../../vm/spec/index.ts';
import { tupleOf } from './glob-key.ts';
import { beginning, type Key, patternWays } from './pattern-keys.ts';
import { oncePerPattern, patternOf } from './pattern.ts';
import { GapSets, sequenceKeys, textKey } from './sequence.ts';
import { lower } from './simplify.ts';
import { type Access, type Classifier, type Form, pairKey } from './types.ts';
import { lengthAtMost } from './weight.ts';

/** Accesses that stand for a test; `exact` where they hold only if the test does, so that it need not be checked again. */
export interface Cover {
  readonly accesses: readonly Access[];
  readonly exact: boolean;
  /** All that need be checked of the test where they hold. */
  readonly rest?: Expr;
}

/** Keys that one test may have at most: more would weigh more than checking it. */
export const MAX_KEYS = 65_536;
const TYPES = new Map(FIELDS.map((f) => [f.id, f.type]));
const MIN = -(1n << 63n);
const MAX = (1n << 63n) - 1n;

/** Hands out classifiers and their keys. */
export class Accesses {
  /** All classifiers, by id. */
  readonly classifiers: Classifier[] = [];
  /** Accesses by classifier id and key. */
  readonly #accesses: Access[][] = [];
  /** Classifiers of whole fields by form and field, and of parts of fields by name. */
  readonly #whole: Classifier[] = [];
  readonly #parts = new Map<string, Classifier>();
  readonly #both = new Map<number, Classifier>();
  readonly #gaps = new GapSets();
  /** Covers that are dear to find. The others are cheaper to find again than to keep. */
  readonly #covers = new WeakMap<Expr, readonly Cover[]>();
  /** The tuples that each classifier of globs has keys of. */
  readonly #tuples = new Map<Classifier, Set<string>>();

  /** Accesses that stand for a test: each cover alone does, and where there is none, nothing does. */
  covers(e: Expr): readonly Cover[] {
    if (!DEAR.has(e.op)) return list(this.#find(e));
    let covers = this.#covers.get(e);
    if (covers === undefined) {
      covers = e.op === 'glob' || e.op === 'matches' ? this.#pattern(e) : list(this.#find(e));
      this.#covers.set(e, covers);
    }
    return covers;
  }

  #find(e: Expr): Cover | null {
    switch (e.op) {
      case 'compare':
        return this.#compare(e.cmp, e.left, e.right) ?? this.#compare(FLIPPED[e.cmp], e.right, e.left);
      case 'in':
        return e.left.is === 'field' && e.set.length <= MAX_KEYS
          ? merge(e.set.map((c) => this.#equal(e.left as FieldRef, c)))
          : null;
      case 'startswith':
        return this.#text('prefix', e.fold, e.left, e.right);
      case 'endswith':
        return this.#text('suffix', e.fold, e.left, e.right);
      case 'contains':
        return this.#text('substring', e.fold, e.left, e.right);
      case 'within':
        return this.#within(e.left, e.right);
      case 'has':
        return e.value.is === 'string' ? exact([this.#access('elements', false, e.list, e.value.value)]) : null;
      case 'any':
        return this.#element(e.list, e.test);
      default:
        return null;
    }
  }

  /** The access to a key that was handed out. */
  at(classifier: Classifier, key: number): Access {
    return this.#accesses[classifier.id][key];
  }

  /** An access to an interval of integers, both ends in it. */
  range(operand: FieldRef, low: bigint, high: bigint): Cover {
    return exact([this.#access('range', isUnsigned(operand), operand, `${low}:${high}`)]);
  }

  #compare(cmp: string, left: Operand, right: Operand): Cover | null {
    if (left.is !== 'field') return null;
    if (cmp === '=') {
      const access = isConstant(right) ? this.#equal(left, right) : null;
      return access && exact([access]);
    }
    const interval = right.is === 'int' ? intervalOf(cmp, left, BigInt(right.value)) : null;
    return interval && this.range(left, ...interval);
  }

  #equal(operand: FieldRef, c: Constant): Access | null {
    if (c.is === 'string') return this.#access('text', false, operand, c.value);
    if (c.is === 'int') return this.#access('int', false, operand, c.value);
    if (c.is === 'address') return this.#access('net', false, operand, netKey(c.value, 128));
    return c.is === 'cidr' ? this.#access('net', false, operand, netKey(c.value, c.bits)) : null;
  }

  #text(form: Key['form'], fold: boolean, left: Operand, right: Operand): Cover | null {
    if (left.is !== 'field' || right.is !== 'string' || right.value === '') return null;
    const text = fold ? lower(right.value) : right.value;
    const key = form === 'substring' ? textKey(text) : text;
    return exact([this.#access(form === 'prefix' ? beginning(text).form : form, fold, left, key)]);
  }

  #within(left: Operand, right: Operand): Cover | null {
    if (left.is !== 'field') return null;
    if (right.is === 'cidr') return exact([this.#access('net', false, left, netKey(right.value, right.bits))]);
    if (right.is !== 'string') return null;
    const directory = right.value.replace(/\/+$/, '');
    const below = beginning(`${directory}/`);
    return exact([this.#access('text', false, left, directory), this.#access(below.form, false, left, below.text)]);
  }

  #pattern(e: Extract<Expr, { op: 'glob' | 'matches' }>): Cover[] {
    const { left } = e;
    if (left.is !== 'field') return [];
    const { ways, fold } = patternWays(e);
    // texts that are no paths can have a slash at every other byte, each a place where a floating glob is probed for
    const isLong = ways[0]?.keys.some(({ form }) => form === 'floating') && lengthAtMost(left) > LIMITS.pathBytes.value;
    const isLeft = isLong || (!ways[0]?.exact && ways[0]?.rest === undefined);
    const sequences = isLeft ? this.#sequences(left, e) : null;
    if (sequences) return [sequences];
    const covers: Cover[] = [];
    let hasGlob = false;
    for (const { keys, exact, rest } of ways) {
      const isGlob = keys.some(isGlobKey);
      if ((isGlob && hasGlob) || !keys.every((key) => !isGlobKey(key) || this.#hasRoom(left, fold, key))) continue;
      hasGlob ||= isGlob;
      const accesses = keys.map(({ form, text }) =>
        this.#access(form, fold, left, form === 'substring' ? textKey(text) : text),
      );
      covers.push({ accesses, exact, ...(rest !== undefined && { rest: { ...e, op: 'glob', pattern: rest } }) });
      if (exact) break;
    }
    return covers;
  }

  /** An expression that is texts with gaps between them, which are found with all other substrings. */
  #sequences(left: FieldRef, e: Extract<Expr, { op: 'glob' | 'matches' }>): Cover | null {
    const found = sequencesOf(e);
    if (!found || !this.#gaps.admit(this.#classifier('substring', found.fold, left).id, found.gaps)) return null;
    return exact(found.keys.map((key) => this.#access('substring', found.fold, left, key)));
  }

  /** Whether the globs of an operand have the key's tuple, or may have one more. */
  #hasRoom(operand: FieldRef, fold: boolean, { form, text }: Key): boolean {
    const classifier = this.#classifier(form, fold, operand);
    const tuples = this.#tuples.get(classifier) ?? new Set();
    this.#tuples.set(classifier, tuples);
    const tuple = tupleOf(text);
    const most = form === 'floating' ? GLOBS.maxFloating : GLOBS.maxTuples;
    return tuples.has(tuple) || (tuples.size < most && tuples.add(tuple).size > 0);
  }

  #element(list: FieldRef, test: Expr): Cover | null {
    const one = (c: Operand): Access | null =>
      c.is === 'string' ? this.#access('elements', false, list, c.value) : null;
    if (test.op === 'compare' && test.cmp === '=' && test.left.is === 'element') return merge([one(test.right)]);
    if (test.op === 'in' && test.left.is === 'element' && test.set.length <= MAX_KEYS) return merge(test.set.map(one));
    return test.op === 'or' && test.args.length > 0 ? mergeCovers(test.args.map((t) => this.#element(list, t))) : null;
  }

  /** An access to a pair of classes of two classifiers that find one class at most. */
  both(a: Access, b: Access): Access {
    const id = a.classifier.id * BOTH + b.classifier.id;
    let classifier = this.#both.get(id);
    if (!classifier) {
      const parts = [a.classifier, b.classifier] as const;
      this.#both.set(id, (classifier = this.#add({ form: 'both', fold: false, operand: NO_FIELD, parts })));
    }
    return this.#of(classifier, classifier.pairs, pairKey(a.key, b.key), classifier.pairs.size);
  }

  #access(form: Form, fold: boolean, operand: FieldRef, key: Bytes): Access {
    const classifier = this.#classifier(form, fold, operand);
    return this.#of(classifier, classifier.keys, key, classifier.keys.size);
  }

  #of<K>(classifier: Classifier, keys: Map<K, number>, key: K, next: number): Access {
    const accesses = this.#accesses[classifier.id];
    const number = keys.get(key);
    if (number !== undefined) return accesses[number];
    keys.set(key, next);
    return (accesses[next] = { classifier, key: next });
  }

  #classifier(form: Form, fold: boolean, operand: FieldRef): Classifier {
    const { field, index, key, mask } = operand;
    if (index === undefined && key === undefined && mask === undefined) {
      const at = (FORMS.indexOf(form) * 2 + Number(fold)) * FIELD_COUNT + field;
      return (this.#whole[at] ??= this.#add({ form, fold, operand: { field }, parts: null }));
    }
    const name = `${form} ${fold} ${field} ${index} ${mask} ${key}`;
    let classifier = this.#parts.get(name);
    if (!classifier) {
      const ref = { field, ...(index !== undefined && { index }), ...(key !== undefined && { key }) };
      classifier = this.#add({ form, fold, operand: mask === undefined ? ref : { ...ref, mask }, parts: null });
      this.#parts.set(name, classifier);
    }
    return classifier;
  }

  #add(given: Pick<Classifier, 'form' | 'fold' | 'operand' | 'parts'>): Classifier {
    const classifier = { id: this.classifiers.length, ...given, keys: new Map(), pairs: new Map() };
    this.classifiers.push(classifier);
    this.#accesses.push([]);
    return classifier;
  }
}

/** More than there are classifiers. */
const BOTH = 2 ** 20;
const NO_FIELD: FieldRef = { field: 0 };
const DEAR: ReadonlySet<Expr['op']> = new Set<Expr['op']>(['in', 'glob', 'matches', 'any']);
const FORMS: readonly Form[] = [
  'text',
  'directory',
  'glob',
  'floating',
  'prefix',
  'suffix',
  'substring',
  'elements',
  'int',
  'range',
  'net',
];

const FLIPPED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

const isGlobKey = ({ form }: Key): boolean => form === 'glob' || form === 'floating';
const isConstant = (o: Operand): o is Constant => o.is !== 'field' && o.is !== 'element';
const list = (cover: Cover | null): readonly Cover[] => (cover ? [cover] : []);
const exact = (accesses: readonly Access[]): Cover => ({ accesses, exact: true });

const merge = (accesses: readonly (Access | null)[]): Cover | null =>
  accesses.length > 0 && accesses.every((a) => a !== null) ? exact(accesses) : null;

/** The cover of a disjunction: all of its parts'. */
export const mergeCovers = (covers: readonly (Cover | null)[]): Cover | null => {
  const accesses: Access[] = [];
  let all = true;
  for (const cover of covers) {
    if (!cover || accesses.length + cover.accesses.length > MAX_KEYS) return null;
    for (const access of cover.accesses) accesses.push(access);
    all &&= cover.exact;
  }
  return { accesses, exact: all };
};

const sequencesOf = oncePerPattern((e) => sequenceKeys(patternOf(e)));

const netKey = (address: Bytes, bits: number): Bytes => `${address}${String.fromCharCode(bits)}`;

/** Whether the operand's integers are unsigned. */
export const isUnsigned = (operand: FieldRef): boolean => TYPES.get(operand.field) === 'uint';

/** The interval that a comparison with a constant allows; null where none or all. */
export const intervalOf = (cmp: string, operand: FieldRef, value: bigint): readonly [bigint, bigint] | null => {
  const [min, max] = isUnsigned(operand) ? [0n, (1n << 64n) - 1n] : [MIN, MAX];
  const low = cmp === '>=' ? value : cmp === '>' ? value + 1n : min;
  const high = cmp === '<=' ? value : cmp === '<' ? value - 1n : max;
  const inside: readonly [bigint, bigint] = [low < min ? min : low, high > max ? max : high];
  return inside[0] > inside[1] ? null : inside;
};
