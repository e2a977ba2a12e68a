/**
 * The plan: how candidates are found. Rules hang on access keys; an event looks up the keys that its values satisfy and
 * checks the few candidates there.
 */
import type { Bytes, Expr, FieldRef } from '../../vm/bundle/normal.ts';

/** What can decide, in the order of numbers: marks of assumed policies, rules, then the defaults, strictest first a kind. */
export interface Entry {
  /** Rule number over the bundle, -1 for a default or a mark. */
  readonly rule: number;
  readonly policy: number;
  /** Index into ACTIONS. */
  readonly action: number;
  readonly errno: number;
  /** ENTRY_FLAGS. */
  readonly flags: number;
}

export type Form =
  | 'text'
  | 'directory'
  | 'glob'
  | 'floating'
  | 'prefix'
  | 'suffix'
  | 'substring'
  | 'elements'
  | 'int'
  | 'range'
  | 'net'
  | 'both';

/** Whether a value falls into one class of the form at most. */
export const isSingle = ({ form }: Classifier): boolean => form === 'text' || form === 'int' || form === 'both';
/** Whether a value's classes are few, whatever there are: texts inside each other, or one for each shape of keys. */
export const isFew = ({ form }: Classifier): boolean => FEW.has(form);
const FEW: ReadonlySet<Form> = new Set<Form>(['prefix', 'directory', 'suffix', 'glob', 'floating']);
/** How many pairs stand inside each other. */
export const depthOf = ({ parts }: Classifier): number => (parts ? 1 + Math.max(...parts.map(depthOf)) : 0);

/** A classifier: all keys of one form on one operand, over all kinds. */
export interface Classifier {
  readonly id: number;
  readonly form: Form;
  readonly fold: boolean;
  /** Meaningless for `both`. */
  readonly operand: FieldRef;
  /** Class of each key, in the order in which keys were first met. */
  readonly keys: Map<Bytes, number>;
  /** For `both`: the two classifiers, and the class of each pair of theirs by `pairKey`. */
  readonly parts: readonly [Classifier, Classifier] | null;
  readonly pairs: Map<number, number>;
}

/** A test that one lookup answers: the key's class is among those that the classifier finds. Each is one object. */
export interface Access {
  readonly classifier: Classifier;
  readonly key: number;
}

/** An entry with what remains to be checked where it was found. */
export interface Candidate {
  readonly entry: number;
  readonly condition: Expr;
}

/** What a lookup leads to: a list, ascending, or a test that leads on. Diagrams share what follows. */
export type Diagram = readonly Candidate[] | Node;
export interface Node {
  readonly test: Expr;
  readonly yes: Diagram;
  readonly no: Diagram;
}
export const isNode = (diagram: Diagram): diagram is Node => 'test' in diagram;

export type Step =
  | { readonly op: 'list'; readonly list: Diagram }
  | { readonly op: 'join'; readonly a: Classifier; readonly lists: ReadonlyMap<number, Diagram> }
  | {
      readonly op: 'pair';
      readonly a: Classifier;
      readonly b: Classifier;
      /** By `pairKey` of a class of `a` and one of `b`. */
      readonly lists: ReadonlyMap<number, Diagram>;
    };

const PAIR = 2 ** 26;
/** Two classes as one number: a classifier has fewer than 2^26. */
export const pairKey = (a: number, b: number): number => a * PAIR + b;
/** The two classes of a `pairKey`. */
export const pairOf = (key: number): readonly [number, number] => [Math.floor(key / PAIR), key % PAIR];

export interface KindPlan {
  /** Kind id. */
  readonly kind: number;
  readonly known: readonly Step[];
  /** The same object where no scope tells workloads apart. */
  readonly unknown: readonly Step[];
  /** Policies that are assumed in every unknown workload. */
  readonly assumed: readonly number[];
}

export interface Plan {
  readonly entries: readonly Entry[];
  readonly classifiers: readonly Classifier[];
  readonly kinds: readonly KindPlan[];
  readonly ruleCount: number;
  readonly policyCount: number;
}
