/** Collections: the workloads that a runtime rule is for. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { LocatedMap, LocatedScalar } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import type { Target } from './effects.ts';
import { judgeKeys, textAt, textsAt } from './reader.ts';
import { FIELDS, isAny, patternOf, type FieldName, type Pattern } from './resource.ts';

/** The value of a field matches one of the patterns; negated: none of them. */
export interface Part {
  readonly field: FieldName;
  /** Of a label. */
  readonly key: string | null;
  readonly patterns: readonly Pattern[];
  readonly negated: boolean;
}

/** All parts hold. */
export type Selection = readonly Part[];

export interface Collection {
  readonly keys: readonly string[];
  readonly name: string;
  readonly map: LocatedMap;
  readonly span: Span;
}

/** Fields of facts that no event here has. */
const ELSEWHERE = ['accountIDs', 'appIDs'] as const;
/** Fields of things that do not run where Defenders guard. */
const IDLE = ['functions', 'codeRepos'] as const;
export const COLLECTION_KEYS: readonly string[] = [
  'name',
  'description',
  'color',
  'modified',
  'owner',
  'prisma',
  'system',
  ...FIELDS,
  ...ELSEWHERE,
  ...IDLE,
];

export const COLLECTION_FIELDS: readonly string[] = [...FIELDS, ...ELSEWHERE, ...IDLE];

/** @param keys names of it beside its own */
export function readCollection(map: LocatedMap, keys: readonly string[], report: Report): Collection | null {
  judgeKeys(map, COLLECTION_KEYS, report);
  const name = textAt(map, 'name', report);
  if (name === undefined) {
    report(diagnose('L5005', 'the key `name` is missing', headOf(map)));
    return null;
  }
  return { keys: [name.text, ...keys], name: name.text, map, span: name.span };
}

/**
 * What a collection selects of a sort of workloads.
 * @returns selections one of which holds; null where it asks for what cannot be told, which is reported
 */
export function selectionsOf(map: LocatedMap, target: Target, report: Report): readonly Selection[] | null {
  for (const field of IDLE) ignored(map, field, 'is about what Defenders do not guard at runtime', report);
  let known = true;
  for (const field of ELSEWHERE) {
    const [first] = restricting(map, field, report);
    if (first === undefined) continue;
    report(
      diagnose('L5006', `the collection asks for \`${field}\`, which no event says`, first.span, 'leave the field `*`'),
    );
    known = false;
  }
  let selections: Selection[] = [[]];
  for (const field of FIELDS) {
    if (target === 'host' && ['images', 'containers', 'namespaces'].includes(field)) {
      ignored(map, field, 'says nothing of hosts', report);
      continue;
    }
    const choices = choicesOf(field, restricting(map, field, report), report);
    if (choices === null) known = false;
    else selections = selections.flatMap((parts) => choices.map((choice) => [...parts, ...choice]));
  }
  return known ? selections : null;
}

/** The texts of a field that is not `*` alone. */
function restricting(map: LocatedMap, field: string, report: Report): readonly LocatedScalar[] {
  const texts = textsAt(map, field, report);
  return texts.every(({ text }) => text === '*') ? [] : texts;
}

function ignored(map: LocatedMap, field: string, why: string, report: Report): void {
  const [first] = restricting(map, field, report);
  if (first !== undefined)
    report(diagnose('L5003', `\`${field}\` ${why}: it is ignored`, first.span, 'leave the field `*`'));
}

/** The ways in which a field is matched: several only for labels of different names. */
function choicesOf(field: FieldName, texts: readonly LocatedScalar[], report: Report): readonly Selection[] | null {
  const wanted = new Map<string | null, Pattern[]>();
  const exempt = new Map<string | null, Pattern[]>();
  let known = true;
  for (const { text, span } of texts) {
    const of = text.startsWith('-') ? exempt : wanted;
    const bare = text.replace(/^-/, '');
    if (field !== 'labels' || bare === '*') add(of, null, patternOf(bare, span));
    else {
      const colon = bare.indexOf(':');
      if (colon <= 0 || bare.startsWith('*')) {
        report(
          diagnose(
            'L5006',
            `\`${bare}\` asks for labels by a part of their names`,
            span,
            'write `name:value`, as in `app:web*`',
          ),
        );
        known = false;
      } else add(of, bare.slice(0, colon), patternOf(bare.slice(colon + 1), span));
    }
  }
  if (!known) return null;
  if ([...exempt.values()].flat().some(isAny)) return [];
  const all = [...wanted.values()].flat();
  const negated = [...exempt].map(([key, patterns]): Part => ({ field, key, patterns, negated: true }));
  if (all.length === 0 || (wanted.get(null) ?? []).some(isAny)) return [negated];
  return [...wanted].map(([key, patterns]) => [{ field, key, patterns, negated: false }, ...negated]);
}

const add = (map: Map<string | null, Pattern[]>, key: string | null, pattern: Pattern): void =>
  void map.set(key, [...(map.get(key) ?? []), pattern]);
