/** Random policies of Tetragon: whatever the frontend carries over, at random values that events of theirs can hit. */
import { FUNCTIONS } from '../../../compiler/foreign/tetragon/hooks.ts';
import type { Random } from '../../generators/random.ts';

const PATHS = ['/etc', '/etc/passwd', '/etc/shadow', '/usr/bin/', '.bashrc', 'passwd', '/a'];
const PROGRAMS = ['/usr/bin/curl', '/bin/sh', '/usr/bin/', 'sh'];
const ADDRESSES = ['127.0.0.1/8', '10.0.0.1', '192.168.0.0/16', '::1', 'fe80::/10'];
const PORTS = ['53', '80', '1000:2000', '8080'];
const NUMBERS = ['0', '1', '2', '4', '0x40', '1000', '-1'];
const CAPABILITIES = ['CAP_SYS_ADMIN', 'CAP_NET_RAW', 'CAP_CHOWN'];

const TEXT_OPERATORS = [
  'Equal',
  'NotEqual',
  'Prefix',
  'NotPrefix',
  'Postfix',
  'NotPostfix',
  'SubString',
  'SubStringIgnCase',
];
const NUMBER_OPERATORS = ['Equal', 'NotEqual', 'GT', 'LT', 'Mask', 'InMap', 'NotInMap'];
const NUMBER_TYPES = ['int', 'uint32', 'int64', 'uint64', 'size_t', 'uint8'];

const some = <T>(r: Random, items: readonly T[], most = 3): T[] =>
  Array.from({ length: r.between(1, most) }, () => r.pick(items));

interface Compared {
  readonly type: string;
  readonly operator: string;
  readonly values: readonly string[];
}

const text = (r: Random, type: string): Compared => ({
  type,
  operator: r.pick(TEXT_OPERATORS),
  values: some(r, PATHS),
});
const number = (r: Random): Compared => ({
  type: r.pick(NUMBER_TYPES),
  operator: r.pick(NUMBER_OPERATORS),
  values: some(r, NUMBERS),
});
const ends = (r: Random, type: string, ways: readonly string[]): Compared => {
  const way = r.pick(ways);
  const not = r.pick(['', 'Not']);
  if (r.chance(0.2)) return { type, operator: 'Family', values: some(r, ['AF_INET', 'AF_INET6', '1']) };
  if (r.chance(0.5)) return { type, operator: `${not}${way}Addr`, values: some(r, ADDRESSES) };
  if (r.chance(0.2)) return { type, operator: `${not}${way}PortPriv`, values: [] };
  return { type, operator: `${not}${way}Port`, values: some(r, PORTS) };
};

/** What an argument of a hook can be compared with. */
function compared(r: Random, call: string, index: number): Compared | undefined {
  const meaning = FUNCTIONS[call][0].args[index];
  switch (meaning?.is) {
    case 'text':
      return r.chance(0.1)
        ? { type: 'file', operator: r.pick(['FileType', 'NotFileType']), values: some(r, ['reg', 'dir', 'fifo']) }
        : text(r, 'file');
    case 'bits':
      return { type: 'int', operator: r.pick(['Equal', 'NotEqual', 'Mask']), values: some(r, ['2', '4'], 2) };
    case 'socket':
      return meaning.own ? ends(r, 'sock', meaning.peer ? ['S', 'D'] : ['S']) : undefined;
    case 'address':
      return ends(r, 'sockaddr', ['S']);
    case 'capability':
      return { type: 'int', operator: r.pick(['Equal', 'InMap', 'NotInMap']), values: ['21', 'CAP_NET_RAW'] };
    case 'register':
      return number(r);
    default:
      return undefined;
  }
}

const CALLS = Object.keys(FUNCTIONS).filter((call) => !/^(do_(group_)?exit|wake_up_new_task)$/.test(call));
const SYSCALLS: Readonly<Record<string, readonly number[]>> = {
  sys_openat: [1],
  sys_symlinkat: [0, 2],
  sys_setuid: [],
  sys_mount: [0, 1],
  sys_ptrace: [],
};

function selector(r: Random, matchArgs: readonly object[]): object {
  const binaries = {
    operator: r.pick(['In', 'NotIn', 'Prefix', 'NotPrefix', 'Postfix', 'NotPostfix']),
    values: some(r, PROGRAMS),
  };
  return {
    ...(matchArgs.length > 0 ? { matchArgs } : {}),
    ...(r.chance(0.3) ? { matchBinaries: [binaries] } : {}),
    ...(r.chance(0.1)
      ? { matchBinaries: [{ operator: r.pick(['In', 'NotIn']), values: some(r, PROGRAMS), followChildren: true }] }
      : {}),
    ...(r.chance(0.1) ? { matchPIDs: [{ operator: r.pick(['In', 'NotIn']), values: [1, 2, r.below(5000)] }] } : {}),
    ...(r.chance(0.1)
      ? { matchCapabilities: [{ operator: r.pick(['In', 'NotIn']), values: some(r, CAPABILITIES) }] }
      : {}),
    ...(r.chance(0.1)
      ? { matchNamespaces: [{ namespace: 'Pid', operator: r.pick(['In', 'NotIn']), values: ['host_ns'] }] }
      : {}),
    ...(r.chance(0.1) ? { matchWorkloads: workloads(r) } : {}),
    ...(r.chance(0.8) ? { matchActions: actions(r) } : {}),
  };
}

const actions = (r: Random): object[] =>
  r.pick<object[]>([
    [{ action: 'Post' }],
    [{ action: 'Post', rateLimit: '5m', rateLimitScope: 'process' }],
    [{ action: 'NoPost' }],
    [{ action: 'Sigkill' }],
    [{ action: 'Signal', argSig: 9 }],
    [{ action: 'Override', argError: -13 }],
    [{ action: 'Override', argError: -1 }, { action: 'Sigkill' }],
  ]);

const workloads = (r: Random): object => ({
  ...(r.chance(0.7)
    ? {
        podSelector: r.pick<object>([
          {},
          { matchLabels: { app: 'web' } },
          { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] },
        ]),
      }
    : {}),
  ...(r.chance(0.4)
    ? {
        containerSelector: {
          matchExpressions: [
            { key: r.pick(['name', 'repo']), operator: r.pick(['In', 'NotIn']), values: ['api', 'nginx'] },
          ],
        },
      }
    : {}),
  ...(r.chance(0.4) ? { hostSelector: {} } : {}),
});

function hook(r: Random): object {
  const named = r.chance(0.3);
  const call = named ? r.pick(Object.keys(SYSCALLS)) : r.pick(CALLS);
  const texts = named ? SYSCALLS[call] : [];
  const found = [0, 1, 2, 3].flatMap((index) => {
    const one = named ? (texts.includes(index) ? text(r, 'string') : number(r)) : compared(r, call, index);
    return one === undefined ? [] : [{ index, ...one }];
  });
  const selectors = Array.from({ length: r.below(4) }, () =>
    selector(
      r,
      found.filter(() => r.chance(0.6)).map(({ index, operator, values }) => ({ index, operator, values })),
    ),
  );
  const args = found.map(({ index, type }) => ({ index, type }));
  return {
    call,
    args,
    ...(selectors.length > 0 ? { selectors } : {}),
    ...(r.chance(0.2) ? { message: 'seen', tags: ['t'] } : {}),
  };
}

/** @returns a document; values that one operator takes may not fit another hook's events, never its types */
export function randomPolicy(r: Random, name: string): object {
  const namespaced = r.chance(0.2);
  return {
    apiVersion: 'cilium.io/v1alpha1',
    kind: namespaced ? 'TracingPolicyNamespaced' : 'TracingPolicy',
    metadata: { name, ...(namespaced ? { namespace: 'payments' } : {}) },
    spec: {
      kprobes: Array.from({ length: r.between(1, 3) }, () => hook(r)),
      ...(r.chance(0.3) && !namespaced ? workloads(r) : {}),
      ...(r.chance(0.2) ? { options: [{ name: 'policy-mode', value: r.pick(['monitor', 'enforce']) }] } : {}),
    },
  };
}
