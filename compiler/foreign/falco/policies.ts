/** A rule set as documents of ours: a policy for each of its files, and a library of lists and macros. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Report } from '../../schema/read.ts';
import { UniqueNames, nameOf } from '../names.ts';
import type { ForeignDocument, Lowered } from '../system.ts';
import { lowered, type Plain } from '../tree.ts';
import { Conditions } from './conditions.ts';
import { readItems } from './items.ts';
import { insteadOf } from './lacking.ts';
import { Lowering, type Loss } from './lower.ts';
import { lowerRule, type LoweredRule } from './rules.ts';
import type { Rule, RuleSet } from './ruleset.ts';
import { select } from './selection.ts';
import { Library } from './shared.ts';

/** Rules in Falco's syntax with more keys, as another product has them. */
export interface Dialect {
  /** Of the library; also in front of the names of its lists and macros, so that two rule sets can stand in one build. */
  readonly prefix: string;
  /** Keys of rules beyond Falco's. Their values are in `rule.extra`. */
  readonly keys: readonly string[];
  /** Keys of the rule of ours beyond, or instead of, those that follow from Falco's: `action`, `tags`, … */
  rule(rule: Rule): { readonly [key: string]: Plain | undefined };
  /** Keys of the policy's `spec` beyond, or instead of, `mode`, `tier` and `order`. */
  readonly policy: { readonly [key: string]: Plain | undefined };
}

const ORDER = 2 ** 31 - 1;
const PLAIN: Dialect = { prefix: '', keys: [], rule: () => ({}), policy: {} };

/**
 * @param documents of the rule set, in load order
 * @param options `rule-matching` and `unknown-fields`
 */
export function lowerRuleSet(
  documents: readonly ForeignDocument[],
  options: Readonly<Record<string, string>>,
  report: Report,
  dialect: Dialect = PLAIN,
): readonly Lowered[] {
  const rules = readItems(documents, dialect.keys, report);
  select(documents, rules.rules.values(), report);
  const conditions = new Conditions(rules, report);
  const library = new Library(rules, dialect.prefix);
  const lowering = new Lowering(conditions, library);
  const isAll = options['rule-matching'] === 'all';
  const extra = (rule: Rule): { readonly [key: string]: Plain | undefined } => {
    const own = dialect.rule(rule);
    const isAudit = own['action'] === undefined || own['action'] === 'audit';
    return { continue: isAll && isAudit ? true : undefined, ...own };
  };
  const names = new UniqueNames();
  const context = { conditions, lowering, names, extra, report };
  const results = [...rules.rules.values()].flatMap((rule): { rule: Rule; result: LoweredRule }[] => {
    if (rule.source !== 'syscall') {
      const message = `rule \`${rule.name}\` is left out: unknown source \`${rule.source}\``;
      report(diagnose('L5205', message, rule.span, 'Falco says LOAD_UNKNOWN_SOURCE'));
      return [];
    }
    const result = lowerRule(rule, context);
    return result === null ? [] : [{ rule, result }];
  });
  judgeLosses(results, options['unknown-fields'] === 'refuse', report);
  unused(rules, conditions, report);
  const policyNames = new UniqueNames();
  const policies = documents.flatMap((document, n) => {
    if (documents.findIndex(({ source }) => source === document.source) !== n) return [];
    const own = results.filter(({ rule }) => rule.home === document.source);
    if (own.every(({ result }) => result.rules.length === 0)) return [];
    const name = policyNames.take(dialect.prefix + policyNameOf(document.path));
    const order = (isAll ? -ORDER : ORDER - documents.length) + n;
    const spec = {
      mode: 'enforce',
      tier: isAll ? 'admin' : 'baseline',
      order,
      ...dialect.policy,
      rules: own.flatMap(({ result }) => result.rules),
    };
    return [lowered('Policy', document.root.span, { name, annotations: annotationsOf(own) }, spec)];
  });
  const shared = results.flatMap(({ result }) => result.conditions);
  const [first] = documents;
  const made = library.document(`${dialect.prefix}falco`, first.root.span, shared);
  return made === null ? policies : [made, ...policies];
}

/** The name of the file without folders and endings. */
const policyNameOf = (path: string): string =>
  nameOf(path.replace(/^.*[/\\]/, '').replace(/\.(?:ya?ml|json)$/i, ''), 'falco');

/** What has no place in rules of ours: their descriptions, and what of them is not carried over. */
function annotationsOf(results: readonly { rule: Rule; result: LoweredRule }[]): Plain | undefined {
  const entries = results.flatMap(({ rule, result }): [string, string][] => {
    const description = rule.description.text.replace(/\s+/g, ' ').trim();
    return [[result.name, description]];
  });
  const listed = (of: readonly (typeof results)[number][]): string | undefined =>
    of.length === 0
      ? undefined
      : of.map(({ result }) => `${result.name} (${namesOf(result.losses).join(', ')})`).join('; ');
  const never = listed(results.filter(({ result }) => result.rules.length === 0));
  const lacking = listed(results.filter(({ result }) => result.rules.length > 0 && result.losses.length > 0));
  return { 'falco.never': never, 'falco.lacking': lacking, ...Object.fromEntries(entries) };
}

const namesOf = (losses: readonly Loss[]): string[] => [
  ...new Set(
    losses.map(({ code, name, event }) => (code === 'L5203' && event !== null ? `${name} of ${event}` : name)),
  ),
];

/** A field once, a comparison at each place; a rule of which nothing is left by its name. */
function judgeLosses(results: readonly { rule: Rule; result: LoweredRule }[], refuse: boolean, report: Report): void {
  const said = new Set<string>();
  for (const { rule, result } of results) {
    for (const loss of result.losses) {
      const { code, name, event, span } = loss;
      const key = code === 'L5203' && !refuse ? `${name} ${event}` : `${name} ${span.source} ${span.start}`;
      if (said.has(key)) continue;
      said.add(key);
      const help = insteadOf(name) ?? 'the comparison is false, as where Falco cannot extract the field';
      if (refuse)
        report(diagnose('L5006', lostOf(loss), span, '`--foreign falco.unknown-fields=never` makes it false'));
      else report(diagnose(code, lostOf(loss), span, help));
    }
    if (result.rules.length > 0) continue;
    const fields = namesOf(result.losses);
    const why =
      fields.length === 0
        ? 'no event fulfils its condition, in Falco neither'
        : `it needs ${fields.map((name) => `\`${name}\``).join(', ')}`;
    report(diagnose('L5204', `rule \`${rule.name}\` can never match: ${why}`, rule.span, 'it is left out'));
  }
}

function lostOf({ code, name, event }: Loss): string {
  if (code === 'L5210') return `\`${name}\` cannot be said here with this value`;
  return event === null ? `events here have no \`${name}\`` : `events of \`${event}\` have no \`${name}\` here`;
}

function unused(rules: RuleSet, { used }: Conditions, report: Report): void {
  const say = (sort: string, code: string, name: string, span: Rule['span']): void =>
    report(
      diagnose('L5208', `${sort} \`${name}\` is not referred to by any rule or macro`, span, `Falco says ${code}`),
    );
  for (const { name, span } of rules.macros.values())
    if (!used.macros.has(name)) say('macro', 'LOAD_UNUSED_MACRO', name, span);
  for (const { name, span } of rules.lists.values())
    if (!used.lists.has(name)) say('list', 'LOAD_UNUSED_LIST', name, span);
}
