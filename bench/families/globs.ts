/** (c) Globs and suffixes of paths, in shapes that policies have, a part of them for one program alone. */
import type { Expr } from '../../vm/bundle/normal.ts';
import { batchSeed, Random } from '../../test/generators/random.ts';
import { affix, and, equals, kind, normalForm, pattern, policy, rule, values } from './build.ts';
import { asking, type Family, type Question } from './family.ts';

const DIRECTORIES = 'bin etc lib share cache data state run log conf.d modules plugins keys spool www html'.split(' ');
const USERS = 'alice bob carol dave erin frank grace heidi ivan judy'.split(' ');

/**
 * A shape: the condition on the path for one literal word, and a path that meets it. `*` and `**` stand at places where
 * policies of the corpora have them.
 */
interface Shape {
  condition(word: string, directory: string): Expr;
  path(word: string, directory: string, r: Random): string;
}

const glob = (source: string, path: (word: string, directory: string, r: Random) => string): Shape => ({
  condition: (word, directory) =>
    pattern('glob', 'file.path', source.replaceAll('WORD', word).replaceAll('DIR', directory)),
  path,
});
const suffix = (ending: string): Shape => ({
  condition: (word) => affix('endswith', 'file.path', ending.replaceAll('WORD', word)),
  path: (word, directory, r) => `/srv/${directory}/${name(r)}${ending.replaceAll('WORD', word)}`,
});

const name = (r: Random): string => `${r.pick(USERS)}${r.below(10_000)}`;
const deeper = (r: Random): string => Array.from({ length: r.below(3) }, () => `${name(r)}/`).join('');

/** Each with a word of its own in each rule, so that a rule of every shape is there from 100 rules on. */
const SHAPES: readonly Shape[] = [
  glob('/home/*/.WORD/**', (w, _, r) => `/home/${name(r)}/.${w}/${deeper(r)}id_rsa`),
  glob('/home/*/.config/WORD/*.conf', (w, _, r) => `/home/${name(r)}/.config/${w}/${name(r)}.conf`),
  glob('/home/*/WORD/DIR/*', (w, d, r) => `/home/${name(r)}/${w}/${d}/${name(r)}`),
  glob('/home/**/.WORDrc', (w, _, r) => `/home/${name(r)}/${deeper(r)}.${w}rc`),
  glob('**/*.WORD', (w, _, r) => `/srv/${deeper(r)}${name(r)}.${w}`),
  glob('**/WORD', (w, _, r) => `/opt/${deeper(r)}${w}`),
  glob('**/WORD/DIR/**', (w, d, r) => `/var/${deeper(r)}${w}/${d}/${name(r)}`),
  glob('/*/WORD', (w, d) => `/${d}/${w}`),
  glob('/*/*/WORD', (w, d, r) => `/${d}/${name(r)}/${w}`),
  glob('/etc/*WORD?', (w, _, r) => `/etc/${name(r)}${w}w`),
  glob('/etc/WORD/*.d/*.conf', (w, d, r) => `/etc/${w}/${d}.d/${name(r)}.conf`),
  glob('/etc/DIR/**/WORD.conf', (w, d, r) => `/etc/${d}/${deeper(r)}${w}.conf`),
  glob('/opt/WORD/*/bin/*', (w, _, r) => `/opt/${w}/${name(r)}/bin/${name(r)}`),
  glob('/opt/*/lib/WORD-[0-9]*.so', (w, _, r) => `/opt/${name(r)}/lib/${w}-${r.below(10)}.${r.below(99)}.so`),
  glob('/usr/lib/python3.?*/site-packages/WORD/**', (w, _, r) => {
    return `/usr/lib/python3.${r.below(14)}/site-packages/${w}/${deeper(r)}__init__.py`;
  }),
  glob('/usr/{bin,sbin}/WORD*', (w, _, r) => `/usr/${r.pick(['bin', 'sbin'])}/${w}-${name(r)}`),
  glob('/var/lib/*/WORD/*.db', (w, _, r) => `/var/lib/${name(r)}/${w}/${name(r)}.db`),
  glob('/var/lib/docker/overlay2/*/merged/DIR/WORD', (w, d, r) => {
    return `/var/lib/docker/overlay2/${name(r)}/merged/${d}/${w}`;
  }),
  glob('/var/log/WORD/**/*.log', (w, _, r) => `/var/log/${w}/${deeper(r)}${name(r)}.log`),
  glob('/var/www/*/wp-content/DIR/**/WORD.php', (w, d, r) => {
    return `/var/www/${name(r)}/wp-content/${d}/${deeper(r)}${w}.php`;
  }),
  glob('/proc/*/task/*/WORD', (w, _, r) => `/proc/${r.below(65536)}/task/${r.below(65536)}/${w}`),
  glob('/tmp/WORD-??????', (w, _, r) => `/tmp/${w}-${100_000 + r.below(900_000)}`),
  suffix('.WORD'),
  suffix('/WORD.pem'),
  suffix('-WORD.key'),
];

const READ = [kind('file.read')];
const wordOf = (i: number): string => `w${i.toString(36)}q`;
const programOf = (i: number): string => `/usr/bin/tool-${i % 97}`;

/** (c) */
export const globs = (n: number, seed: number): Family => {
  const at = (i: number): { shape: Shape; word: string; directory: string; program: string | undefined } => {
    const r = new Random(batchSeed(seed, i));
    return {
      shape: SHAPES[i % SHAPES.length],
      word: wordOf(i),
      directory: r.pick(DIRECTORIES),
      program: r.chance(0.2) ? programOf(i) : undefined,
    };
  };
  const rules = Array.from({ length: n }, (_, i) => {
    const { shape, word, directory, program } = at(i);
    const condition = shape.condition(word, directory);
    const when = program === undefined ? condition : and(equals('proc.path', program), condition);
    return rule(i, { kinds: READ, when, action: i % 3 === 0 ? 'audit' : 'deny' });
  });
  const question = (program: string, path: string): Question => ({
    kind: READ[0],
    values: values({ 'proc.path': program, 'file.path': path }),
  });
  const hit = (i: number, r: Random): Question => {
    const { shape, word, directory, program } = at(i);
    return question(program ?? programOf(r.below(200)), shape.path(word, directory, r));
  };
  // the same shapes with words that no rule has
  const miss = (r: Random): Question =>
    question(programOf(r.below(200)), r.pick(SHAPES).path(`v${r.below(100_000)}x`, r.pick(DIRECTORIES), r));
  return { normal: normalForm(policy('globs', rules)), events: asking(n, seed, hit, miss) };
};
