/**
 * (f) Users, flags and negations in almost every rule. Most rules have a program or a file too, four of them the same one;
 * of fifty rules one asks only for users and flags, and one shares its program with all of its kind.
 */
import type { Expr } from '../../vm/bundle/normal.ts';
import { batchSeed, Random } from '../../test/generators/random.ts';
import {
  and,
  compares,
  equals,
  flag,
  flags,
  isIn,
  kind,
  normalForm,
  not,
  or,
  policy,
  rule,
  truth,
  values,
} from './build.ts';
import { asking, type Family, type Question } from './family.ts';

const READ = [kind('file.read')];
/** In every set that a rule excepts, and in none that a rule asks for: a user that no rule matches. */
const EXEMPT = 'root';
const STAFF = Array.from({ length: 40 }, (_, i) => `user-${i}`);
/** Users that the rules without a key are about, and nobody else. */
const GUESTS = Array.from({ length: 12 }, (_, i) => `guest-${i}`);
const OPEN = ['creat', 'trunc', 'append', 'direct', 'nofollow', 'cloexec', 'sync', 'excl'];
const CAPABILITIES = ['sys_admin', 'net_raw', 'sys_ptrace', 'dac_override', 'setuid'];
const HOT = '/usr/bin/env';

/** What an event of the family says. */
interface Access {
  program: string;
  file: string;
  user: string;
  uid: number;
  interactive: boolean;
  flags: string[];
  caps: string[];
}

interface Shaped {
  readonly when: Expr;
  /** What an event must say for the rule to match. */
  readonly wanted: Partial<Access>;
}

const programOf = (key: number): string => `/opt/apps/bin/app-${key}`;
const fileOf = (key: number): string => `/var/opt/apps/state/data-${key}.db`;

const two = (r: Random, from: readonly string[]): string[] => [r.pick(from), r.pick(from)];
const excepted = (r: Random): string[] => [EXEMPT, ...two(r, STAFF.slice(20))];

/** Rules with a key: shapes by turns. Users of the second half of the staff are only excepted, those of the first asked for. */
const keyed: readonly ((program: string, file: string, r: Random) => Shaped)[] = [
  (program, _file, r) => {
    const users = two(r, STAFF.slice(0, 20));
    return { when: and(equals('proc.path', program), isIn('proc.user', users)), wanted: { program, user: users[0] } };
  },
  (program, file, r) => ({
    when: and(equals('proc.path', program), equals('file.path', file), not(isIn('proc.user', excepted(r)))),
    wanted: { program, file, user: STAFF[0] },
  }),
  (_program, file) => ({
    when: and(equals('file.path', file), not(equals('proc.user', EXEMPT)), flag('file.flags', 'wronly')),
    wanted: { file, flags: ['wronly'], user: STAFF[1] },
  }),
  (program, _file, r) => ({
    when: and(equals('proc.path', program), truth('proc.interactive'), not(isIn('proc.user', excepted(r)))),
    wanted: { program, interactive: true, user: STAFF[2] },
  }),
  (program, _file, r) => {
    const [cap, open] = [r.pick(CAPABILITIES), r.pick(OPEN)];
    const when = and(equals('proc.path', program), flag('proc.caps', cap), not(flag('file.flags', open)));
    return { when, wanted: { program, caps: [cap], flags: ['rdonly'] } };
  },
  (program, file, r) => {
    const first = 1000 + r.below(50) * 100;
    const when = and(
      equals('proc.path', program),
      equals('file.path', file),
      compares('proc.uid', '>=', first),
      compares('proc.uid', '<', first + 100),
    );
    return { when, wanted: { program, file, uid: first + 5 } };
  },
  (program, file, r) => {
    const user = r.pick(STAFF.slice(0, 20));
    const when = and(equals('file.path', file), equals('proc.user', user), not(equals('proc.path', program)));
    return { when, wanted: { file, user } };
  },
  (program, _file, r) => ({
    when: and(equals('proc.path', program), not(or(isIn('proc.user', excepted(r)), truth('proc.interactive')))),
    wanted: { program, user: STAFF[3], interactive: false },
  }),
];

/** Only users and flags: whoever it is about must be a guest. */
const loose = (r: Random): Shaped => {
  const users = two(r, GUESTS);
  const [set, unset] = two(r, OPEN);
  const cap = r.pick(CAPABILITIES);
  const parts = [isIn('proc.user', users), flag('file.flags', set), not(flag('proc.caps', cap))];
  if (r.chance(0.5)) parts.push(not(truth('proc.interactive')));
  if (unset !== set && r.chance(0.5)) parts.push(not(flag('file.flags', unset)));
  return { when: and(...parts), wanted: { user: users[0], flags: [set], interactive: false, caps: [] } };
};

const PERIOD = 50;
const LOOSE = 25;
const SHARED = 10;
/** Rules for one program or file. */
const SHARE = 4;

/** (f) */
export const users = (n: number, seed: number): Family => {
  // odd, so that the rules of one key have different shapes
  const keys = Math.ceil(n / SHARE) | 1;
  const at = (i: number): Shaped => {
    const r = new Random(batchSeed(seed, i));
    if (i % PERIOD === LOOSE) return loose(r);
    if (i % PERIOD === SHARED) {
      const { when, wanted } = loose(r);
      return { when: and(equals('proc.path', HOT), when), wanted: { ...wanted, program: HOT } };
    }
    // rules of one key lie apart in the order
    return keyed[i % keyed.length](programOf(i % keys), fileOf((i + (keys >> 1)) % keys), r);
  };
  const rules = Array.from({ length: n }, (_, i) =>
    rule(i, { kinds: READ, when: at(i).when, action: i % 4 === 0 ? 'audit' : 'deny' }),
  );
  const question = (a: Access): Question => ({
    kind: READ[0],
    values: values({
      'proc.path': a.program,
      'proc.user': a.user,
      'proc.uid': BigInt(a.uid),
      'proc.interactive': a.interactive,
      'proc.caps': flags('proc.caps', a.caps),
      'file.path': a.file,
      'file.flags': flags('file.flags', a.flags),
    }),
  });
  const unknown = (r: Random): Access => ({
    program: programOf(1e8 + r.below(1e8)),
    file: fileOf(1e8 + r.below(1e8)),
    user: r.pick(STAFF),
    uid: r.below(500),
    interactive: r.chance(0.3),
    flags: ['rdonly'],
    caps: [],
  });
  const hit = (i: number, r: Random): Question => question({ ...unknown(r), ...at(i).wanted });
  const miss = (r: Random): Question => {
    if (r.chance(0.3)) return question(unknown(r));
    const known = { program: r.chance(0.1) ? HOT : programOf(r.below(keys)), file: fileOf(r.below(keys)) };
    return question({ ...unknown(r), ...known, user: EXEMPT, uid: 0 });
  };
  return { normal: normalForm(policy('users', rules)), events: asking(n, seed, hit, miss) };
};
