/** Scopes that hold no workload. */
import { diagnose } from '../diagnostics/index.ts';
import { parseGlob, toDfa } from '../pattern/index.ts';
import { WORKLOAD_CLASSES } from '../../vm/spec/verdict.ts';
import type { Bytes, Scope, ScopeParts } from '../../vm/bundle/normal.ts';
import type { ResolvedPolicy } from '../resolve/index.ts';
import type { Warn } from './facts.ts';

export function lintScope({ name, scope, document }: ResolvedPolicy, warn: Warn): void {
  const why = whyEmpty(scope);
  if (why === null) return;
  const span = document.spec.scope?.head ?? name.span;
  warn(diagnose('L3111', `the scope of \`${name.value}\` holds no workload: ${why}`, span));
}

/** Why no workload can be in a scope, or null. */
function whyEmpty(scope: Scope): string | null {
  const inside = (['namespace', 'labels', 'matchExpressions', 'image', 'container'] as const).find(
    (part) => scope[part] !== undefined && (part !== 'matchExpressions' || scope[part].some(needsLabel)),
  );
  if (scope.host === true && inside !== undefined) return `a process of the host has no \`${inside}\``;
  if (scope.class !== undefined) {
    const classes = WORKLOAD_CLASSES.filter((known) => scope.class!.some((glob) => matches(glob, known)));
    if (classes.length === 0) return `classes are ${WORKLOAD_CLASSES.join(', ')}`;
    if (scope.host === false && classes.every((one) => one === 'host')) {
      return '`host: false` takes out what `class: host` takes in';
    }
  }
  const conflict = labelConflict(scope);
  if (conflict !== null) return conflict;
  const taken = scope.except === undefined ? null : takenOut(scope, scope.except);
  return taken === null ? null : `\`except\` takes out all that \`${taken}\` takes in`;
}

const needsLabel = ({ operator }: { operator: string }): boolean => operator === 'In' || operator === 'Exists';

/** A label that must be there and must not. */
function labelConflict({ labels = {}, matchExpressions = [] }: ScopeParts): string | null {
  const wanted = new Set([...Object.keys(labels), ...matchExpressions.filter(needsLabel).map(({ key }) => key)]);
  const banned = matchExpressions.find(({ key, operator }) => operator === 'DoesNotExist' && wanted.has(key));
  return banned === undefined ? null : `the label \`${banned.key}\` must be there and must not`;
}

/** The part of a scope all of whose patterns stand in `except`, too. */
function takenOut(scope: ScopeParts, except: ScopeParts): string | null {
  if (except.host !== undefined && except.host === scope.host) return 'host';
  for (const part of ['class', 'namespace', 'image', 'container'] as const) {
    const [given, out] = [scope[part], except[part]];
    if (given !== undefined && out !== undefined && isWithin(given, out)) return part;
  }
  for (const part of ['labels', 'node', 'cluster'] as const) {
    const [given, out] = [scope[part], except[part]];
    if (given === undefined || out === undefined) continue;
    // All labels of the exception must hold for it to hold.
    const held = Object.entries(out).every(([key, globs]) => given[key] !== undefined && isWithin(given[key], globs));
    if (held) return part;
  }
  return null;
}

const isWithin = (given: readonly Bytes[], out: readonly Bytes[]): boolean =>
  given.every((glob) => out.includes(glob) || out.includes('**'));

/** Whether a glob matches a word. */
function matches(glob: Bytes, word: string): boolean {
  const parsed = parseGlob(glob, false);
  const dfa = 'pattern' in parsed ? toDfa(parsed.pattern, 4096) : null;
  if (dfa === null) return true;
  let state = dfa.start;
  for (let i = 0; i < word.length; i++) state = dfa.next[state * 256 + word.charCodeAt(i)];
  return dfa.accept[state] === 1;
}
