/**
 * Selections of workloads as scopes of ours, one excluding those before it.
 *
 * The first runtime rule whose scope holds a workload is the only one that counts for it. So the scope of a rule gets
 * an `except` for each rule before it that could hold the same workload; what is known to hold or not to hold there is
 * left out. `except` takes a workload out where *one* of its parts holds: where a selection before has several that
 * matter, their negation becomes a condition of the rules instead. Hosts and clusters have names in conditions only.
 */
import type { Plain } from '../tree.ts';
import { all, not, quoted, quotedSet, test, type Condition } from '../condition.ts';
import type { Part, Selection } from './collection.ts';
import type { Target } from './effects.ts';
import { areDisjoint, covers, globFor, spellings, type FieldName, type Pattern } from './resource.ts';

export interface Placed {
  readonly scope: Plain;
  /** What the scope cannot say, for every rule. */
  readonly guard: Condition;
}

/**
 * @param earlier selections of the rules before
 * @returns null where those hold all of it
 */
export function placeSelection(selection: Selection, earlier: readonly Selection[], target: Target): Placed | null {
  const builder = new ScopeBuilder(target);
  for (const part of selection) builder.add(part);
  for (const other of earlier) {
    if (other.some((part) => contradicts(selection, part))) continue;
    const open = other.filter((part) => !isImplied(selection, part));
    if (open.length === 0) return null;
    builder.exclude(open);
  }
  return builder.placed();
}

const sameField = (a: Part, b: Part): boolean => a.field === b.field && a.key === b.key;
const spelled = ({ field, patterns }: Part): readonly Pattern[] => patterns.flatMap((one) => spellings(field, one));
const isWithin = (a: Part, b: Part): boolean => spelled(a).every((q) => spelled(b).some((p) => covers(p, q)));
const isApart = (a: Part, b: Part): boolean => spelled(a).every((p) => spelled(b).every((q) => areDisjoint(p, q)));

/** Whether a part cannot hold where a selection does. */
const contradicts = (selection: Selection, part: Part): boolean =>
  selection.some((own) => {
    if (!sameField(own, part)) return false;
    if (!own.negated && !part.negated) return isApart(own, part);
    return own.negated !== part.negated && (own.negated ? isWithin(part, own) : isWithin(own, part));
  });

/** Whether a part holds wherever a selection does. */
const isImplied = (selection: Selection, part: Part): boolean =>
  selection.some((own) => {
    if (!sameField(own, part)) return false;
    if (own.negated) return part.negated && isWithin(part, own);
    return part.negated ? isApart(own, part) : isWithin(own, part);
  });

const PARTS: Readonly<Record<FieldName, string | null>> = {
  images: 'image',
  containers: 'container',
  namespaces: 'namespace',
  labels: 'labels',
  hosts: null,
  clusters: null,
};

type Globs = Record<string, string[] | Record<string, string[]>>;

class ScopeBuilder {
  readonly #target: Target;
  readonly #own: Globs = {};
  readonly #except: Globs = {};
  readonly #conditions: Condition[] = [];

  constructor(target: Target) {
    this.#target = target;
  }

  add(part: Part): void {
    const positive = { ...part, negated: false };
    if (part.negated) this.exclude([positive]);
    else if (!this.#put(this.#own, part, false)) this.#conditions.push(conditionOf(part, this.#target));
  }

  /** Takes out the workloads for which all of the parts hold. */
  exclude(parts: Selection): void {
    if (parts.length === 1 && !parts[0].negated && this.#put(this.#except, parts[0], true)) return;
    this.#conditions.push(not(all(parts.map((part) => conditionOf(part, this.#target)))));
  }

  placed(): Placed {
    const except = Object.keys(this.#except).length > 0 ? this.#except : undefined;
    return { scope: { host: this.#target === 'host', ...this.#own, except }, guard: all(this.#conditions) };
  }

  /** @returns false where a scope cannot say it */
  #put(globs: Globs, part: Part, either: boolean): boolean {
    const name = part.field === 'labels' && this.#target === 'host' ? 'node' : PARTS[part.field];
    if (name === null || (part.field === 'labels' && part.key === null)) return false;
    const texts = globsOf(part);
    const there = globs[name];
    if (part.key === null) {
      if (there !== undefined && !either) return false;
      globs[name] = [...new Set([...((there as string[] | undefined) ?? []), ...texts])];
      return true;
    }
    const labels = (there ?? {}) as Record<string, string[]>;
    // All labels of a scope must hold: a second name cannot stand beside the first where either is to count.
    if (Object.keys(labels).some((key) => key !== part.key) || (part.key in labels && !either)) return false;
    globs[name] = { [part.key]: [...new Set([...(labels[part.key] ?? []), ...texts])] };
    return true;
  }
}

/**
 * The globs of a scope. One of an image without a tag is held against the name without the event's, so a pattern that
 * says how a reference ends gets its tag, and one that looks for a text is also held against the whole.
 */
function globsOf(part: Part): readonly string[] {
  const patterns = spelled(part);
  if (part.field !== 'images') return patterns.map(globOfName);
  return patterns.flatMap((one) => {
    const glob = globFor(one);
    const latest = patterns.some(({ text, end }) => end && one.end && text === `${one.text}:latest`);
    if (one.end && latest) return [`${glob}{,:latest}`];
    if (one.end && patterns.some(({ text, end }) => end && `${text}:latest` === one.text)) return [];
    return one.start || one.end || /[:@]/.test(one.text) ? [glob] : [glob, `**:${glob}`];
  });
}

/** Names of everything but images have no slash. */
const globOfName = (pattern: Pattern): string => globFor(pattern).replaceAll('**', '*');

/** A part as a condition on what events say of their workload. */
export function conditionOf(part: Part, target: Target): Condition {
  const { field, key, patterns, negated } = part;
  const labels = target === 'host' ? 'host.labels' : 'k8s.labels';
  const own = {
    images: 'container.image',
    containers: 'container.name',
    namespaces: 'k8s.namespace',
    labels: `${labels}[${quoted(key ?? '')}]`,
    hosts: 'host.name',
    clusters: 'k8s.cluster',
  }[field];
  const glob = field === 'images' ? globFor : globOfName;
  const globs = [...new Set(spelled(part).map((one) => glob({ ...one, text: one.text.toLowerCase() })))];
  const texts = globs.length === 1 ? quoted(globs[0]) : quotedSet(globs);
  const condition = test(`${own} iglob ${texts}`, patterns[0].span);
  return negated ? not(condition) : condition;
}
