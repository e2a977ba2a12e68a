/**
 * Which entries could be about one event. What is looked up is kept by its text: components of paths and labels of domains
 * are the edges of a tree, so an entry asks those above its own place, and never all others. At one place they are kept
 * apart by a value that workloads have one of, so thousands of applications that say something of one path do not meet there.
 */
import type { Entry, Subject } from './entry.ts';
import { rankOf, type Rank } from './lookup.ts';
import { canMeet, facetsOf, type Facets, type Selection } from './selection.ts';

/** An entry of one of several policies. */
export interface Placed {
  /** Index of its policy. */
  readonly policy: number;
  /** Its index there. */
  readonly index: number;
  readonly entry: Entry;
  readonly rank: Rank;
  /** Paths of the programs that it holds for; null: all. */
  readonly sources: ReadonlySet<string> | null;
  /** What its policy's workloads have as the value that tells most policies apart; null: any. */
  readonly home: string | null;
}

interface Holder {
  readonly selection: Selection;
  readonly entries: readonly Entry[];
}

/**
 * Calls `visit` for each two entries that one event in one workload could be about: with the same two perhaps twice, and in
 * no order. Where it cannot be told, it could. Takes time that grows with the texts and with the pairs that one event could be about.
 */
export function eachOverlap(policies: readonly Holder[], visit: (one: Placed, other: Placed) => void): void {
  const selections = policies.map(({ selection }) => selection);
  const meet = meetings(selections);
  const homes = homesOf(selections.map(facetsOf));
  const placed = policies.flatMap(({ entries }, policy) =>
    entries.map((entry, index): Placed => {
      const sources = entry.sources && new Set(entry.sources.map(({ path }) => path.value));
      return { policy, index, entry, rank: rankOf(entry), sources, home: homes[policy] };
    }),
  );
  const lookups = new Map<Subject, Lookups>();
  for (const one of placed) {
    const { subject } = one.entry;
    const known = lookups.get(subject) ?? new Lookups();
    known.add(one);
    lookups.set(subject, known);
  }
  for (const one of placed) {
    lookups.get(one.entry.subject)!.eachWider(one, (other) => {
      if (one !== other && shareSource(one, other) && meet(one.policy, other.policy)) visit(one, other);
    });
  }
}

function shareSource(a: Placed, b: Placed): boolean {
  if (a.sources === null || b.sources === null) return true;
  for (const source of a.sources) if (b.sources.has(source)) return true;
  return false;
}

/** @returns whether the policies of two indices can meet; those of one selection are judged once */
export function meetings(selections: readonly Selection[]): (a: number, b: number) => boolean {
  const known = new Map<string, number>();
  const facets: ReturnType<typeof facetsOf>[] = [];
  const ids = selections.map((selection) => {
    const own = facetsOf(selection);
    const id = known.get(own.key) ?? facets.push(own) - 1;
    known.set(own.key, id);
    return id;
  });
  return (a, b) => a === b || ids[a] === ids[b] || canMeet(facets[ids[a]], facets[ids[b]]);
}

/** Of all labels, and the namespace, that which has the most values among the selections: each selection's, null where it is not exactly one. */
function homesOf(facets: readonly Facets[]): readonly (string | null)[] {
  const only = (values: readonly string[] | null | undefined): string | null =>
    values?.length === 1 ? values[0] : null;
  const byNamespace = facets.map(({ namespaces }) => only(namespaces));
  const values = new Map<string, Set<string>>();
  for (const { labels } of facets) {
    for (const [key, wanted] of labels) values.set(key, (values.get(key) ?? new Set()).add(wanted[0]));
  }
  const [best] = [...values].sort(([, a], [, b]) => b.size - a.size);
  if (best === undefined || best[1].size <= new Set(byNamespace).size) return byNamespace;
  return facets.map(({ labels }) => only(labels.get(best[0])));
}

/** Entries that look up the same. */
class Crowd {
  readonly #byHome = new Map<string | null, Placed[]>();

  add(one: Placed): void {
    const same = this.#byHome.get(one.home);
    if (same === undefined) this.#byHome.set(one.home, [one]);
    else same.push(one);
  }

  /** Calls `visit` for those whose workloads could be those of the entry. */
  each({ home }: Placed, visit: (other: Placed) => void): void {
    if (home === null) for (const group of this.#byHome.values()) group.forEach(visit);
    else for (const of of [home, null]) this.#byHome.get(of)?.forEach(visit);
  }
}

interface Place {
  readonly below: Map<string, Place>;
  /** What is about everything from here on: recursive or not, a directory stands for both. */
  readonly directories: Crowd;
  readonly paths: Crowd;
}

/** What the entries of one subject look up. */
class Lookups {
  readonly #root = place();
  /** Names by their last component, protocols, capabilities. */
  readonly #texts = new Map<string, Crowd>();
  readonly #names = new Crowd();
  /** Patterns and the like: what they are about cannot be told from their texts. */
  readonly #anything = new Crowd();

  add(one: Placed): void {
    const { is, text } = one.entry.target;
    const parts = partsOf(one.entry);
    if (parts !== null) {
      let at = this.#root;
      for (const part of parts) {
        const next = at.below.get(part) ?? place();
        at.below.set(part, next);
        at = next;
      }
      (is === 'path' ? at.paths : at.directories).add(one);
    } else if (is === 'name' || is === 'protocol' || is === 'capability') {
      if (is === 'name') this.#names.add(one);
      const key = lastOf(text.value);
      const same = this.#texts.get(key) ?? new Crowd();
      same.add(one);
      this.#texts.set(key, same);
    } else this.#anything.add(one);
  }

  /** Calls `visit` for the entries that are about all that this one looks up, about some of it, or about what cannot be told. */
  eachWider(one: Placed, visit: (other: Placed) => void): void {
    const { is, text } = one.entry.target;
    const same = this.#texts.get(lastOf(text.value));
    const parts = partsOf(one.entry);
    let at: Place | undefined = this.#root;
    for (const part of parts ?? []) {
      at = at?.below.get(part);
      at?.directories.each(one, visit);
    }
    if (is === 'path') {
      at?.paths.each(one, visit);
      same?.each(one, (other) => text.value.endsWith(`/${other.entry.target.text.value}`) && visit(other));
    } else if (is === 'directory') this.#names.each(one, visit);
    else if (parts === null) same?.each(one, (other) => text.value === other.entry.target.text.value && visit(other));
    this.#anything.each(one, visit);
  }
}

const place = (): Place => ({ below: new Map(), directories: new Crowd(), paths: new Crowd() });

/** The way to an entry in the tree; null: it has none. */
function partsOf({ target: { is, text } }: Entry): readonly string[] | null {
  if (is === 'domain') return text.value.split('.').reverse();
  if (is === 'directory' && text.value === '/') return [''];
  return is === 'path' || is === 'directory' ? text.value.split('/') : null;
}

const lastOf = (text: string): string => text.slice(text.lastIndexOf('/') + 1);
