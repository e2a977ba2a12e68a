/** One bundle of directories and globs over the same few names, and paths that a careless split takes for others. */
import type { Expr, NormalForm, NormalRule, Operand } from '../../vm/bundle/normal.ts';
import { Random } from '../generators/random.ts';
import { fieldId } from '../generators/values.ts';
import type { Delivery } from './case.ts';

const READ = 2;
const PATH = fieldId('file.path');
const NAMES = ['', 'a', 'b', 'etc', 'home', '.ssh', 'conf', 'x.y', '*', 'n'.repeat(70)];
const left: Operand = { is: 'field', field: PATH };

const glob = (pattern: string, fold = false): Expr => ({ op: 'glob', fold, left, pattern });
const within = (value: string): Expr => ({ op: 'within', left, right: { is: 'string', value } });
const starts = (value: string, fold = false): Expr => ({
  op: 'startswith',
  fold,
  left,
  right: { is: 'string', value },
});

const GLOBS = [
  ...['/home/*/.ssh/**', '/home/*/.ssh/*', '/home/*/.ssh', '/home/*/*/conf', '/*/*', '*/*', '/*/', '*', '**/'],
  ...[
    '/srv/*/conf/*.y',
    '/srv/**/conf',
    '/srv/**/conf/**',
    '**/conf',
    '**/.ssh/a',
    '**/*.y',
    '**.y',
    '*.y',
    '**/a/*/b',
  ],
  ...[
    'a**/b',
    'a/**',
    '/a**',
    '/a/**{/b,/conf}',
    '/{a,b}/*/{etc,home/**}',
    '/a/*/b/*/etc/**',
    '//a/**',
    '/a//*',
    '**//**',
  ],
  ...['/a/?/b', '/a/[!b]/b', '/[a-b]/conf', `/${'a/'.repeat(31)}b`, `/${'a/'.repeat(40)}**`, `${'*/'.repeat(31)}b`],
  ...[`/*/${'n'.repeat(70)}/**`, `/*/${'n'.repeat(4000)}/**`, `/\\*/*/b`, '/**/a/**/b', `**/b/${'*/'.repeat(30)}*`],
];

/** Parts of components, and components that may stand anywhere. */
const PIECES = [
  ...[
    '/etc/*conf?',
    '/etc/conf*',
    '/etc/?onf',
    '/etc/c?n?',
    '/etc/?*',
    '/?*/b',
    '/*/x.?',
    '/a*/b*/**',
    '**/co*nf',
    '**/?.ssh?',
  ],
  ...[
    '/etc/co*nf',
    '/etc/c*',
    '/etc/*f',
    '/home/**/.s*',
    '**/x*y',
    '**/.s[a-z]h',
    '/[a-z]tc/c*',
    '/etc/[!a]onf*',
    '**/[ab]/*f',
  ],
  ...[
    '**/.ssh/**',
    '**/a/b/**',
    '**/a/*/b/**',
    '/home/**/a/**',
    '/srv/**/a/**/b',
    '**/conf/x*/**',
    '**/*/.ssh/**',
    '**/a/?*/**',
  ],
  ...[
    '**/a/**/b/**',
    '/**/*/**/.ssh/**/*',
    '**/{a,b}/**',
    '**//a/**',
    '**/a//**',
    '**/.ssh/*/**',
    '/a/**/b/**/etc/**',
    '**a/b**',
  ],
  ...[
    `/etc/${'n'.repeat(70)}*`,
    `**/${'n'.repeat(70)}/**`,
    `/etc/*${'n'.repeat(300)}`,
    `/etc/${'?'.repeat(70)}n`,
    '/{a,b}*/x.?',
  ],
  ...['**/*conf*/**', '/etc/*o*', '**/*o*f', '/a/?[ab]?*/b', '/*/*/*conf', '/**/a/**', '**/x.y/conf/home/**'],
];

/** Directories inside each other, to the greatest depth that a level is kept for, and one more. */
const nested = Array.from({ length: 34 }, (_, n) => `/${'a/'.repeat(n)}`);

const path = (r: Random): string => r.list(r.pick([1, 2, 3, 4, 5, 5, 6, 33]), () => r.pick(NAMES)).join('/');

/** Globs whose tuples are more than the tables hold. */
const tuples = (): Expr[] =>
  Array.from({ length: 300 }, (_, n) => {
    const places = Array.from({ length: 9 }, (_, bit) => ((n >> bit) & 1 ? NAMES[1 + (n % 5)] : '*'));
    return glob(`/t/${places.join('/')}/**`);
  });

export function paths(): { readonly normal: NormalForm; readonly deliveries: readonly Delivery[] } {
  const r = new Random(11);
  const conditions: Expr[] = [
    ...GLOBS.map((pattern) => glob(pattern)),
    ...PIECES.map((pattern) => glob(pattern)),
    ...PIECES.map((pattern) => glob(pattern.toUpperCase(), true)),
    ...GLOBS.slice(0, 20).map((pattern) => glob(pattern.toUpperCase(), true)),
    ...[glob('/[Z-a]/b', true), glob('/A/*/B', true), starts('/A/B/', true), starts('/etc'), starts('/'), within('/')],
    ...nested.map((directory) => within(directory)),
    ...r.list(60, () => within(`/${path(r)}`)),
    ...r.list(60, () => glob(path(r).replace(/\*/g, '\\*').replace(/\/a/g, '/*').replace(/b$/, '**'))),
    ...tuples(),
  ];
  const longer = (name: string): string => `${r.pick(['', 'x', 'conf'])}${name}${r.pick(['', '.', 'nf'])}`;
  const texts = [
    ...r.list(
      1500,
      () => `/${r.list(r.pick([2, 3, 4]), () => longer(r.pick([...NAMES, 'co', '.ssh'])).slice(-80)).join('/')}`,
    ),
    ...[
      '/.ssh'.repeat(800),
      'a/b/'.repeat(1000),
      '/a/.ssh/.ssh/a/',
      '.ssh/',
      '.ssh',
      '/a',
      'a/',
      'a//',
      '/etc/',
      '/etc/c',
      '/etc/cc',
    ],
    ...[`/etc/${'n'.repeat(300)}`, `/etc/${'n'.repeat(299)}`, `/etc/${'x'.repeat(70)}n`, `/${'n'.repeat(70)}/x`],
    ...[
      '',
      '/',
      '//',
      '///',
      'a',
      'a/',
      '/a',
      '/a/',
      '//a',
      '/a//',
      '/a//b',
      '/home//.ssh/x',
      '/home/a/.ssh',
      'ab',
      'a/b',
    ],
    ...['/home/a/.ssh/', '/home/a/.ssh//', 'home/a/.ssh/x', '/srv/conf', '/srv//conf', '/srv/x/conf/', '/conf', 'conf'],
    ...['/'.repeat(4096), '/a'.repeat(2048), `/${'n'.repeat(4095)}`, `/${'a/'.repeat(33)}b`, `${'a/'.repeat(31)}b`],
    ...[
      '/*/x/b',
      '/A/x/B',
      '/a/X/b',
      '/_/b',
      '/[/b',
      '/A/b/',
      `/home/${'n'.repeat(4000)}/.ssh/x`,
      `/x/${'n'.repeat(70)}/`,
    ],
    ...nested,
    ...nested.map((directory) => directory.slice(0, -1)),
    ...r.list(1500, () => `${r.pick(['', '/', '/'])}${path(r)}`),
    ...r.list(300, () => `/t/${r.list(10, () => r.pick(['a', 'b', 'etc', 'home', 'x'])).join('/')}`),
  ];
  // each rule is only noted, so that every class that an event has shows
  const rules = conditions.map((when, i): NormalRule => ({
    ...{ name: `r${i}`, kinds: [READ], unless: [], action: 'audit', errno: 1, continue: true, when },
  }));
  const deliveries = texts.map((text): Delivery => ({
    ...{ kind: READ, time: undefined, inline: new Map([[PATH, text]]), subject: new Map(), workload: new Map() },
  }));
  const policy = { name: 'p', mode: 'enforce', tier: 'default', order: 1000, scope: {}, defaults: {}, rules } as const;
  return { normal: { version: 1, policies: [policy] }, deliveries };
}
