/** Random rule sets of Falco: every field that is read, every operator, macros, lists and exceptions. */
import { KNOWN_FIELDS } from '../../../compiler/foreign/falco/fields.ts';
import type { Random } from '../../generators/random.ts';

const EVENTS = (
  'execve execveat open openat creat mkdir symlink mknod unlink rmdir rename link mmap connect sendto bind listen accept clone ' +
  'procexit ptrace chmod fchmodat fchown setxattr utimes setuid mount bpf dup dup3 socket recvmsg'
).split(' ');
const ARGUMENTS = 'flags mode path name oldpath newpath filename request uid gid dirfd fd res cmd domain target'.split(
  ' ',
);
const LACKING = ['proc.aenv', 'proc.vmsize', 'fd.sip.name'];
const TEXTS = (
  'a bash cat nginx containerd-shim unattended-upgr /etc /etc/ /tmp/x /home/*/.ssh/* *.log ?at [ab]* x.y 4 6 f tcp host true false root file ipv4 pipe terminal PATH=/bin 0 1 22 443 ' +
  '0x10 10.0.0.1 10.0.0.0/8 fe80::1 S_ISUID O_CREAT CAP_SYS_ADMIN PTRACE_ATTACH nginx:1.27 docker.io/library/nginx -e'
).split(' ');
const OPERATORS = '= == != contains icontains startswith endswith glob iglob'.split(' ');
const MODIFIERS = ['oneof', 'anyof', 'allof'];

const quoted = (text: string): string => (/[\s"'(),=]/.test(text) || text === '' ? JSON.stringify(text) : text);

const field = (r: Random): string => {
  if (r.chance(0.05)) return r.pick(LACKING);
  const name = r.pick(KNOWN_FIELDS.filter((known) => known !== 'evt.type' && known !== 'syscall.type'));
  if (name === 'evt.arg' || name === 'evt.rawarg') return `${name}.${r.pick(ARGUMENTS)}`;
  if (/^proc\.a(?:name|exe|exepath|pid|cmdline)$/.test(name) && r.chance(0.7)) return `${name}[${r.below(5)}]`;
  if (name === 'proc.env' && r.chance(0.5)) return `${name}[${r.pick(['PATH', 'A.B'])}]`;
  return name === 'k8s.pod.label' ? 'k8s.pod.label[app]' : name;
};

const list = (r: Random): string => {
  const items = r.list(r.below(4), () => (r.chance(0.3) ? r.pick(['one', 'two']) : quoted(r.pick(TEXTS))));
  return `(${items.join(', ')})`;
};

function check(r: Random): string {
  const left = r.chance(0.08) ? `${r.pick(['tolower', 'toupper', 'basename', 'len'])}(${field(r)})` : field(r);
  switch (r.below(8)) {
    case 0:
      return `${left} exists`;
    case 1:
      return `${left} ${r.pick(['<', '<=', '>', '>='])} ${r.pick(['0', '22', '0x1000', '-1'])}`;
    case 2:
      return `${left} ${r.pick(OPERATORS)} ${r.pick(MODIFIERS)} ${list(r)}`;
    case 3:
      return `${left} ${r.pick(OPERATORS)} val(${field(r)})`;
    case 4:
    case 5:
      return `${left} ${r.pick(['in', 'intersects', 'pmatch'])} ${list(r)}`;
    default:
      return `${left} ${r.pick(OPERATORS)} ${quoted(r.pick(TEXTS))}`;
  }
}

const event = (r: Random): string =>
  r.chance(0.5) ? `evt.type = ${r.pick(EVENTS)}` : `evt.type in (${r.some(EVENTS, 0.1).join(', ')})`;

export function condition(r: Random, depth = 3): string {
  const part = (): string => condition(r, depth - 1);
  if (depth === 0 || r.chance(0.3)) return r.chance(0.2) ? r.pick(['m', 'n']) : check(r);
  switch (r.below(4)) {
    case 0:
      return `not (${part()})`;
    case 1:
      return r
        .list(2, part)
        .map((one) => `(${one})`)
        .join(' or ');
    default:
      return r
        .list(r.between(2, 3), part)
        .map((one) => `(${one})`)
        .join(' and ');
  }
}

/** An item, as YAML has it. */
export type Item = Record<string, unknown>;

export function ruleSet(r: Random): Item[] {
  const rule = (n: number): Item => ({
    rule: `Rule ${n} (x)`,
    desc: 'random',
    condition: `${r.chance(0.1) ? '' : `${event(r)} and `}(${condition(r)})`,
    output: 'it was %proc.name with %fd.name %proc.aname[2] {not}',
    priority: r.pick(['EMERGENCY', 'error', 'Notice', 'INFO', 'debug']),
    tags: r.pick([[], ['a', 'T1059.004']]),
    ...(r.chance(0.1) && { enabled: false }),
    ...(r.chance(0.3) && { exceptions: exceptions(r) }),
  });
  return [
    { list: 'one', items: r.some(TEXTS, 0.2) },
    { list: 'two', items: ['one', ...r.some(TEXTS, 0.1)] },
    { macro: 'm', condition: withoutMacros(r) },
    { macro: 'n', condition: `m or ${withoutMacros(r)}` },
    ...Array.from({ length: r.between(1, 4) }, (_, n) => rule(n)),
  ];
}

const withoutMacros = (r: Random): string =>
  r.chance(0.3) ? `${event(r)} and ${check(r)}` : `(${check(r)} or ${check(r)})`;

const exceptions = (r: Random): Item[] => [
  {
    name: 'some of both',
    fields: ['proc.name', 'fd.name'],
    comps: [r.pick(['=', 'in', 'startswith']), r.pick(['=', 'in', 'pmatch'])],
    values: r.list(r.below(3), () => [r.pick(['cat', 'nginx']), r.chance(0.5) ? '/etc' : '/tmp/x']),
  },
  { name: 'names', fields: 'proc.name', values: r.some(['cat', 'bash', 'one'], 0.5) },
];
