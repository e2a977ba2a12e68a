/** Label selectors, as Kubernetes has them. */
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { Located } from '../../document/located.ts';
import { headOf } from '../../schema/read.ts';
import { get, isMap, textOf } from '../read.ts';
import type { Findings } from './findings.ts';
import { KEYS } from './keys.ts';

const OPERATORS = { In: 'In', NotIn: 'NotIn', Exists: 'Exists', DoesNotExist: 'DoesNotExist' } as const;

/** One requirement on a label. */
export interface Requirement {
  readonly key: string;
  readonly operator: keyof typeof OPERATORS;
  readonly values: readonly string[];
  readonly span: Span;
}

/** @returns undefined where there is no selector (null selects nothing of its sort), an empty list where it takes all */
export function readSelector(
  parent: Located | undefined,
  key: string,
  findings: Findings,
): readonly Requirement[] | undefined {
  const node = get(parent, key);
  if (node === undefined || (node.is === 'scalar' && node.value === null)) return undefined;
  if (!isMap(node)) {
    findings.wrong(node, key, 'a map with `matchLabels` or `matchExpressions`');
    return undefined;
  }
  findings.keys(node, KEYS.labels);
  const labels = get(node, 'matchLabels');
  const exact = isMap(labels)
    ? labels.entries.flatMap(({ key: name, value }): Requirement[] => {
        if (value.is === 'scalar' && value.value !== null) {
          return [{ key: name.text, operator: 'In', values: [value.text], span: name.span }];
        }
        findings.wrong(value, name.text, 'the value of a label is a text');
        return [];
      })
    : [];
  const expressions = findings
    .list(get(node, 'matchExpressions'), 'matchExpressions')
    .flatMap((item): Requirement[] => {
      findings.keys(item, KEYS.expression);
      const name = textOf(get(item, 'key'));
      if (name === undefined) findings.missing(item, 'key');
      if (get(item, 'operator') === undefined) findings.missing(item, 'operator');
      const operator = findings.word(get(item, 'operator'), 'operator', OPERATORS);
      const values = findings.texts(get(item, 'values'), 'values').map(({ text }) => text);
      if (name === undefined || operator === undefined) return [];
      if (operator.endsWith('In') && values.length === 0) findings.missing(item, 'values');
      return [{ key: name, operator, values, span: headOf(item) }];
    });
  return [...exact, ...expressions];
}
