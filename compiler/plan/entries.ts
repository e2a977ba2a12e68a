/** From the normal form to numbered entries, and for each kind the condition under which each of them matches. */
import type { Expr, NormalForm, NormalPolicy } from '../../vm/bundle/normal.ts';
import { ACTIONS, DEFAULT_ERRNO, ENTRY_FLAGS, ERRNOS, KINDS } from '../../vm/spec/index.ts';
import { scopeConditions, type ScopeConditions } from './scope.ts';
import { and, isFalse, isTrue, not, simplify } from './simplify.ts';
import type { Candidate, Entry } from './types.ts';

/** Entries of one kind with their whole conditions, ascending. */
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
  readonly canDeny: boolean;
  readonly flags: number;
}

/** Numbers everything that can decide, in the order in which it decides. */
export const numberEntries = (normal: NormalForm): Numbered => {
  const scoped = normal.policies.map((policy, number) => ({
    number,
    policy,
    scope: scopeConditions(policy.scope),
    canDeny:
      policy.rules.some((rule) => rank(rule.action) >= FAILING) ||
      Object.values(policy.defaults).some((action) => rank(action) >= FAILING),
    flags: policy.mode === 'observe' ? ENTRY_FLAGS.observed : 0,
  }));
  const entries: Entry[] = [];
  const add = (entry: Entry): number => entries.push(entry) - 1;
  const drafts = new Map(KINDS.map((kind) => [kind.id, new Draft(kind.id, kind.name)]));
  for (const s of scoped) addMark(s, add, drafts);
  let rule = 0;
  for (const s of scoped) for (const r of s.policy.rules) addRule(s, r, rule++, add, drafts);
  for (const draft of drafts.values()) addDefaults(scoped, draft, add);
  return { entries, kinds: [...drafts.values()].map((draft) => draft.finish()) };
};

type Add = (entry: Entry) => number;

class Draft {
  readonly kind: number;
  readonly name: string;
  readonly #known: Candidate[] = [];
  readonly #unknown: Candidate[] = [];
  readonly assumed: number[] = [];

  constructor(kind: number, name: string) {
    this.kind = kind;
    this.name = name;
  }

  known(entry: number, condition: Expr): void {
    this.#push(this.#known, entry, condition);
  }
  unknown(entry: number, condition: Expr): void {
    this.#push(this.#unknown, entry, condition);
  }
  finish(): KindEntries {
    const byEntry = (a: Candidate, b: Candidate): number => a.entry - b.entry;
    return {
      kind: this.kind,
      known: this.#known.sort(byEntry),
      unknown: this.#unknown.sort(byEntry),
      assumed: this.assumed,
    };
  }
  #push(to: Candidate[], entry: number, condition: Expr): void {
    const simple = simplify(condition, this.name);
    if (!isFalse(simple)) to.push({ entry, condition: simple });
  }
}

/** Under which a policy is assumed: it could hold, does not for certain, and can deny. */
const assumption = ({ scope, canDeny }: Scoped): Expr =>
  canDeny ? and(scope.could, not(scope.certain)) : { op: 'or', args: [] };

const covers = ({ policy }: Scoped, kind: number): boolean =>
  policy.defaults[kind] !== undefined || policy.rules.some((rule) => rule.kinds.includes(kind));

/** An assumed policy is named in the record: always where its scope says nothing else, else by a mark. */
const addMark = (s: Scoped, add: Add, drafts: ReadonlyMap<number, Draft>): void => {
  const condition = assumption(s);
  if (isFalse(condition)) return;
  const kinds = [...drafts.values()].filter((draft) => covers(s, draft.kind));
  if (isTrue(condition)) {
    for (const draft of kinds) draft.assumed.push(s.number);
  } else if (kinds.length > 0) {
    const flags = s.flags | ENTRY_FLAGS.mark | ENTRY_FLAGS.assumed;
    const entry = add({ rule: -1, policy: s.number, action: 0, errno: 0, flags });
    for (const draft of kinds) draft.unknown(entry, condition);
  }
};

const addRule = (
  s: Scoped,
  rule: NormalPolicy['rules'][number],
  number: number,
  add: Add,
  drafts: ReadonlyMap<number, Draft>,
): void => {
  const condition = and(rule.when, ...rule.unless.map((exception) => not(exception.when)));
  const action = rank(rule.action);
  addBoth(
    s,
    rule.kinds.map((kind) => drafts.get(kind)!),
    condition,
    add,
    {
      rule: number,
      policy: s.number,
      action,
      errno: action >= FAILING ? rule.errno : 0,
      flags: s.flags | (rule.continue ? ENTRY_FLAGS.continue : 0),
    },
  );
};

/** Where no rule decides, the strictest default of the policies in scope does; ties go to the first policy. */
const addDefaults = (scoped: readonly Scoped[], draft: Draft, add: Add): void => {
  const defaults = scoped.flatMap((s) => {
    const action = s.policy.defaults[draft.kind];
    return action === undefined ? [] : [{ s, action: rank(action) }];
  });
  defaults.sort((a, b) => b.action - a.action || a.s.number - b.s.number);
  for (const { s, action } of defaults) {
    addBoth(s, [draft], { op: 'and', args: [] }, add, {
      rule: -1,
      policy: s.number,
      action,
      errno: action >= FAILING ? ERRNOS[DEFAULT_ERRNO] : 0,
      flags: s.flags | ENTRY_FLAGS.default,
    });
  }
};

/** An entry for workloads that are known or whose scope holds for certain, and one for where its policy is assumed. */
const addBoth = (s: Scoped, drafts: readonly Draft[], condition: Expr, add: Add, entry: Entry): void => {
  const { holds, certain } = s.scope;
  const own = add(entry);
  for (const draft of drafts) {
    draft.known(own, and(holds, condition));
    draft.unknown(own, and(certain, condition));
  }
  const assumed = assumption(s);
  if (isFalse(assumed)) return;
  const other = add({ ...entry, flags: entry.flags | ENTRY_FLAGS.assumed });
  for (const draft of drafts) draft.unknown(other, and(assumed, condition));
};
