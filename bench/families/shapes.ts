/** The shapes of rules in the mixture, each with what an event must say to meet it. */
import type { NormalRule } from '../../vm/bundle/normal.ts';
import type { Value } from '../../vm/event/index.ts';
import type { Random } from '../../test/generators/random.ts';
import {
  affix,
  and,
  below,
  compares,
  equals,
  flag,
  flags,
  has,
  inNetwork,
  intIn,
  isIn,
  kind,
  not,
  or,
  pattern,
  truth,
} from './build.ts';

export interface Shaped extends Partial<NormalRule> {
  readonly kinds: readonly number[];
  readonly when: NormalRule['when'];
  /** Values of an event that the rule matches, by field name. */
  wanted(r: Random): Readonly<Record<string, Value>>;
}

/** @param i number of the rule, for names that no other rule has */
type Shape = (i: number, r: Random) => Shaped;

/** Programs and files that rules of many workloads share. */
const SHARED = 600;
/** One of them: the rules of a workload's policy take it from parts of their own, so that no two of them say the same. */
const shared = (i: number, r: Random): number => r.below(SHARED / SCOPED.length) * SCOPED.length + (i % SCOPED.length);

export const programOf = (i: number): string => `/usr/bin/program-${i}`;
const nameOf = (i: number): string => `program-${i}`;
const fileOf = (i: number): string => `/etc/service/conf.d/setting-${i}.conf`;
const directoryOf = (i: number): string => `/var/lib/service/volume-${i}/`;
const SHELLS = ['bash', 'sh', 'dash', 'zsh', 'ksh'];

const EXEC = [kind('exec')];
const READ = [kind('file.read')];
const WRITE = [kind('file.write'), kind('file.create')];
const FILE = [kind('file.read'), kind('file.write')];
const MAPPED = [kind('file.map_exec')];
const CONNECT = [kind('net.connect')];
const DNS = [kind('net.dns')];
const CAP = [kind('cap')];

const ipv4 = (a: number, b: number, c: number, d: number): string =>
  `\0\0\0\0\0\0\0\0\0\0\xff\xff${String.fromCharCode(a, b, c, d)}`;

/** A file read by one program: `matchPaths` with `fromSource`. */
const pair =
  (key: (i: number, r: Random) => number): Shape =>
  (i, r) => {
    const [program, file] = [programOf(key(i, r)), fileOf(key(i, r))];
    return {
      kinds: READ,
      when: and(equals('proc.path', program), equals('file.path', file)),
      wanted: () => ({ 'proc.path': program, 'file.path': file }),
    };
  };

const execute =
  (key: (i: number, r: Random) => number): Shape =>
  (i, r) => {
    const program = programOf(key(i, r));
    return { kinds: EXEC, when: equals('proc.path', program), wanted: () => ({ 'proc.path': program }) };
  };

/** A list of names, from a parent that is a shell: what runs out of an application. */
const spawned: Shape = (i, r) => {
  const names = r.list(4, () => nameOf(shared(i, r)));
  return {
    kinds: EXEC,
    when: and(isIn('proc.name', names), isIn('proc.pname', SHELLS)),
    wanted: (q) => ({ 'proc.path': `/usr/local/bin/${q.pick(names)}`, 'proc.ppath': `/bin/${q.pick(SHELLS)}` }),
  };
};

/** Writing below a directory by anybody but its own programs. */
const directory =
  (key: (i: number, r: Random) => number, form: 'within' | 'startswith'): Shape =>
  (i, r) => {
    const path = directoryOf(key(i, r));
    const own = r.list(2, () => programOf(shared(i, r)));
    return {
      kinds: WRITE,
      when: and(
        form === 'within' ? below('file.path', path) : affix('startswith', 'file.path', path),
        not(isIn('proc.path', own)),
      ),
      wanted: (q) => ({ 'file.path': `${path}data/${q.below(1e6)}.bin` }),
    };
  };

/** An exact file, except for a program and for a user: named exceptions. */
const excepted =
  (key: (i: number, r: Random) => number): Shape =>
  (i, r) => {
    const file = fileOf(key(i, r));
    return {
      kinds: FILE,
      when: equals('file.path', file),
      unless: [
        { name: 'backup', when: equals('proc.path', '/usr/sbin/backupd') },
        { name: 'owners', when: and(equals('proc.user', `owner-${r.below(20)}`), not(truth('proc.interactive'))) },
      ],
      wanted: () => ({ 'file.path': file }),
    };
  };

/** No more than there are such rules among a hundred. */
const GLOBS: readonly (readonly [source: string, path: string])[] = [
  ['/home/*/.W/**', '/home/N/.W/config'],
  ['**/*.W', '/srv/N/N.W'],
  ['/var/www/*/uploads/**/W.php', '/var/www/N/uploads/N/W.php'],
  ['/opt/*/lib/W-*.so', '/opt/N/lib/W-N.so'],
];
/** Different words that globs and command lines are about, all of one length: the length of a text is a part of its shape. */
const WORDS = 400;
const wordOf = (r: Random): string => String(100 + r.below(WORDS));

const globbed: Shape = (i, r) => {
  const [source, path] = GLOBS[Math.floor(i / SCOPED.length) % GLOBS.length];
  const word = `w${wordOf(r)}`;
  return {
    kinds: READ,
    when: pattern('glob', 'file.path', source.replaceAll('W', word)),
    wanted: (q) => ({ 'file.path': path.replaceAll('W', word).replaceAll('N', `n${q.below(1e4)}`) }),
  };
};

const suffixed: Shape = (_i, r) => {
  const ending = `.k${wordOf(r)}`;
  return {
    kinds: WRITE,
    when: and(affix('endswith', 'file.path', ending), flag('file.flags', 'trunc')),
    wanted: (q) => ({
      'file.path': `/srv/vault/${q.below(1e6)}${ending}`,
      'file.flags': flags('file.flags', ['trunc']),
    }),
  };
};

const substring: Shape = (_i, r) => {
  const word = `--option-${wordOf(r)} `;
  return {
    kinds: EXEC,
    when: affix('contains', 'proc.cmdline', word),
    wanted: (q) => ({ 'proc.cmdline': `tool ${word}/srv/${q.below(1e6)}` }),
  };
};

/** Expressions are few in policies. */
const EXPRESSIONS = 40;
const expression: Shape = (_i, r) => {
  const word = `host-${r.below(EXPRESSIONS)}`;
  return {
    kinds: EXEC,
    when: pattern('matches', 'proc.cmdline', `.*(curl|wget) .*${word}/.*`),
    wanted: (q) => ({ 'proc.cmdline': `wget -q ${word}/${q.below(1e6)}` }),
  };
};

/** An interactive session, only noted. */
const noted: Shape = (i, r) => {
  const users = r.list(3, () => `user-${r.below(40)}`);
  const program = programOf(shared(i, r));
  return {
    kinds: EXEC,
    when: and(isIn('proc.user', users), truth('proc.interactive'), has('proc.ancestors', program)),
    action: 'audit',
    continue: true,
    wanted: () => ({
      'proc.user': users[0],
      'proc.interactive': true,
      'proc.ancestors': ['/bin/bash', program, '/usr/sbin/sshd'],
    }),
  };
};

/** Networks of a hundred rules lie within each other, as sites, racks and hosts do. */
const NETWORK_BITS = [8, 16, 24, 32];
const RACK = 24;

/** A network, ports and a protocol. */
const network =
  (bitsOf: (i: number) => number): Shape =>
  (i, r) => {
    const [site, bits] = [Math.floor(i / 100), bitsOf(i)];
    const [a, b, c] = [10 + (site % 4), (site >> 2) & 255, site >> 10];
    const octets = [a, bits > 8 ? b : 0, bits > 16 ? c : 0, bits > 24 ? 7 : 0] as const;
    const port = r.pick([22, 53, 80, 443, 3306, 5432, 6379, 8080]);
    return {
      kinds: CONNECT,
      when: and(
        inNetwork('net.remote_ip', ipv4(...octets), 96 + bits),
        r.chance(0.5) ? compares('net.remote_port', '=', port) : intIn('net.remote_port', [port, port + 1, port + 363]),
        equals('net.protocol', 'tcp'),
      ),
      wanted: (q) => ({
        'net.remote_ip': ipv4(
          a,
          bits > 8 ? b : q.below(256),
          bits > 16 ? c : q.below(256),
          bits > 24 ? 7 : q.below(256),
        ),
        'net.remote_port': BigInt(port),
        'net.protocol': 'tcp',
      }),
    };
  };

/** A program that may not leave the private ranges, but to the web's ports. */
const outward: Shape = (i, r) => {
  const program = nameOf(i % 2 === 0 ? shared(i, r) : i);
  return {
    kinds: CONNECT,
    when: and(equals('proc.name', program), not(truth('net.private')), not(intIn('net.remote_port', [80, 443]))),
    wanted: (q) => ({
      'proc.path': `/usr/bin/${program}`,
      'net.remote_ip': ipv4(203, 0, 113, q.below(256)),
      'net.remote_port': 4444n,
      'net.protocol': 'tcp',
    }),
  };
};

const domain: Shape = (i) => {
  const name = `evil-${1e6 + i}.example`;
  return {
    kinds: DNS,
    when: or(equals('net.domain', name), affix('endswith', 'net.domain', `.${name}`)),
    wanted: (q) => ({ 'net.domain': q.chance(0.5) ? name : `n${q.below(1e6)}.${name}` }),
  };
};

const capability: Shape = (i, r) => {
  const name = r.pick(['sys_admin', 'net_raw', 'sys_ptrace', 'sys_module']);
  const program = programOf(shared(i, r));
  return {
    kinds: CAP,
    when: and(equals('cap.name', name), equals('proc.path', program), not(equals('proc.user', 'admin'))),
    action: 'kill',
    wanted: () => ({ 'cap.name': name, 'proc.path': program }),
  };
};

/** Code out of the container's writable layer, for one program. */
const layered: Shape = (i, r) => {
  const program = programOf(shared(i, r));
  return {
    kinds: MAPPED,
    when: and(equals('proc.path', program), truth('proc.upper_layer'), not(affix('startswith', 'file.path', '/usr/'))),
    wanted: (q) => ({ 'proc.path': program, 'proc.upper_layer': true, 'file.path': `/tmp/lib${q.below(1e4)}.so` }),
  };
};

const own = (i: number): number => SHARED + i;

/** For everybody: what names things of its own, so that no two rules say the same. */
export const GLOBAL: readonly Shape[] = [
  pair(own),
  execute(own),
  directory(own, 'within'),
  excepted(own),
  outward,
  domain,
  pair(own),
  network(() => RACK),
  execute(own),
  excepted(own),
];

/** For one workload: the same things in other workloads too. */
export const SCOPED: readonly Shape[] = [
  execute(shared),
  pair(shared),
  directory(shared, 'startswith'),
  spawned,
  excepted(shared),
  globbed,
  pair(shared),
  network((i) => NETWORK_BITS[Math.floor(i / SCOPED.length) % NETWORK_BITS.length]),
  execute(shared),
  suffixed,
  directory(shared, 'within'),
  substring,
  capability,
  pair(shared),
  outward,
  noted,
  execute(shared),
  layered,
  expression,
  excepted(shared),
];
