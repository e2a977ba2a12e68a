/** Custom rules: read, and kept for the runtime rules that attach them. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { LocatedMap, LocatedScalar } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import type { Condition } from '../condition.ts';
import { attributeOf, RUNTIME_TYPES, type RuntimeType } from './attributes.ts';
import { judgeKeys, textAt, textsAt, wordAt } from './reader.ts';
import { readScript, typeOfScript } from './script.ts';

export interface CustomRule {
  /** By what runtime rules name it: its number, or where Terraform keeps it. */
  readonly keys: readonly string[];
  readonly name: string;
  readonly type: RuntimeType;
  /** Null where the expression is wrong, which is reported. */
  readonly condition: Condition | null;
  readonly attributes: ReadonlyMap<string, Span>;
  readonly message: string | undefined;
  readonly description: string | undefined;
  readonly tags: readonly string[];
  readonly span: Span;
  /** Of the expression. */
  readonly script: Span;
}

const KEYS = ['_id', 'name', 'type', 'script', 'message', 'description', 'minVersion', 'attackTechniques', 'vulnIds'];
/** Facts about the object that the console keeps. */
const KEPT = ['modified', 'owner', 'usages', 'color', 'previousName', 'disabled', 'notes', 'id'];
const ELSEWHERE = ['kubernetes-audit', 'waas-request', 'waas-response'] as const;

/**
 * A custom rule as the API has it.
 * @param keys further names of it
 * @returns null for a type that is not about the runtime, or where something is missing, which is reported
 */
export function readCustomRule(map: LocatedMap, keys: readonly string[], report: Report): CustomRule | null {
  judgeKeys(map, [...KEYS, ...KEPT], report);
  const type = wordAt(map, 'type', [...RUNTIME_TYPES, ...ELSEWHERE], report);
  const name = textAt(map, 'name', report);
  const script = textAt(map, 'script', report);
  for (const [key, value] of Object.entries({ name, script, type })) {
    const found = map.entries.some((entry) => entry.key.text === key);
    if (value === undefined && !found) report(diagnose('L5005', `the key \`${key}\` is missing`, headOf(map)));
  }
  if (type === undefined || name === undefined) return null;
  if (!isRuntime(type)) {
    const what =
      type === 'kubernetes-audit' ? 'entries of the audit log of Kubernetes' : 'requests to web applications';
    report(diagnose('L5006', `\`${name.text}\` is about ${what}, which are no events of the runtime`, name.span));
    return null;
  }
  if (script === undefined) return null;
  const id = textAt(map, '_id', report);
  const techniques = textsAt(map, 'attackTechniques', report).map(({ text }) =>
    /^T\d{4}/.test(text) ? `mitre:${text}` : `attack:${text}`,
  );
  const holes = textsAt(map, 'vulnIds', report).map(({ text }) => `vulnerability:${text}`);
  return {
    ...readScript(script, type, report),
    keys: [...(id === undefined ? [] : [id.text]), ...keys],
    name: name.text,
    type,
    message: messageOf(textAt(map, 'message', report)),
    description: textAt(map, 'description', report)?.text,
    tags: [...techniques, ...holes],
    span: name.span,
    script: script.span,
  };
}

const isRuntime = (type: string): type is RuntimeType => RUNTIME_TYPES.some((one) => one === type);

/** Attributes behind `%` become fields in braces, and braces of theirs are no fields. */
const messageOf = (text: LocatedScalar | undefined): string | undefined =>
  text?.text
    .replace(/\{/g, '(')
    .replace(/\}/g, ')')
    .replace(/%([a-z]+\.[a-z0-9_]+)/g, (whole, name: string) => {
      const field = attributeOf(name)?.field;
      return field === undefined ? whole : `{${field}}`;
    });

/** A file of bare expressions: one, or several with blank lines between them. Lines that start with `#` say nothing. */
export function readExpressions(text: LocatedScalar, name: string, report: Report): readonly CustomRule[] {
  const found = [...text.text.matchAll(/(?:^[^\n]*\S[^\n]*(?:\n|$))+/gm)].flatMap((match) => {
    const head = /^(?:[ \t]*#[^\n]*(?:\n|$))*/.exec(match[0])![0].length;
    const script = match[0].slice(head).trimEnd();
    return script === '' ? [] : [{ script, start: match.index + head }];
  });
  return found.map(({ script, start }, n): CustomRule => {
    const span = text.place(start, start + script.length);
    const one: LocatedScalar = {
      is: 'scalar',
      value: script,
      text: script,
      span,
      place: (from, to) => text.place(start + from, start + to),
    };
    const type = typeOfScript(script);
    const own = found.length === 1 ? name : `${name}-${n + 1}`;
    return {
      ...readScript(one, type, report),
      keys: [],
      name: own,
      type,
      message: undefined,
      description: undefined,
      tags: [],
      span,
      script: span,
    };
  });
}
