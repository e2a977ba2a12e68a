/** Scopes: texts to byte strings, patterns judged. */
import { diagnose, nearest } from '../diagnostics/index.ts';
import { parseGlob } from '../pattern/index.ts';
import { WORKLOAD_CLASSES } from '../../vm/spec/verdict.ts';
import type { Bytes, LabelTest, Scope, ScopeParts } from '../../vm/bundle/normal.ts';
import type { ScopeBody, ScopePartsBody } from '../schema/documents.ts';
import type { Report } from '../schema/read.ts';
import type { Entry, Spanned, Text } from '../schema/shape.ts';

/** The bytes of a text's UTF-8 form, one character each. */
export const bytesOf = (text: string): Bytes => Buffer.from(text, 'utf8').toString('latin1');

/** @param body undefined: every workload */
export function resolveScope(body: ScopeBody | undefined, report: Report): Scope {
  if (body === undefined) return {};
  const parts = resolveParts(body, report);
  return body.except === undefined ? parts : { ...parts, except: resolveParts(body.except, report) };
}

function resolveParts(body: ScopePartsBody, report: Report): ScopeParts {
  const globs = (texts: Spanned<readonly Text[]>): Bytes[] => texts.value.map((text) => glob(text, report));
  const labels = (entries: Spanned<readonly Entry<Spanned<readonly Text[]>>[]>): Record<string, Bytes[]> =>
    Object.fromEntries(entries.value.map(({ key, value }) => [bytesOf(key.value), globs(value)]));
  body.class?.value.forEach((text) => checkClass(text, report));
  return {
    ...(body.host && { host: body.host.value }),
    ...(body.class && { class: globs(body.class) }),
    ...(body.namespace && { namespace: globs(body.namespace) }),
    ...(body.labels && { labels: labels(body.labels) }),
    ...(body.matchExpressions && {
      matchExpressions: body.matchExpressions.value.map((test) => labelTest(test, report)),
    }),
    ...(body.image && { image: globs(body.image) }),
    ...(body.container && { container: globs(body.container) }),
    ...(body.node && { node: labels(body.node) }),
    ...(body.cluster && { cluster: labels(body.cluster) }),
  };
}

function glob(text: Text, report: Report): Bytes {
  const pattern = bytesOf(text.value);
  const parsed = parseGlob(pattern, false);
  if ('error' in parsed) {
    const at = Buffer.from(pattern.slice(0, parsed.at), 'latin1').toString('utf8').length;
    report(diagnose('L1304', parsed.error, text.place(at, Math.min(at + 1, text.value.length))));
  }
  return pattern;
}

/** A class without a wildcard must be one that there is. */
function checkClass({ value, span }: Text, report: Report): void {
  if (/[*?[\]{}\\]/.test(value) || WORKLOAD_CLASSES.some((known) => known === value)) return;
  const near = nearest(value, WORKLOAD_CLASSES);
  const help = near === null ? `classes are ${WORKLOAD_CLASSES.join(', ')}` : `did you mean \`${near}\`?`;
  report(diagnose('L1108', `unknown class \`${value}\``, span, help));
}

function labelTest(test: NonNullable<ScopePartsBody['matchExpressions']>['value'][number], report: Report): LabelTest {
  const { key, operator, values } = test;
  const wantsValues = operator.value === 'In' || operator.value === 'NotIn';
  if (wantsValues && (values === undefined || values.value.length === 0)) {
    report(diagnose('L1105', `\`${operator.value}\` needs \`values\``, test.head));
  }
  if (!wantsValues && values !== undefined && values.value.length > 0) {
    report(diagnose('L1113', `\`${operator.value}\` takes no values`, values.span, 'leave `values` out'));
  }
  return {
    key: bytesOf(key.value),
    operator: operator.value,
    values: wantsValues ? (values?.value ?? []).map(({ value }) => bytesOf(value)) : [],
  };
}
