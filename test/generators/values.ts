/**
 * Pools of values that are close to each other on purpose: prefixes of one another, one byte longer than a word,
 * the edges of ranges. A pool is small, so that constants of rules and values of events meet.
 */
import type { Bytes, Constant } from '../../vm/bundle/normal.ts';
import { FIELDS, KINDS, type FieldSpec } from '../../vm/spec/index.ts';
import type { Random } from './random.ts';

export const FIELD_BY_ID: ReadonlyMap<number, FieldSpec> = new Map(FIELDS.map((f) => [f.id, f]));
export const fieldId = (name: string): number => {
  const found = FIELDS.find((f) => f.name === name);
  if (found === undefined) throw new Error(`BUG: no field ${name}`);
  return found.id;
};

export const PATHS: readonly Bytes[] = [
  ...[
    '/',
    '/etc',
    '/etc/',
    '/etcx',
    '/etc/shadow',
    '/etc/shadow-',
    '/etc/shado',
    '/ETC/Shadow',
    '/etc/ssh/sshd_config',
  ],
  ...['/etc/ssh', '/etc/ssh/', '/e', '/usr/bin/sh', '/usr/bin/dash', '/usr/bin/bash', '/bin/sh', '/bin', '/usr/bin'],
  ...['/usr', '/usr/bin/', '/tmp/a', '/tmp/a/b', '/tmp/a/b/c', '/tmp/a/b/c/d/e/f', '/tmp/.hidden', '/tmp/.x.tar.gz'],
  ...[
    '/tmp/x.',
    '/tmp/a.b',
    '/var/log/app.log',
    '/var/log/APP.LOG',
    'relative/sh',
    '',
    '//',
    '/etc//shadow',
    '.',
    '..',
  ],
  ...['/tmp/\xff\xfe', '/tmp/a\0b', '/tmp/\xc3\xa9t\xc3\xa9', '/tmp/\n', '/123456', '/1234567', '/12345678'],
  ...['/12345678901234', '/123456789012345', '/1234567890123456', '/proc/self/mem', '/proc/1/mem'],
];
const NAMES: readonly Bytes[] = [
  ...[
    'sh',
    'bash',
    'dash',
    'sH',
    'SH',
    's',
    '',
    'shadow',
    'sshd',
    'nginx',
    'nginx ',
    'nc',
    'a',
    'a.b',
    '.hidden',
    'x.',
  ],
  ...['tar.gz', 'gz', 'log', 'LOG', 'root', 'rooT', 'www-data', '\xff', 'sh\0', '1234567', '12345678', '123456789'],
  ...['123456789012345', '1234567890123456', '12345678901234567', '\xc3\xa9', '*', 'a*', '[', 'python3', 'python3.11'],
];
const TEXTS: readonly Bytes[] = [
  ...[
    'sh -c id',
    'sh',
    'sh -c',
    'SH -C ID',
    'nc -l -p 4444',
    'curl http://example.com/x',
    'curl  http://',
    ' ',
    '',
    'id',
  ],
  ...['cat /etc/shadow', 'cat /etc/', '-c', 'aaaaaaab', 'aaaaaab', 'abababac', 'ab\0ab', '\xff\xff', 'base64 -d | sh'],
];
const DOMAINS: readonly Bytes[] = [
  ...[
    'example.com',
    'www.example.com',
    'example.com.',
    'EXAMPLE.com',
    'xexample.com',
    'evil.test',
    'a.b.evil.test',
    'test',
    '',
  ],
];
export const IMAGES: readonly Bytes[] = [
  ...[
    'nginx',
    'nginx:1.4',
    'nginx@sha256:abcd',
    'nginx:1.4@sha256:abcd',
    'registry.example/payments/api:1.4',
    'docker.io/nginx',
  ],
  ...[
    'registry.example/payments/api',
    'registry.example:5000/payments/api',
    'registry.example:5000/api:latest',
    'nginxx',
    '',
  ],
];
const LABELS: readonly Bytes[] = [
  'api',
  'api2',
  'ap',
  'web',
  'API',
  '',
  'payments',
  'prod',
  'kube-system',
  'kube-',
  'kube',
  'default',
];
export const LABEL_KEYS: readonly Bytes[] = ['app', 'app2', 'ap', 'tier', '', 'app.kubernetes.io/name'];

const KINDS_OF_TEXT: Readonly<Record<string, readonly Bytes[]>> = {
  path: PATHS,
  name: NAMES,
  text: TEXTS,
  domain: DOMAINS,
  image: IMAGES,
  label: LABELS,
};

/** Which pool the strings (or elements) of a field come from. */
function poolName(name: string): string {
  if (/path|dir$|cwd|invoked|script|link_target|sarg|ancestors/.test(name)) return 'path';
  if (/cmdline|args$/.test(name)) return 'text';
  if (name === 'net.domain') return 'domain';
  if (name === 'container.image') return 'image';
  if (/^(k8s|host|container)\./.test(name)) return 'label';
  return 'name';
}
const POOL_OF_FIELD: ReadonlyMap<number, readonly Bytes[]> = new Map(
  FIELDS.map((f) => {
    if (f.name === 'event.kind') return [f.id, KINDS.map((k) => k.name)];
    if (f.name === 'event.truncated') return [f.id, FIELDS.filter((g) => g.cut).map((g) => g.name)];
    if (f.type === 'string' && f.values !== undefined) return [f.id, [...f.values, f.values[0].toUpperCase(), '']];
    return [f.id, KINDS_OF_TEXT[poolName(f.name)]];
  }),
);

const randomBytes = (r: Random, length: number): Bytes => String.fromCharCode(...r.list(length, () => r.below(256)));

/** Change a string a little: the near miss of what it was. */
export function nearMiss(r: Random, text: Bytes): Bytes {
  const at = r.below(text.length + 1);
  switch (r.below(9)) {
    case 0:
      return text.slice(0, -1);
    case 1:
      return text + r.pick(['x', '/', '\0', ' ', '\xe9']);
    case 2:
      return text.slice(0, at) + String.fromCharCode(r.below(256)) + text.slice(at + 1);
    case 3:
      return text.toLowerCase() === text ? asciiUpper(text) : asciiLower(text);
    case 4:
      return `${text}/${r.pick(NAMES)}`;
    case 5:
      return text.slice(1);
    case 6:
      return text.endsWith('/') ? text.slice(0, -1) : `${text}/`;
    case 7:
      return text.slice(0, at) + swapCase(text.charAt(at)) + text.slice(at + 1);
    default:
      return text.slice(0, at) + text.slice(at + 1);
  }
}
export const asciiUpper = (text: Bytes): Bytes => text.replace(/[a-z]/g, (c) => c.toUpperCase());
export const asciiLower = (text: Bytes): Bytes => text.replace(/[A-Z]/g, (c) => c.toLowerCase());
const swapCase = (c: string): string => (/[a-z]/.test(c) ? c.toUpperCase() : /[A-Z]/.test(c) ? c.toLowerCase() : c);

/** A string that a field (or an element of it) may have. */
export function randomString(r: Random, field: number): Bytes {
  const pool = POOL_OF_FIELD.get(field) ?? NAMES;
  const dice = r.below(1000);
  if (dice < 700) return r.pick(pool);
  if (dice < 880) return nearMiss(r, r.pick(pool));
  if (dice < 940) return r.pick(KINDS_OF_TEXT[r.pick(Object.keys(KINDS_OF_TEXT))]);
  if (dice < 970) return randomBytes(r, r.below(20));
  if (dice < 995) return `/${'abcdefgh'.repeat(40).slice(0, r.between(1, 300))}/${r.pick(NAMES)}`;
  return '/d'.repeat(r.pick([40, 512, 1024, 2047])) + r.pick(['', '/', 'x']);
}

const INTS = [0n, 1n, -1n, 2n, 3n, 22n, 79n, 80n, 81n, 443n, 1000n, 1023n, 1024n, 0o4755n, 65535n, 65536n];
const EDGES = [2n ** 31n, 2n ** 32n, 2n ** 33n + 1n, 2n ** 53n, 2n ** 62n];
const SIGNED: readonly bigint[] = [...INTS, ...EDGES, 2n ** 63n - 1n, -(2n ** 63n), -(2n ** 31n), -22n];
const UNSIGNED: readonly bigint[] = [
  ...INTS.filter((i) => i >= 0n),
  ...EDGES,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

export const isUnsigned = (field: number): boolean => FIELD_BY_ID.get(field)?.type === 'uint';

/** Bring an integer into the range of a field's type. */
export const clampInt = (value: bigint, unsigned: boolean): bigint =>
  unsigned ? (value < 0n ? 0n : value >= 2n ** 64n ? 2n ** 64n - 1n : value) : BigInt.asIntN(64, value);

export function randomInt(r: Random, unsigned: boolean): bigint {
  const dice = r.below(10);
  if (dice < 6) return r.pick(unsigned ? UNSIGNED : SIGNED);
  if (dice < 8) return clampInt(r.pick(unsigned ? UNSIGNED : SIGNED) + BigInt(r.between(-2, 2)), unsigned);
  if (dice < 9) return BigInt(r.below(65536));
  return unsigned ? r.u64() : BigInt.asIntN(64, r.u64());
}

const ipv4 = (text: string): Bytes =>
  '\0'.repeat(10) + '\xff\xff' + String.fromCharCode(...text.split('.').map(Number));
const ipv6 = (high: bigint, low: bigint): Bytes => {
  const digits = high.toString(16).padStart(16, '0') + low.toString(16).padStart(16, '0');
  return Buffer.from(digits, 'hex').toString('latin1');
};
export const ADDRESSES: readonly Bytes[] = [
  ...[
    '0.0.0.0',
    '0.255.255.255',
    '1.0.0.0',
    '9.255.255.255',
    '10.0.0.0',
    '10.0.0.1',
    '10.0.0.2',
    '10.0.1.1',
    '10.255.255.255',
  ],
  ...[
    '11.0.0.0',
    '100.63.255.255',
    '100.64.0.0',
    '100.127.255.255',
    '100.128.0.0',
    '127.0.0.1',
    '128.0.0.1',
    '169.253.255.255',
  ],
  ...[
    '169.254.169.254',
    '172.15.255.255',
    '172.16.0.0',
    '172.31.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.168.0.1',
  ],
  ...['192.169.0.0', '8.8.8.8', '255.255.255.255'],
]
  .map(ipv4)
  .concat([
    ...[ipv6(0n, 0n), ipv6(0n, 1n), ipv6(0n, 2n), ipv6(0n, 0xfffe_ffff_ffffn), ipv6(0n, 0x1_0000_0000_0000n)],
    ...[ipv6(0xfc00n << 48n, 0n), ipv6(0xfbffn << 48n, 1n), ipv6(0xfdffn << 48n, 1n), ipv6(0xfe00n << 48n, 0n)],
    ...[ipv6(0xfe80n << 48n, 1n), ipv6(0xfebfn << 48n, 1n), ipv6(0xfec0n << 48n, 1n), ipv6(0x2001_0db8n << 32n, 1n)],
    ...[ipv6(0x2001_0db8n << 32n, 2n), ipv6(0x2001_0db8_0001n << 16n, 0n), ipv6(2n ** 64n - 1n, 2n ** 64n - 1n)],
    ipv6(0x0064_ff9bn << 32n, 0x0a00_0001n),
  ]);

export const addressBits = (address: Bytes): bigint => BigInt(`0x${Buffer.from(address, 'latin1').toString('hex')}`);
export const bitsAddress = (bits: bigint): Bytes => ipv6(BigInt.asUintN(64, bits >> 64n), BigInt.asUintN(64, bits));

export function randomAddress(r: Random): Bytes {
  if (r.chance(0.8)) return r.pick(ADDRESSES);
  const near = addressBits(r.pick(ADDRESSES)) + BigInt(r.between(-2, 2));
  return r.chance(0.8) ? bitsAddress(BigInt.asUintN(128, near)) : ipv6(r.u64(), r.u64());
}

export function randomCidr(r: Random): Extract<Constant, { is: 'cidr' }> {
  const address = randomAddress(r);
  const mapped = address.startsWith(`${'\0'.repeat(10)}\xff\xff`);
  const bits = mapped && r.chance(0.97) ? 96 + r.pick([0, 1, 7, 8, 9, 12, 16, 23, 24, 25, 31, 32]) : r.between(0, 128);
  const host = 128n - BigInt(bits);
  return { is: 'cidr', value: bitsAddress((addressBits(address) >> host) << host), bits };
}

/** An address inside a network, at its edges, or just outside of it. */
export function addressNear(r: Random, net: { value: Bytes; bits: number }, inside: boolean): Bytes {
  const first = addressBits(net.value);
  const size = 1n << (128n - BigInt(net.bits));
  if (!inside) return bitsAddress(BigInt.asUintN(128, r.chance(0.5) ? first - 1n : first + size));
  const offset = r.pick([0n, size - 1n, size / 2n, ((r.u64() << 64n) | r.u64()) % size]);
  return bitsAddress(first + offset);
}

export const randomFlags = (r: Random, field: number): bigint => {
  const names = FIELD_BY_ID.get(field)?.values ?? [];
  return BigInt.asUintN(64, r.u64() & r.u64()) & ((1n << BigInt(names.length)) - 1n);
};
