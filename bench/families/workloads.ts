/**
 * (g) The policies of many workloads in one bundle, about a hundred rules each, out of one vocabulary: the same programs and
 * files, in other pairs. Facts of workloads are stored and named by key, or stand in every event.
 */
import type { NormalRule } from '../../vm/bundle/normal.ts';
import { batchSeed, Random } from '../../test/generators/random.ts';
import { affix, and, equals, kind, normalForm, policy, rule, values } from './build.ts';
import { asking, type Family, type Question } from './family.ts';
import { scopeOf, workloadFacts, workloadKey, workloadsOf } from './scopes.ts';

const RULES = 100;
/** So that several policies are there from a hundred rules on. */
const LEAST = 4;
const PROGRAMS = 400;
const FILES = 1600;
const DIRECTORIES = 120;

const [EXEC, READ, WRITE] = [kind('exec'), kind('file.read'), kind('file.write')];
const programOf = (i: number): string => `/usr/local/bin/program-${i}`;
const fileOf = (i: number): string => `/etc/service/conf.d/setting-${i}.yaml`;
const directoryOf = (i: number): string => `/var/lib/service/volume-${i}/`;

interface Shaped {
  readonly kinds: readonly number[];
  readonly when: NormalRule['when'];
  readonly program: string;
  readonly file: string | undefined;
}

const KINDS = { exec: [EXEC], read: [READ], write: [WRITE], both: [READ, WRITE] };

const shapes: readonly ((r: Random) => Shaped)[] = [
  (r) => {
    const program = programOf(r.below(PROGRAMS));
    return { kinds: KINDS.exec, when: equals('proc.path', program), program, file: undefined };
  },
  (r) => {
    const [program, file] = [programOf(r.below(PROGRAMS)), fileOf(r.below(FILES))];
    const when = and(equals('proc.path', program), equals('file.path', file));
    return { kinds: KINDS.read, when, program, file };
  },
  (r) => {
    const file = fileOf(r.below(FILES));
    return { kinds: KINDS.both, when: equals('file.path', file), program: programOf(r.below(PROGRAMS)), file };
  },
  (r) => {
    const [program, directory] = [programOf(r.below(PROGRAMS)), directoryOf(r.below(DIRECTORIES))];
    const when = and(equals('proc.path', program), affix('startswith', 'file.path', directory));
    return { kinds: KINDS.write, when, program, file: `${directory}data-${r.below(1000)}.bin` };
  },
];

const family = (n: number, seed: number, inline: boolean): Family => {
  const count = Math.max(LEAST, Math.floor(n / RULES));
  const workloadOf = (i: number): number => Math.min(count - 1, Math.floor(i / Math.floor(n / count)));
  const at = (i: number): Shaped => shapes[i % shapes.length](new Random(batchSeed(seed, i)));
  const rules: NormalRule[][] = Array.from({ length: count }, () => []);
  for (let i = 0; i < n; i++) {
    const { kinds, when } = at(i);
    rules[workloadOf(i)].push(rule(i, { kinds, when, action: i % 5 === 0 ? 'audit' : 'deny' }));
  }
  const question = (kindId: number, program: string, file: string | undefined, workload: number): Question => {
    const own = values({ 'proc.path': program, ...(file !== undefined && { 'file.path': file }) });
    if (inline) return { kind: kindId, values: new Map([...own, ...workloadFacts(workload)]) };
    return { kind: kindId, values: own, workload: workloadKey(workload) };
  };
  const hit = (i: number, r: Random): Question => {
    const { kinds, program, file } = at(i);
    return question(r.pick(kinds), program, file, workloadOf(i));
  };
  const miss = (r: Random): Question => {
    const workload = r.below(count);
    const kindId = r.pick([EXEC, READ, WRITE]);
    if (kindId === EXEC) return question(EXEC, `${programOf(r.below(PROGRAMS))}-next`, undefined, workload);
    // a known program, and by turns a file that no policy names and one that few name
    const file = r.chance(0.3) ? `${directoryOf(r.below(DIRECTORIES))}x${r.below(1000)}` : `/srv/files/${r.below(1e6)}`;
    return question(READ, programOf(r.below(PROGRAMS)), file, workload);
  };
  return {
    normal: normalForm(...rules.map((own, i) => policy(`workload-${i}`, own, { scope: scopeOf(i) }))),
    events: asking(n, seed, hit, miss),
    ...(!inline && { workloads: workloadsOf(count) }),
  };
};

/** (g), facts of workloads stored. */
export const workloadsStored = (n: number, seed: number): Family => family(n, seed, false);
/** (g), facts of workloads in every event. */
export const workloadsInline = (n: number, seed: number): Family => family(n, seed, true);
