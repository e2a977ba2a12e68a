/** One rule: its kinds, its conditions, and what they may say together. */
import { checkExpression } from '../check/index.ts';
import { diagnose, nearest } from '../diagnostics/index.ts';
import type { Span } from '../diagnostics/diagnostic.ts';
import { FIELDS, FIELD_ALIASES } from '../../vm/spec/fields.ts';
import { KINDS, KIND_CLASSES } from '../../vm/spec/kinds.ts';
import { DEFAULT_ERRNO, ERRNOS, type Action } from '../../vm/spec/verdict.ts';
import type { ManifestRateLimit } from '../../vm/bundle/manifest.ts';
import { FALSE, type Expr } from '../../vm/bundle/normal.ts';
import type { ExceptionDocument, LibraryRuleBody } from '../schema/documents.ts';
import type { Report } from '../schema/read.ts';
import type { Spanned, Text } from '../schema/shape.ts';
import { parse, type Libraries } from './library.ts';

/** A condition with its written text. */
export interface Condition {
  readonly text: string;
  readonly span: Span;
  readonly expr: Expr;
}
export interface NamedCondition extends Condition {
  readonly name: string;
  /** Where it comes from an Exception. */
  readonly exception: { readonly owner: string; readonly reason: string; readonly expires: string | null } | null;
}

export interface ResolvedRule {
  readonly name: Text;
  /** Kind ids, ascending. */
  readonly kinds: readonly number[];
  readonly when: Condition;
  readonly unless: readonly NamedCondition[];
  readonly action: Spanned<Action>;
  readonly errno: string | null;
  readonly continue: boolean;
  readonly severity: string | null;
  readonly tags: readonly string[];
  readonly message: string | null;
  readonly log: 'audit' | 'incident';
  readonly rateLimit: ManifestRateLimit | undefined;
  readonly enabled: boolean;
  readonly span: Span;
}

const KIND_IDS = new Map(KINDS.map(({ id, name }) => [name, id]));
export const FAILING: ReadonlySet<Action> = new Set(['deny', 'kill', 'isolate', 'stop']);

/** Ids of the kinds that a name in `on` or `defaults` stands for. */
export const kindsOf = (name: string): readonly number[] =>
  (KIND_CLASSES[name] ?? [name]).map((kind) => KIND_IDS.get(kind)!);

/** The kinds and conditions of a rule, checked; what its action allows is judged by `judgeRule`, when the action is known. */
export function resolveRule(
  name: Text,
  body: LibraryRuleBody,
  exceptions: readonly ExceptionDocument[],
  libraries: Libraries,
  report: Report,
): ResolvedRule {
  const names = body.on.value.flatMap((on) => kindsOf(on.value));
  const kinds = [...new Set(names)].sort((a, b) => a - b);
  const environment = libraries.environment(kinds);
  const condition = (text: Text): Condition => {
    const node = parse(text, report);
    const checked = node === null ? null : checkExpression(node, environment);
    checked?.diagnostics.forEach(report);
    return { text: text.value, span: text.span, expr: checked?.value ?? FALSE };
  };

  const taken = new Map<string, Span>();
  const unless: NamedCondition[] = [];
  const add = (key: Text, when: Text, exception: NamedCondition['exception']): void => {
    const first = taken.get(key.value);
    if (first !== undefined && !key.missing) {
      const related = [{ message: 'the first one', span: first }];
      report(
        diagnose(
          'L1201',
          `the rule has an exception \`${key.value}\` already`,
          key.span,
          'rename one of them',
          related,
        ),
      );
    }
    taken.set(key.value, key.span);
    unless.push({ name: key.value, ...condition(when), exception });
  };
  const when = condition(body.when);
  for (const one of body.unless?.value ?? []) add(one.name, one.when, null);
  for (const { metadata, spec } of exceptions) {
    add(metadata.name, spec.when, {
      owner: spec.owner.value,
      reason: spec.reason.value,
      expires: spec.expires?.value ?? null,
    });
  }
  if (body.message !== undefined) checkMessage(body.message, report);

  return {
    name,
    kinds,
    when,
    unless,
    action: body.action,
    errno: body.errno?.value ?? null,
    continue: body.continue?.value ?? false,
    severity: body.severity?.value ?? null,
    tags: body.tags?.value.map((tag) => tag.value) ?? [],
    message: body.message?.value ?? null,
    log: body.log?.value ?? 'audit',
    rateLimit: rateLimitOf(body),
    enabled: body.enabled?.value ?? true,
    span: body.span,
  };
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

const rateLimitOf = ({ rateLimit }: LibraryRuleBody): ManifestRateLimit | undefined => {
  if (rateLimit === undefined || rateLimit.missing) return undefined;
  const [time, per] = rateLimit.value.split(' per ');
  return { seconds: parseInt(time, 10) * SECONDS[time.slice(-1)], scope: per === undefined ? 'process' : 'workload' };
};

/** What no rule may say: deny what cannot be refused, go on after a decision. */
export function judgeRule(rule: ResolvedRule, report: Report): void {
  const { action } = rule;
  if (action.missing) return;
  if (rule.continue && action.value !== 'audit') {
    const message = `\`continue: true\` with the action \`${action.value}\``;
    report(diagnose('L1302', message, action.span, 'leave `continue` out, or make the action `audit`'));
  }
  const fixed = action.value === 'deny' ? undeniable(rule.kinds) : [];
  if (fixed.length > 0) {
    const message = `the rule denies ${fixed.map((kind) => `\`${kind}\``).join(' and ')}, which cannot be refused`;
    report(diagnose('L1301', message, action.span, 'deny `exec` instead, or `kill` the process'));
  }
}

/** Names of the kinds among these that cannot be refused. */
export const undeniable = (kinds: readonly number[]): readonly string[] =>
  KINDS.filter(({ id, deniable }) => !deniable && kinds.includes(id)).map(({ name }) => name);

/** Number of the errno of a rule. */
export const errnoOf = (name: string | null): number => ERRNOS[name ?? DEFAULT_ERRNO];

const FIELD_NAMES = new Set([...FIELDS.map(({ name }) => name), ...Object.keys(FIELD_ALIASES)]);
const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_]*\.[A-Za-z0-9_.]+)(?:\[[^\]]*\])?\}/g;

/** Names in braces that look like fields must be fields; other braces are text. */
function checkMessage(message: Text, report: Report): void {
  for (const match of message.value.matchAll(PLACEHOLDER)) {
    const [, field] = match;
    if (FIELD_NAMES.has(field)) continue;
    const near = nearest(field, FIELD_NAMES);
    const span = message.place(match.index + 1, match.index + 1 + field.length);
    report(
      diagnose('L1305', `there is no field \`${field}\``, span, near === null ? null : `did you mean \`${near}\`?`),
    );
  }
}
