/** Lints of single rules: conditions that never hold, and denials that hang on a field that can be cut. */
import { diagnose } from '../diagnostics/index.ts';
import { FIELDS } from '../../vm/spec/fields.ts';
import type { Expr } from '../../vm/bundle/normal.ts';
import { type RuleFacts, type Warn } from './facts.ts';
import { neverHolds } from './never.ts';
import { nameOf } from './shadow.ts';
import { operandsOf } from './terms.ts';

export function lintRule(facts: RuleFacts, warn: Warn): void {
  const { rule, condition } = facts;
  if (neverHolds(rule.when.expr)) {
    warn(diagnose('L3107', `\`${nameOf(facts)}\` can never match`, rule.when.span, 'its parts exclude each other'));
  } else if (rule.unless.length > 0 && neverHolds(condition)) {
    const help = 'an exception holds wherever the rule does: narrow the exception, or set `enabled: false`';
    warn(diagnose('L3107', `\`${nameOf(facts)}\` can never match`, rule.when.span, help));
  }
  if (facts.fails) lintCut(facts, warn);
}

const CUT = new Map(FIELDS.filter(({ cut }) => cut === true).map(({ id, name }) => [id, name]));
const TRUNCATED = FIELDS.find(({ name }) => name === 'event.truncated')!.id;

/** An attacker can make a field too long: the rest of it is not seen, and the denial does not happen. */
function lintCut(facts: RuleFacts, warn: Warn): void {
  const { expr, span } = facts.rule.when;
  const cut = new Set<string>();
  let asked = false;
  const visit = (part: Expr, positive: boolean): void => {
    if (part.op === 'and' || part.op === 'or') return part.args.forEach((arg) => visit(arg, positive));
    if (part.op === 'not') return visit(part.arg, !positive);
    for (const { field } of operandsOf(part)) {
      const name = CUT.get(field);
      // What a test does not find in a cut field, its negation takes for absent: then the rule matches, and denies.
      if (name !== undefined && positive && part.op !== 'exists') cut.add(name);
      asked ||= field === TRUNCATED;
    }
  };
  visit(expr, true);
  if (cut.size === 0 || asked) return;
  const names = [...cut].map((name) => `\`${name}\``).join(' and ');
  const help = `say what happens to a cut one: \`or event.truncated has "${[...cut][0]}"\``;
  warn(diagnose('L3110', `\`${nameOf(facts)}\` depends on ${names}, which can be cut`, span, help));
}
