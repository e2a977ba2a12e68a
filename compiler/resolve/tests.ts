/** PolicyTest documents: what is expected of which events. */
import { diagnose, nearest } from '../diagnostics/index.ts';
import type { Span } from '../diagnostics/diagnostic.ts';
import { toJson, type Located } from '../document/located.ts';
import type { PolicyDocument, PolicyTestDocument } from '../schema/documents.ts';
import type { Report } from '../schema/read.ts';
import type { Spanned } from '../schema/shape.ts';
import type { Names } from './names.ts';
import { ruleNames } from './policy.ts';

export interface PolicyTest {
  readonly name: string | null;
  /** Name of the policy that the cases are about. */
  readonly policy: string;
  readonly cases: readonly PolicyTestCase[];
  readonly span: Span;
}

export interface PolicyTestCase {
  readonly name: string;
  /** The JSON form of an event record, not yet judged: an object, or it is no event. */
  readonly event: unknown;
  /** Parts of a verdict record that must be as given; the others may be anything. */
  readonly expect: Readonly<Record<string, unknown>>;
  readonly span: Span;
}

/** Tests of the policies that are built in. */
export function resolveTests(
  documents: readonly PolicyTestDocument[],
  policies: Names<PolicyDocument>,
  chosen: ReadonlySet<PolicyDocument>,
  incomplete: boolean,
  report: Report,
): PolicyTest[] {
  if (documents.length === 0) return [];
  const known = new Set([...policies].flatMap(([, policy]) => ruleNames(policy)));
  const names = new Set([...policies].map(([name]) => name.value));
  const tests: PolicyTest[] = [];
  for (const { metadata, spec, span } of documents) {
    const policy = policies.find(spec.policy, 'L1202', incomplete, report);
    const cases = spec.cases.value.map((one): PolicyTestCase => {
      const { event, expect } = one;
      if (event.is !== 'map') report(diagnose('L1106', 'an event is a map', event.span));
      if (!incomplete) {
        checkName(expect.rule, 'rule', 'L1203', known, report);
        checkName(expect.policy, 'policy', 'L1202', names, report);
      }
      return { name: one.name.value, event: toJson(event), expect: plain(expect), span: one.span };
    });
    if (policy === undefined || !chosen.has(policy)) continue;
    tests.push({ name: metadata?.name?.value ?? null, policy: spec.policy.value, cases, span });
  }
  return tests;
}

/** A name that is expected must be one that there is: a test of a misspelt rule would never pass, and not say why. */
function checkName(
  node: Located | undefined,
  sort: string,
  code: 'L1202' | 'L1203',
  known: ReadonlySet<string>,
  report: Report,
): void {
  if (node === undefined || (node.is === 'scalar' && node.value === null)) return;
  if (node.is !== 'scalar' || typeof node.value !== 'string') {
    report(diagnose('L1106', `expected the name of a ${sort}, or null`, node.span));
  } else if (!known.has(node.value)) {
    const near = nearest(node.value, known);
    const help = near === null ? null : `did you mean \`${near}\`?`;
    report(diagnose(code, `there is no ${sort} \`${node.value}\``, node.span, help));
  }
}

/** The plain values of a read object. */
function plain(read: object): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(read)) {
    if (key !== 'span' && key !== 'head' && part !== undefined) made[key] = plainPart(part as object);
  }
  return made;
}

function plainPart(part: object): unknown {
  if ('is' in part) return toJson(part as Located);
  if (!('value' in part)) return plain(part);
  const { value } = part as Spanned<unknown>;
  return Array.isArray(value) ? value.map((item) => plainPart(item as object)) : value;
}
