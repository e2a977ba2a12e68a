/**
 * (b) Directories inside each other to depth 12, the most specific first, mixed with exact paths. A project has a chain of
 * directories to the full depth, some beside it, and files in them; half of the roots that projects lie in have a rule.
 */
import type { Expr, NormalRule } from '../../vm/bundle/normal.ts';
import { batchSeed, Random } from '../../test/generators/random.ts';
import { affix, below, equals, kind, normalForm, policy, rule, values } from './build.ts';
import { asking, type Family, type Question } from './family.ts';

const DEPTH = 12;
const ROOTS = ['srv', 'opt', 'export', 'backup', 'data', 'mnt', 'cluster', 'scratch'];
/** Of the roots these have a rule themselves. */
const RULED = 4;
const NAMES = (
  'src data cache releases current config secrets keys logs tmp build assets images reports archive shared state ' +
  'locks queue jobs models plugins themes uploads exports index segments meta journal snapshots tokens certs'
).split(' ');
const FILES = 'app.conf id_rsa token.json server.key dump.sql index.html settings.yaml run.sh core.bin notes.txt'.split(
  ' ',
);

/** Of the rules of a project: a chain from depth 2 to the full depth, directories beside it, files. */
const CHAIN = DEPTH - 1;
const BESIDE = 5;
const EXACT = 8;
const PROJECT = CHAIN + BESIDE + EXACT;

interface Place {
  /** Ends in a slash where it is a directory. */
  readonly path: string;
  readonly depth: number;
}

const project = (number: number, seed: number): Place[] => {
  const r = new Random(batchSeed(seed, number));
  const chain: string[] = [`/${ROOTS[number % ROOTS.length]}/project-${number}/`];
  while (chain.length < CHAIN) chain.push(`${chain.at(-1)!}${r.pick(NAMES)}/`);
  const places = chain.map((path, i): Place => ({ path, depth: i + 2 }));
  for (let i = 0; i < BESIDE; i++) {
    const at = r.below(CHAIN - 1);
    places.push({ path: `${chain[at]}${r.pick(NAMES)}-${i}/`, depth: at + 3 });
  }
  for (let i = 0; i < EXACT; i++) places.push({ path: `${r.pick(chain)}${i}-${r.pick(FILES)}`, depth: DEPTH + 1 });
  return places;
};

const conditionOf = (path: string, i: number): Expr => {
  if (!path.endsWith('/')) return equals('file.path', path);
  return i % 5 === 0 ? below('file.path', path) : affix('startswith', 'file.path', path);
};

const ACTIONS: readonly NormalRule['action'][] = ['deny', 'allow', 'audit', 'deny', 'allow'];
const READ = [kind('file.read')];

/** (b) */
export const directories = (n: number, seed: number): Family => {
  const places: Place[] = [];
  for (let i = 0; places.length < n - RULED; i++) places.push(...project(i, seed));
  places.length = n - RULED;
  places.sort((a, b) => b.depth - a.depth);
  for (const root of ROOTS.slice(0, RULED)) places.push({ path: `/${root}/`, depth: 1 });
  const rules = places.map(({ path }, i) =>
    rule(i, { kinds: READ, when: conditionOf(path, i), action: ACTIONS[i % ACTIONS.length] }),
  );

  const question = (path: string): Question => ({ kind: READ[0], values: values({ 'file.path': path }) });
  const inside = (directory: string, r: Random): string => {
    const more = Array.from({ length: r.below(3) }, () => `${r.pick(NAMES)}_${r.below(1000)}/`);
    return `${directory}${more.join('')}${r.below(1_000_000)}-${r.pick(FILES)}`;
  };
  const hit = (i: number, r: Random): Question => {
    const { path } = places[i];
    return question(path.endsWith('/') ? inside(path, r) : path);
  };
  const projects = Math.ceil(n / PROJECT);
  const miss = (r: Random): Question => {
    const root = RULED + r.below(ROOTS.length - RULED);
    // of another root, or none
    const number = r.below(projects) * ROOTS.length + root + (r.chance(0.5) ? 1 : ROOTS.length * projects);
    const chain = Array.from({ length: r.below(DEPTH - 1) }, () => `${r.pick(NAMES)}/`).join('');
    return question(inside(`/${ROOTS[root]}/project-${number}/${chain}`, r));
  };
  return { normal: normalForm(policy('directories', rules)), events: asking(n, seed, hit, miss) };
};
