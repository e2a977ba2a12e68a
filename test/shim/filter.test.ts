/** The filter by its meaning: every number, on every architecture, with chosen and random registers. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assemble, INSTRUCTION_BYTES } from '../../shim/enforcers/filter/assemble.ts';
import type { Check } from '../../shim/enforcers/filter/checks.ts';
import { give, high, low, test as compare, type Comparison, type Node } from '../../shim/enforcers/filter/graph.ts';
import { filterFor } from '../../shim/enforcers/filter/index.ts';
import { needsOf, type Needs } from '../../shim/enforcers/needs.ts';
import { SYSCALLS_END, syscallName, syscallNumber } from '../../shim/sensors/index.ts';
import { runFilter, X86_64, type SeccompData } from './classic-bpf.ts';

const NOTHING = needsOf({ kinds: [], fields: [] }, new Set());
const NO_RULES: ReadonlyMap<number, Check> = new Map();
const NETWORK: Needs = { ...NOTHING, connect: true, bind: true, send: true };

const answer = (program: Uint8Array, call: SeccompData): string => {
  const action = runFilter(program, call);
  if (action === 0x7fff0000) return 'allow';
  if (action === 0x7fc00000) return 'notify';
  const names: Readonly<Record<number, string>> = {
    1: 'EPERM',
    13: 'EACCES',
    38: 'ENOSYS',
    93: 'EPROTONOSUPPORT',
    95: 'EOPNOTSUPP',
  };
  return action >>> 16 === 5 ? (names[action & 0xffff] ?? `errno ${action & 0xffff}`) : `0x${action.toString(16)}`;
};

const call = (name: string, ...args: readonly (number | bigint)[]): SeccompData => ({
  nr: syscallNumber(name)!,
  args: args.map((value) => BigInt.asUintN(64, BigInt(value))),
});

/** What is refused whatever its registers are, from the table in the documents. */
const WHOLLY: Readonly<Record<string, string>> = {
  ENOSYS: 'io_uring_setup io_uring_enter io_uring_register openat2 clone3',
  EPERM:
    'mount umount2 pivot_root chroot open_tree open_tree_attr move_mount fsopen fsconfig fsmount fspick mount_setattr ' +
    'setns open_by_handle_at userfaultfd ptrace process_vm_readv process_vm_writev pidfd_getfd fanotify_init bpf ' +
    'perf_event_open init_module finit_module delete_module kexec_load kexec_file_load reboot add_key request_key keyctl ' +
    'acct swapon swapoff quotactl quotactl_fd uselib',
  notify: 'execve execveat',
};
/** What hangs on registers, without a need. */
const PARTLY = new Set('clone unshare ioctl prctl memfd_create mknod mknodat'.split(' '));

const registers = fc.array(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), { minLength: 6, maxLength: 6 });

test('every number goes where the table says', () => {
  const program = filterFor(NOTHING, NO_RULES);
  const expected = new Map<string, string>();
  for (const [result, names] of Object.entries(WHOLLY)) for (const name of names.split(' ')) expected.set(name, result);
  fc.assert(
    fc.property(registers, (args) => {
      for (let nr = 0; nr < SYSCALLS_END + 100; nr++) {
        const name = syscallName(nr);
        if (name !== null && PARTLY.has(name)) continue;
        const want = name === null ? 'ENOSYS' : (expected.get(name) ?? 'allow');
        assert.is(answer(program, { nr, args }), want, `${name} (${nr})`);
      }
    }),
    { numRuns: 20 },
  );
});

test('calls of other architectures, x32 calls and unknown ones are absent', () => {
  for (const needs of [NOTHING, NETWORK]) {
    const program = filterFor(needs, NO_RULES);
    fc.assert(
      fc.property(fc.nat(600), registers, fc.constantFrom(0x40000003, 0xc00000b7, 0), (nr, args, arch) => {
        assert.is(answer(program, { nr, args, arch }), 'ENOSYS');
        assert.is(answer(program, { nr: nr + 0x40000000, args }), 'ENOSYS');
        assert.is(answer(program, { nr: -1 - nr, args }), 'ENOSYS');
        assert.is(answer(program, { nr: nr + SYSCALLS_END, args }), 'ENOSYS');
      }),
    );
  }
});

/** Refused or not by their registers: the call, and what becomes of it. Upper halves of what the kernel takes as int do not count. */
const UPPER = 1n << 63n;
const BY_REGISTERS: readonly (readonly [needs: Needs, call: SeccompData, answer: string])[] = [
  [NOTHING, call('clone', 0x11), 'allow'],
  [NOTHING, call('clone', 0x3d0f00), 'allow'],
  ...[0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000].flatMap((bit) => [
    [NOTHING, call('clone', UPPER | BigInt(bit) | 17n), 'EPERM'] as const,
    [NOTHING, call('unshare', bit), 'EPERM'] as const,
  ]),
  [NOTHING, call('unshare', 0x80), 'EPERM'],
  [NOTHING, call('unshare', 0x600), 'allow'],
  [NOTHING, call('ioctl', 0, 0x5401), 'allow'],
  ...[0x5412, 0x541c, 0xaa00].map((code) => [NOTHING, call('ioctl', 0, UPPER | BigInt(code)), 'EPERM'] as const),
  [NOTHING, call('prctl', 15), 'allow'],
  [NOTHING, call('prctl', 35, 13), 'EPERM'],
  [NOTHING, call('memfd_create', 0, 1), 'allow'],
  [NOTHING, call('memfd_create', 0, 0x11), 'EACCES'],
  [NOTHING, call('mknod', 0, 0o010644), 'allow'],
  [NOTHING, call('mknod', 0, 0o100644), 'allow'],
  [NOTHING, call('mknod', 0, 0o020644), 'EPERM'],
  [NOTHING, call('mknod', 0, 0o060644), 'EPERM'],
  [NOTHING, call('mknodat', 0o060644, 0, 0o010644), 'allow'],
  [NOTHING, call('mknodat', 0, 0, 0o060644), 'EPERM'],
  ...['connect', 'bind', 'sendto', 'sendmsg', 'sendmmsg', 'socket', 'truncate'].map(
    (name) => [NOTHING, call(name, 17, 3, 0x20000000, 0x20000000, 5, 6), 'allow'] as const,
  ),
  ...['connect', 'bind', 'sendmsg', 'sendmmsg'].map((name) => [NETWORK, call(name), 'notify'] as const),
  [NETWORK, call('sendto', 3, 0, 0, 0, 0, 16), 'allow'],
  [NETWORK, call('sendto', 3, 0, 0, 0, 1, 0), 'notify'],
  [NETWORK, call('sendto', 3, 0, 0, 0, UPPER, 0), 'notify'],
  // fast open connects
  [{ ...NOTHING, connect: true }, call('sendto', 3, 0, 0, 0, 1, 16), 'allow'],
  [{ ...NOTHING, connect: true }, call('sendto', 3, 0, 0, 0x20000000, 1, 16), 'notify'],
  [{ ...NOTHING, connect: true }, call('sendmsg', 3, 0, 0x20000000), 'notify'],
  [{ ...NOTHING, connect: true }, call('sendmsg', 3, 0, 0x40), 'allow'],
  [{ ...NOTHING, connect: true }, call('sendmmsg', 3, 0, 0, 0x20000000), 'notify'],
  // sockets: unix, IPv4 and IPv6 with TCP and UDP, netlink
  [NETWORK, call('socket', 1, 5, 0), 'allow'],
  [NETWORK, call('socket', 2, 0x80801, 6), 'allow'],
  [NETWORK, call('socket', UPPER | 10n, 2, 17), 'allow'],
  [NETWORK, call('socket', 16, 3, 0), 'allow'],
  [NETWORK, call('socket', 2, 3, 1), 'EPERM'],
  [NETWORK, call('socket', 10, 0x80003, 255), 'EPERM'],
  [NETWORK, call('socket', 2, 5, 132), 'EPERM'],
  [NETWORK, call('socket', 2, 1, 132), 'EPROTONOSUPPORT'],
  [NETWORK, call('socket', 2, 1, 262), 'EPROTONOSUPPORT'],
  [NETWORK, call('socket', 2, 2, 1), 'EPROTONOSUPPORT'],
  [NETWORK, call('socket', 17, 3, 0x300), 'EPERM'],
  [NETWORK, call('socket', 40, 1, 0), 'EPERM'],
  [NETWORK, call('socket', 44, 3, 0), 'EPERM'],
  [NETWORK, call('socket', 16, 3, 2), 'EPERM'],
  [NOTHING, call('socket', 16, 3, 2), 'allow'],
  [NETWORK, call('socketpair', UPPER | 1n, 1, 0), 'allow'],
  [NETWORK, call('socketpair', 30, 4, 0), 'EPERM'],
  [NOTHING, call('socketpair', 30, 4, 0), 'allow'],
  [{ ...NOTHING, writes: true }, call('truncate', 1, 0), 'EPERM'],
  // snapshots, whatever the size of what they take; what changes a file for good
  ...[0x50009401, 0x50009417, 0x4020bc10].flatMap((code) => [
    [{ ...NOTHING, reads: true }, call('ioctl', 0, code), 'EPERM'] as const,
    [{ ...NOTHING, exec: true }, call('ioctl', 0, UPPER | BigInt(code)), 'EPERM'] as const,
    [NOTHING, call('ioctl', 0, code), 'allow'] as const,
  ]),
  ...[0x40806685, 0x800c6613].flatMap((code) => [
    [{ ...NOTHING, attr: true }, call('ioctl', 0, code), 'EPERM'] as const,
    [{ ...NOTHING, reads: true }, call('ioctl', 0, code), 'allow'] as const,
  ]),
  [NOTHING, call('landlock_create_ruleset', 0, 0, 1), 'allow'],
  [{ ...NOTHING, tree: true }, call('landlock_create_ruleset', 0, 0, 1), 'EOPNOTSUPP'],
  [{ ...NOTHING, attr: true }, call('landlock_create_ruleset', 0, 0, 1), 'EOPNOTSUPP'],
];

test('registers decide where the table says so', () => {
  for (const [needs, data, expected] of BY_REGISTERS)
    assert.is(answer(filterFor(needs, NO_RULES), data), expected, `${syscallName(data.nr)}(${data.args})`);
});

test('any graph means the same as a program', () => {
  const leaf: fc.Arbitrary<Node> = fc.nat(5).map(give);
  const half = fc.constantFrom(low, high);
  const operation = fc.constantFrom<Comparison>('equal', 'above', 'at least', 'any bit');
  const { node } = fc.letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'large', withCrossShrink: true },
      leaf,
      fc
        .tuple(half, fc.nat(5), operation, fc.nat(8), fc.constantFrom(7, 0xffffffff), tie('node'), tie('node'))
        .map(([word, argument, op, value, mask, yes, no]) => word(argument, compare(op, value, yes, no), mask)),
    ),
  }));
  const meaning = (at: Node, args: readonly bigint[], a = 0): number => {
    if (at.is === 'return') return at.action;
    if (at.is === 'load') {
      const value = args[(at.offset - 16) >> 3] >> BigInt(8 * (at.offset & 4));
      return meaning(at.next, args, Number(BigInt.asUintN(32, value) & BigInt(at.mask)));
    }
    const holds = {
      equal: a === at.value,
      above: a > at.value,
      'at least': a >= at.value,
      'any bit': (a & at.value) !== 0,
    };
    return meaning(holds[at.op] ? at.yes : at.no, args, a);
  };
  const few = fc.array(fc.bigInt({ min: 0n, max: 8n }), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(node, fc.array(few, { minLength: 4, maxLength: 20 }), (graph, calls) => {
      const program = assemble(graph);
      if (program === null) return;
      for (const args of calls) assert.is(runFilter(program, { nr: 0, args }), meaning(graph, args));
    }),
  );
});

test('tests reach answers that are far, and a program that is too long is none', () => {
  const ladder = (steps: number): Node => {
    let node: Node = give(1);
    for (let i = 0; i < steps; i++) {
      const rest = node;
      node = low(0, compare('equal', i, low(1, compare('equal', i, give(2), rest)), rest));
    }
    return node;
  };
  const program = assemble(ladder(600))!;
  assert.is(program.length % INSTRUCTION_BYTES, 0);
  for (const i of [0n, 1n, 254n, 255n, 256n, 599n]) {
    assert.is(runFilter(program, { nr: 0, arch: X86_64, args: [i, i] }), 2);
    assert.is(runFilter(program, { nr: 0, arch: X86_64, args: [i, i + 1n] }), 1);
  }
  assert.is(assemble(ladder(20_000)), null);
});

test.run();
