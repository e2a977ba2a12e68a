/** From the normal form to numbered entries, and for each kind the condition under which each of them matches. */
import type { Expr, NormalForm, NormalPolicy } from '../../vm/bundle/normal.ts';
import { FALSE, TRUE } from '../../vm/bundle/normal.ts';
import { ACTIONS, DEFAULT_ERRNO, ENTRY_FLAGS, ERRNOS, KINDS } from '../../vm/spec/index.ts';
import { type Effects, effectsOf } from './assumed.ts';
import { scopeConditions, type ScopeConditions } from './scope.ts';
import { and, asksKind, isFalse, isTrue, not, simplify } from './simplify.ts';
import type { Candidate, Entry } from './types.ts';

/** Entries of one kind with their whole conditions, ascending. Both lists are one where no scope tells workloads apart. */
export interface KindEntries {
  readonly kind: number;
  readonly known: readonly Candidate[];
  readonly unknown: readonly Candidate[];
  readonly assumed: readonly number[];
}

export interface Numbered {
  readonly entries: readonly Entry[];
  readonly kinds: readonly KindEntries[];
}

const FAILING = ACTIONS.indexOf('deny');
const rank = (action: string): number => ACTIONS.indexOf(action as (typeof ACTIONS)[number]);

interface Scoped {
  readonly number: number;
  readonly policy: NormalPolicy;
  readonly scope: ScopeConditions;
  /** Under which the policy is assumed: it could hold, does not for certain, and can deny. */
  readonly assumption: Expr;
  /** What it does then; null where it is never assumed. */
  readonly effects: Effects | null;
  /** Kinds that it says something about. */
  readonly kinds: ReadonlySet<number>;
  readonly flags: number;
}

/** Numbers everything that can decide, in the order in which it decides. */
export const numberEntries = (normal: NormalForm): Numbered => {
  const scoped = normal.policies.map(scopedOf);
  const entries: Entry[] = [];
  const add = (entry: Entry): number => entries.push(entry) - 1;
  const drafts = new Map(KINDS.map((kind) => [kind.id, new Draft(kind.id, kind.name)]));
  for (const s of scoped) addMark(s, add, drafts);
  let rule = 0;
  for (const s of scoped) s.policy.rules.forEach((r, i) => addRule(s, r, i, rule++, add, drafts));
  for (const draft of drafts.values()) addDefaults(scoped, draft, add);
  return { entries, kinds: [...drafts.values()].map((draft) => draft.finish()) };
};

const scopedOf = (policy: NormalPolicy, number: number): Scoped => {
  const scope = simpleScope(scopeConditions(policy.scope));
  const defaults = Object.entries(policy.defaults);
  const kinds = new Set(defaults.map(([kind]) => Number(kind)));
  let canDeny = defaults.some(([, action]) => rank(action) >= FAILING);
  for (const rule of policy.rules) {
    for (const kind of rule.kinds) kinds.add(kind);
    canDeny ||= rank(rule.action) >= FAILING;
  }
  const assumption = canDeny && scope.could !== scope.certain ? and(scope.could, not(scope.certain)) : FALSE;
  const effects = isFalse(assumption) ? null : effectsOf(policy);
  return {
    number,
    policy,
    scope,
    assumption,
    effects,
    kinds,
    flags: policy.mode === 'observe' ? ENTRY_FLAGS.observed : 0,
  };
};

const simpleScope = ({ holds, certain, could }: ScopeConditions): ScopeConditions => {
  const simple = simplify(holds, '');
  const of = (e: Expr): Expr => (e === holds ? simple : simplify(e, ''));
  return { holds: simple, certain: of(certain), could: of(could) };
};

type Add = (entry: Entry) => number;

/** The candidates of one kind, as they are found: ascending, since entries are numbered as they are added. */
class Draft {
  readonly kind: number;
  readonly name: string;
  readonly known: Candidate[] = [];
  readonly unknown: Candidate[] = [];
  readonly assumed: number[] = [];

  constructor(kind: number, name: string) {
    this.kind = kind;
    this.name = name;
  }

  finish(): KindEntries {
    const { kind, known, unknown, assumed } = this;
    const same = known.length === unknown.length && known.every((candidate, i) => candidate === unknown[i]);
    return { kind, known, unknown: same ? known : unknown, assumed };
  }
}

/** An assumed policy is named in the record: always where its scope says nothing else, else by a mark. */
const addMark = (s: Scoped, add: Add, drafts: ReadonlyMap<number, Draft>): void => {
  if (isFalse(s.assumption) || s.kinds.size === 0) return;
  const kinds = [...drafts.values()].filter((draft) => s.kinds.has(draft.kind));
  if (isTrue(s.assumption)) {
    for (const draft of kinds) draft.assumed.push(s.number);
  } else {
    const flags = s.flags | ENTRY_FLAGS.mark | ENTRY_FLAGS.assumed;
    const entry = add({ rule: -1, policy: s.number, action: 0, errno: 0, flags });
    for (const draft of kinds) push(draft.unknown, { entry, condition: s.assumption });
  }
};

const addRule = (
  s: Scoped,
  rule: NormalPolicy['rules'][number],
  position: number,
  number: number,
  add: Add,
  drafts: ReadonlyMap<number, Draft>,
): void => {
  const action = rank(rule.action);
  const kinds = rule.kinds.map((kind) => drafts.get(kind)!);
  const assumed = (kind: number): Assumed => {
    if (!s.effects || s.effects.isIdle(position, kind)) return 'never';
    return s.effects.waits(position, kind) ? 'waits' : 'at once';
  };
  addBoth(s, kinds, and(rule.when, ...rule.unless.map((exception) => not(exception.when))), assumed, add, {
    rule: number,
    policy: s.number,
    action,
    errno: action >= FAILING ? rule.errno : 0,
    flags: s.flags | (rule.continue ? ENTRY_FLAGS.continue : 0),
  });
};

/** Where no rule decides, the strictest default of the policies in scope does; ties go to the first policy. */
const addDefaults = (scoped: readonly Scoped[], draft: Draft, add: Add): void => {
  const defaults = scoped.flatMap((s) => {
    const action = s.policy.defaults[draft.kind];
    return action === undefined ? [] : [{ s, action: rank(action) }];
  });
  defaults.sort((a, b) => b.action - a.action || a.s.number - b.s.number);
  for (const { s, action } of defaults) {
    const assumed = (kind: number): Assumed => {
      if (!s.effects) return 'never';
      return s.effects.defaultWaits(kind) ? 'waits' : 'at once';
    };
    addBoth(s, [draft], TRUE, assumed, add, {
      rule: -1,
      policy: s.number,
      action,
      errno: action >= FAILING ? ERRNOS[DEFAULT_ERRNO] : 0,
      flags: s.flags | ENTRY_FLAGS.default,
    });
  }
};

/** What is to be done about a rule where its policy is assumed. */
type Assumed = 'never' | 'at once' | 'waits';

/**
 * An entry for workloads that are known or whose scope holds for certain. Where its policy is assumed it serves too if it
 * decides at once; else there is another one, which waits.
 */
const addBoth = (
  s: Scoped,
  drafts: readonly Draft[],
  condition: Expr,
  assumed: (kind: number) => Assumed,
  add: Add,
  entry: Entry,
): void => {
  const own = add(entry);
  const needsOther = drafts.some((draft) => assumed(draft.kind) === 'waits');
  const other = needsOther ? add({ ...entry, flags: entry.flags | ENTRY_FLAGS.assumed }) : -1;
  const shared = asksKind(condition) ? null : new Candidates(s, own, other, simplify(condition, ''));
  for (const draft of drafts) {
    const candidates = shared ?? new Candidates(s, own, other, simplify(condition, draft.name));
    push(draft.known, candidates.known);
    const how = assumed(draft.kind);
    push(draft.unknown, how === 'at once' ? candidates.could : candidates.certain);
    if (how === 'waits') push(draft.unknown, candidates.waiting);
  }
};

/** The candidates of an entry, each made once. */
class Candidates {
  readonly #s: Scoped;
  readonly #condition: Expr;
  readonly #own: number;
  readonly #other: number;
  readonly known: Candidate;
  #certain: Candidate | null = null;
  #could: Candidate | null = null;
  #waiting: Candidate | null = null;

  constructor(s: Scoped, own: number, other: number, condition: Expr) {
    this.#s = s;
    this.#condition = condition;
    this.#own = own;
    this.#other = other;
    this.known = this.#under(s.scope.holds, own);
  }

  get certain(): Candidate {
    const { holds, certain } = this.#s.scope;
    return (this.#certain ??= certain === holds ? this.known : this.#under(certain, this.#own));
  }
  get could(): Candidate {
    return (this.#could ??= this.#under(this.#s.scope.could, this.#own));
  }
  get waiting(): Candidate {
    return (this.#waiting ??= this.#under(this.#s.assumption, this.#other));
  }

  #under(scope: Expr, entry: number): Candidate {
    return { entry, condition: and(scope, this.#condition) };
  }
}

const push = (to: Candidate[], candidate: Candidate): void => {
  if (!isFalse(candidate.condition)) to.push(candidate);
};
