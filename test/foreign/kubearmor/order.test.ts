/** Which entries meet, held against asking each pair; and the order of very many policies. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  PLAIN,
  type Entry,
  type EntryAction,
  type Subject,
  type Target,
} from '../../../compiler/foreign/kubearmor/entry.ts';
import { ordered } from '../../../compiler/foreign/kubearmor/order.ts';
import { eachOverlap } from '../../../compiler/foreign/kubearmor/overlap.ts';
import { EVERYTHING, type Selection } from '../../../compiler/foreign/kubearmor/selection.ts';
import type { Text } from '../../../compiler/schema/shape.ts';
import { batchSeed, Random, runSeed } from '../../generators/random.ts';

const seed = runSeed();

const SPAN = { source: 0, start: 0, end: 0 };
const text = (value: string): Text => ({ value, span: SPAN, place: () => SPAN });

const entry = (
  subject: Subject,
  is: Target['is'],
  value: string,
  action: EntryAction,
  sources: readonly string[] | null = null,
): Entry => ({
  ...PLAIN,
  subject,
  target: { is, text: text(value) },
  sources: sources && sources.map((path) => ({ path: text(path) })),
  action,
  severity: null,
  tags: [],
  message: null,
  span: SPAN,
});

const TEXTS: Readonly<Partial<Record<Target['is'], readonly string[]>>> = {
  path: ['/a', '/a/b', '/ab', '/a/b/c', '/b', '/b/a/b'],
  directory: ['/', '/a', '/a/b', '/ab', '/b', '/b/a'],
  name: ['a', 'b', 'c', 'a/b'],
  pattern: ['/a/*'],
  preset: ['filelessExec'],
  domain: ['a', 'b.a', 'c.b.a', 'ba', 'b'],
  protocol: ['tcp', 'udp'],
  'every-protocol': ['all'],
  capability: ['net_raw', 'kill'],
};
const TARGETS: Readonly<Partial<Record<Subject, readonly Target['is'][]>>> = {
  process: ['path', 'directory', 'name', 'pattern', 'preset'],
  file: ['path', 'directory', 'pattern'],
  dns: ['domain'],
  network: ['protocol', 'every-protocol'],
  capabilities: ['capability'],
};

function randomEntry(r: Random): Entry {
  const subject = r.pick(Object.keys(TARGETS) as Subject[]);
  const is = r.pick(TARGETS[subject]!);
  const sources = r.chance(0.3) ? r.list(1 + r.below(2), () => r.pick(['/x', '/y', '/z'])) : null;
  return entry(subject, is, r.pick(TEXTS[is]!), r.pick(['Allow', 'Audit', 'Block']), sources);
}

function randomSelection(r: Random): Selection {
  if (r.chance(0.1)) return { ...EVERYTHING, host: true };
  return {
    ...EVERYTHING,
    namespaces: r.chance(0.7) ? r.list(1 + r.below(2), () => text(r.pick(['n', 'm', 'o']))) : null,
    labels: r.list(r.below(3), () => [r.pick(['app', 'tier']), text(r.pick(['1', '2', '3']))] as const),
    anyLabel: r.list(r.below(3), () => [r.pick(['app', 'zone']), text(r.pick(['1', '2', '3']))] as const),
    containers: r.chance(0.2) ? [text(r.pick(['c', 'd']))] : [],
  };
}

/** Whether a path, program or domain could be of both targets, by what they mean. */
function bothAbout(a: Target, b: Target): boolean {
  const [x, y] = [a.text.value, b.text.value];
  const below = (inner: string, outer: string, between: string): boolean =>
    inner === outer || `${between}${inner}`.endsWith(`${between}${outer}`);
  const inside = (inner: string, outer: string): boolean =>
    outer === '/' || inner === outer || inner.startsWith(`${outer}/`);
  const one = (p: Target['is'], q: Target['is']): boolean => a.is === p && b.is === q;
  if (a.is === 'pattern' || b.is === 'pattern' || a.is === 'preset' || b.is === 'preset') return true;
  if (a.is === 'every-protocol' || b.is === 'every-protocol') return true;
  if (a.is === 'domain') return below(x, y, '.') || below(y, x, '.');
  if (one('path', 'name')) return x.endsWith(`/${y}`);
  if (one('name', 'path')) return y.endsWith(`/${x}`);
  if (one('directory', 'name') || one('name', 'directory')) return true;
  if (one('path', 'directory')) return inside(x, y);
  if (one('directory', 'path')) return inside(y, x);
  if (one('directory', 'directory')) return inside(x, y) || inside(y, x);
  return x === y;
}

/** Whether a workload could be of both: one for each choice of what the selections ask for. */
function oneWorkload(a: Selection, b: Selection): boolean {
  if (a.host || b.host) return a.host === b.host;
  const names = (texts: readonly Text[] | null): string[] | null => texts && texts.map(({ value }) => value);
  const share = (p: string[] | null, q: string[] | null): boolean =>
    p === null || q === null || p.some((value) => q.includes(value));
  const containers = ({ containers: those }: Selection) => (those.length > 0 ? names(those) : null);
  if (!share(names(a.namespaces), names(b.namespaces)) || !share(containers(a), containers(b))) return false;
  // Of several values for one key the last counts, and of labels of which one must be there only those of a single key are judged.
  const wanted = ({ labels, anyLabel }: Selection): Map<string, string[]> => {
    const map = new Map(labels.map(([key, { value }]): [string, string[]] => [key, [value]]));
    const keys = new Set(anyLabel.map(([key]) => key));
    for (const key of keys.size === 1 ? keys : [])
      map.set(
        key,
        anyLabel.map(([, { value }]) => value),
      );
    return map;
  };
  const others = wanted(b);
  return [...wanted(a)].every(([key, values]) => share(values, others.get(key) ?? null));
}

test('entries meet that the definition says meet', () => {
  console.log(`seed ${seed}`);
  let met = 0;
  for (let index = 0; index < 200; index++) {
    const r = new Random(batchSeed(seed, index));
    const policies = r.list(1 + r.below(8), () => ({
      selection: randomSelection(r),
      entries: r.list(r.below(6), () => randomEntry(r)),
    }));
    const all = policies.flatMap(({ entries, selection }, policy) =>
      entries.map((one, n) => ({ name: `${policy}.${n}`, one, selection, policy })),
    );
    const expected = new Set<string>();
    all.forEach((a, i) =>
      all.slice(i + 1).forEach((b) => {
        const [p, q] = [a.one.sources, b.one.sources].map((sources) => sources?.map(({ path }) => path.value));
        const sourced = p === undefined || q === undefined || p.some((path) => q.includes(path));
        const together = a.policy === b.policy || oneWorkload(a.selection, b.selection);
        if (a.one.subject === b.one.subject && sourced && together && bothAbout(a.one.target, b.one.target))
          expected.add(`${a.name} ${b.name}`);
      }),
    );
    const found = new Set<string>();
    eachOverlap(policies, (a, b) => {
      const isFirst = a.policy - b.policy || a.index - b.index;
      const [first, second] = isFirst < 0 ? [a, b] : [b, a];
      found.add(`${first.policy}.${first.index} ${second.policy}.${second.index}`);
    });
    met += expected.size;
    assert.equal([...found].sort(), [...expected].sort(), `batch ${index} of seed ${seed}`);
  }
  assert.ok(met > 200, `only ${met} meet (seed ${seed})`);
});

const policyOf = (entries: readonly Entry[], labels: Selection['labels'] = []) => ({
  selection: { ...EVERYTHING, labels },
  entries,
  allowing: new Set(entries.filter(({ action }) => action === 'Allow').map(({ subject }) => subject)),
});

test('a chain of 20,000 policies, each of which must stand before the next', () => {
  const policies = Array.from({ length: 20_000 }, (_, n) =>
    policyOf([entry('file', 'directory', `/${n}`, 'Allow'), entry('file', 'path', `/${n + 1}/x`, 'Block')]),
  );
  const numbers = new Map(policies.map((policy, n) => [policy, n]));
  const parts = ordered(policies.toReversed());
  assert.ok(parts.length === policies.length && parts.every(({ policy }, n) => numbers.get(policy) === n));
  assert.ok(parts.every(({ rank, bound }) => rank === null && bound));
});

test('directories 2,000 deep in one another, each a policy: the deepest first', () => {
  const policies = Array.from({ length: 2000 }, (_, n) =>
    policyOf([entry('file', 'directory', '/d'.repeat(n + 1), n % 2 === 0 ? 'Allow' : 'Block')]),
  );
  assert.equal(
    ordered(policies).map(({ policy }) => policy.entries[0].target.text.value.length),
    policies.map((_, n) => (2000 - n) * 2),
  );
});

test('a directory deeper than any table of stages stays behind the paths', () => {
  const deep = '/d'.repeat(5000);
  const [directory, path] = [entry('file', 'directory', deep, 'Allow'), entry('file', 'path', `${deep}/x`, 'Block')];
  const parts = ordered([policyOf([directory]), policyOf([path])]);
  assert.is(parts[0].policy.entries[0], path);
});

test('5,000 applications that say the same of one path do not get into each other’s way', () => {
  const policies = Array.from({ length: 5000 }, (_, n) =>
    policyOf(
      [
        entry('process', 'path', '/bin/sh', n % 2 === 0 ? 'Allow' : 'Block'),
        entry('process', 'directory', '/opt', 'Allow'),
      ],
      [['app', text(`a${n}`)]],
    ),
  );
  assert.ok(ordered(policies).every(({ bound }) => !bound));
});

test.run();
