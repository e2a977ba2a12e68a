/** Their documents as documents of ours: a policy for each scope of a runtime rule, and a library of what they share. */
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { Report } from '../../schema/read.ts';
import { ALWAYS, all, test, written, type Condition } from '../condition.ts';
import { UniqueNames } from '../names.ts';
import type { ForeignDocument, Lowered } from '../system.ts';
import { at, lowered, type Plain } from '../tree.ts';
import { attachedRules, type Attachment } from './attach.ts';
import { readContents } from './documents.ts';
import type { CustomRule } from './library.ts';
import { readModel } from './model.ts';
import { KINDS, nameFor, type MadeRule } from './rules.ts';
import { readRuntimeRules, type PlacedPart, type RuntimeRule } from './runtime.ts';
import type { Placed } from './scope.ts';

/**
 * @param target what policies guard, or `auto`
 * @param better whether what prevents also denies writing files that exist
 */
export function lowerDocuments(
  documents: readonly ForeignDocument[],
  target: string,
  better: boolean,
  report: Report,
): readonly Lowered[] {
  const contents = readContents(documents, target, report);
  const defined = {
    custom: new Map(contents.custom.flatMap((rule) => rule.keys.map((key) => [key, rule] as const))),
    collections: new Map(contents.collections.flatMap((one) => one.keys.map((key) => [key, one] as const))),
  };
  const models = contents.models.flatMap((map) => readModel(map, report) ?? []);
  const rules = (['container', 'app-embedded', 'host'] as const).flatMap((sort) => {
    const own = contents.policies.filter((policy) => policy.target === sort);
    return readRuntimeRules(own, defined, { better, models: sort === 'host' ? [] : models, report });
  });
  const shared = new Shared(rules);
  const names = new UniqueNames();
  const policies = rules.flatMap((rule) => lowerRule(rule, shared, names, better, report));
  return [...shared.library(contents.custom), ...policies];
}

/** Conditions that more than one rule asks for have a name in the library. */
class Shared {
  readonly #uses = new Map<CustomRule, number>();
  readonly #names = new UniqueNames();
  readonly #named = new Map<CustomRule, string>();
  readonly #macros: Record<string, Plain> = {};
  #span: Span | null = null;

  constructor(rules: readonly RuntimeRule[]) {
    for (const { attached, placed } of rules) {
      for (const { rule } of attached) this.#uses.set(rule, (this.#uses.get(rule) ?? 0) + placed.length);
    }
  }

  /** The condition of a custom rule, or its name. */
  conditionOf(rule: CustomRule): Condition {
    const { condition, name, script } = rule;
    if ((this.#uses.get(rule) ?? 0) < 2) return condition ?? ALWAYS;
    const known = this.#named.get(rule) ?? this.macro(name, condition ?? ALWAYS, script);
    this.#named.set(rule, known);
    return test(known, script);
  }

  /** Keeps a condition under a name. */
  macro(wanted: string, condition: Condition, span: Span): string {
    const name = this.#names.take(
      nameFor(wanted, 'condition')
        .replace(/\./g, '-')
        .replace(/^(?![A-Za-z_])/, 'rule-'),
    );
    this.#macros[name] = written(condition, span);
    this.#span ??= span;
    return name;
  }

  /** The library: what has a name, and the custom rules that nothing attaches, which nothing uses. */
  library(custom: readonly CustomRule[]): readonly Lowered[] {
    const names = new UniqueNames();
    const idle = custom.filter((rule) => !this.#uses.has(rule) && rule.condition !== null);
    const rules = Object.fromEntries(
      idle.map(({ name, type, condition, message, tags, script }) => [
        names.take(nameFor(name, 'custom-rule')),
        {
          on: kindsOf(KINDS[type]),
          when: written(condition!, script),
          action: 'audit',
          message,
          tags: tags.length > 0 ? tags : undefined,
        },
      ]),
    );
    const span = this.#span ?? idle[0]?.span;
    if (span === undefined) return [];
    const hasMacros = Object.keys(this.#macros).length > 0;
    const described = custom.flatMap(({ name, description }) =>
      description === undefined ? [] : [[`prisma/${nameFor(name, 'custom-rule')}`, description] as const],
    );
    const metadata = {
      name: 'prisma-custom-rules',
      description: 'custom rules of Prisma Cloud',
      annotations: described.length > 0 ? Object.fromEntries(described) : undefined,
    };
    const spec = { macros: hasMacros ? this.#macros : undefined, rules: idle.length > 0 ? rules : undefined };
    return [lowered('Library', span, metadata, spec)];
  }
}

function lowerRule(
  rule: RuntimeRule,
  shared: Shared,
  names: UniqueNames,
  better: boolean,
  report: Report,
): readonly Lowered[] {
  const attached = rule.attached.filter((one) => one.rule.condition !== null);
  const made = [...rule.watching, ...attachedMade(attached, shared, better, report), ...rule.sections];
  if (made.length === 0) return [];
  const span = rule.map.entries.find(({ key }) => key.text === 'name')!.value.span;
  return rule.placed.map((placed) => {
    const name = names.take(policyName(rule, placed));
    const metadata = {
      name,
      description: rule.notes,
      annotations: {
        'prisma/rule': name === rule.name ? undefined : rule.name,
        'prisma/collections': rule.collections.length > 0 ? rule.collections.join(', ') : undefined,
      },
    };
    const rules = withGuard(made, placed, name, span, shared);
    return lowered('Policy', span, metadata, { mode: rule.disabled ? 'off' : 'enforce', scope: placed.scope, rules });
  });
}

/** A rule that becomes several policies names each after its collections. */
function policyName({ name, placed: all }: RuntimeRule, { collections: [first, ...more] }: PlacedPart): string {
  if (all.length === 1 || first === undefined) return nameFor(name, 'runtime-rule');
  return nameFor(`${name}-${first}${more.length > 0 ? `-and-${more.length}-more` : ''}`, 'runtime-rule');
}

const attachedMade = (
  attached: readonly Attachment[],
  shared: Shared,
  better: boolean,
  report: Report,
): readonly MadeRule[] => attached.flatMap((one) => attachedRules(one, shared.conditionOf(one.rule), better, report));

/** One kind stands by itself. */
const kindsOf = (kinds: readonly string[]): Plain => (kinds.length === 1 ? kinds[0] : kinds);

/** Rules as maps, each with what the scope could not say. */
function withGuard(made: readonly MadeRule[], { guard }: Placed, policy: string, span: Span, shared: Shared): Plain {
  const simple = guard.is === 'true' || made.length === 1 || guard.pieces.length <= 2;
  const holds = simple ? guard : test(shared.macro(`in-${policy}`, guard, span), span);
  const names = new UniqueNames();
  return made.map(({ name, on, when, span: place, continue: goesOn, ...rest }) =>
    at(place, {
      name: names.take(name),
      on: kindsOf(on),
      when: written(all([holds, when]), place),
      ...rest,
      continue: goesOn,
    }),
  );
}
