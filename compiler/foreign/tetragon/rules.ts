/**
 * Selectors as rules. Of a hook the first selector that matches wins; hooks and policies are independent of each other. So
 * a rule counts only where no earlier selector of its hook with another effect matches, and what is only reported goes on.
 */
import type { Span } from '../../diagnostics/diagnostic.ts';
import { all, test, written, type Condition } from '../condition.ts';
import { nameOf, type UniqueNames } from '../names.ts';
import { at, type Plain } from '../tree.ts';
import type { Effect } from './actions.ts';
import type { Findings } from './findings.ts';
import type { Hook } from './hook.ts';
import type { Question } from './hooks.ts';
import type { Selector } from './selectors.ts';

export interface MadeRule {
  readonly effect: Effect['is'];
  readonly rule: Plain;
}

/** What is the same for all rules of a hook. */
export interface Notes {
  readonly message: Plain | undefined;
  readonly tags: Plain | undefined;
}

/** Kinds whose operation cannot be refused. */
const UNDENIABLE: readonly string[] = ['proc.fork', 'proc.exit'];

const isSame = (a: Effect, b: Effect): boolean => a.is === b.is && a.errno === b.errno && a.rateLimit === b.rateLimit;
const textOf = ({ pieces }: Condition): string => pieces.map(({ text }) => text).join('');

/** @param names of the policy's rules */
export function rulesOf(
  hook: Hook,
  selectors: readonly Selector[],
  notes: Notes,
  names: UniqueNames,
  findings: Findings,
): readonly MadeRule[] {
  const made: MadeRule[] = [];
  for (const [n, { label, when, effect, span }] of selectors.entries()) {
    if (when === undefined || effect === undefined || effect.is === 'none') continue;
    const earlier = selectors
      .slice(0, n)
      .map((one, i) => ({ ...one, label: one.label ?? `selector-${i + 1}` }))
      .filter((one) => one.effect === undefined || !isSame(one.effect, effect));
    if (!isDecided(earlier)) {
      findings.behind(span);
      continue;
    }
    if (when.every(({ is }) => is === 'false')) {
      findings.refuse(
        span,
        'no event of ours is like this',
        'the question is another one here: see the notes on the hook',
      );
      continue;
    }
    const number = selectors.length > 1 ? String(n + 1) : '';
    const base = [hook.name, label ?? number].filter((part) => part !== '').join('-');
    const variants = variantsOf(hook.questions, when, span, earlier);
    if (variants.length === 0) findings.never(span);
    for (const variant of variants) {
      const { kinds } = variant;
      if (effect.is !== 'report' && kinds.some((kind) => UNDENIABLE.includes(kind))) {
        findings.refuse(span, `\`${hook.name}\`: what has happened cannot be refused`, 'hook what leads to it');
        continue;
      }
      const wanted = variants.length > 1 ? `${base}-${kinds.join('-').replaceAll('.', '-')}` : base;
      made.push({ effect: effect.is, rule: ruleOf(names.take(nameOf(wanted, 'hook')), variant, effect, span, notes) });
    }
  }
  return made;
}

/** A selector of which it is known what it matches. */
type Decided = Selector & { readonly label: string; readonly when: readonly Condition[] };
const isDecided = (selectors: readonly Selector[]): selectors is readonly Decided[] =>
  selectors.every(({ when }) => when !== undefined);

interface Variant {
  readonly kinds: string[];
  readonly when: Condition;
  readonly unless: readonly { readonly name: string; readonly when: Condition; readonly span: Span }[];
}

/**
 * Questions with the same condition share a rule; where it never holds there is none.
 * @param earlier selectors that win where they match
 */
function variantsOf(
  questions: readonly Question[],
  own: readonly Condition[],
  span: Span,
  earlier: readonly Decided[],
): Variant[] {
  const variants = new Map<string, Variant>();
  for (const [n, question] of questions.entries()) {
    const unless = earlier
      .map((one) => ({ name: nameOf(one.label, 'selector'), when: one.when[n], span: one.span }))
      .filter(({ when }) => when.is !== 'false');
    if (own[n].is === 'false' || unless.some(({ when }) => when.is === 'true')) continue;
    const when = all([...(question.when === undefined ? [] : [test(question.when, span)]), own[n]]);
    const key = [when, ...unless.map((other) => other.when)].map(textOf).join('\n');
    const known = variants.get(key);
    if (known !== undefined) known.kinds.push(question.kind);
    else variants.set(key, { kinds: [question.kind], when, unless });
  }
  return [...variants.values()];
}

function ruleOf(name: string, { kinds, when, unless }: Variant, effect: Effect, span: Span, notes: Notes): Plain {
  const exceptions = unless.map((one) => at(one.span, { name: one.name, when: written(one.when, one.span) }));
  return at(span, {
    name,
    on: kinds.length === 1 ? kinds[0] : kinds,
    when: when.is === 'true' ? true : written(when, span),
    unless: exceptions.length > 0 ? exceptions : undefined,
    action: effect.is === 'report' ? 'audit' : effect.is,
    errno: effect.errno,
    continue: effect.is === 'report' ? true : undefined,
    rateLimit: effect.rateLimit,
    tags: notes.tags,
    message: notes.message,
  });
}
