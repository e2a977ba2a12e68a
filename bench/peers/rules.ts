/**
 * The rules that every peer can express: an exact program, an exact file, or both, and all of them deny. Engines without an
 * order of rules (Cedar, OPA) then mean the same as a first match, and each can use whatever index it has.
 */
import type { Expr, NormalForm } from '../../vm/bundle/normal.ts';
import { encodeRecord } from '../../vm/event/index.ts';
import { FIELDS, KINDS } from '../../vm/spec/index.ts';
import type { PeerEvent, PeerRule } from './peer.ts';

const field = (name: string): number => FIELDS.find((f) => f.name === name)!.id;
const PROGRAM = field('proc.path');
const FILE = field('file.path');
const KIND = KINDS.find((kind) => kind.name === 'file.read')!.id;

const program = (i: number): string => `/usr/lib/services/bin/service-${i}`;
const file = (i: number): string => `/var/lib/application/data/records/file-${i}.db`;

/** Every tenth rule constrains the program only, another tenth the file only. */
const rule = (i: number, programs: number): PeerRule => {
  if (i % 10 === 3) return { program: `${program(i)}-alone` };
  if (i % 10 === 6) return { file: `${file(i)}-alone` };
  return { program: program(i % programs), file: file(i) };
};

/** @returns `n` rules, the same ones each time */
export const peerRules = (n: number): PeerRule[] => {
  const programs = Math.ceil(Math.sqrt(n));
  return Array.from({ length: n }, (_, i) => rule(i, programs));
};

/** @returns events by a fixed sequence: every second one matches a rule, every tenth the last one */
export const peerEvents = (rules: readonly PeerRule[], count: number): PeerEvent[] => {
  let random = 1;
  const below = (n: number): number => {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    return Math.floor((random / 2 ** 32) * n);
  };
  return Array.from({ length: count }, (_, i) => {
    const chosen = rules[i % 10 === 0 ? rules.length - 1 : below(rules.length)];
    const matches = i % 2 === 0;
    return {
      program: chosen.program ?? program(below(rules.length)),
      file: matches && chosen.file ? chosen.file : file(rules.length + below(rules.length)),
      ...(!matches && !chosen.file && { program: program(rules.length + below(rules.length)) }),
    };
  });
};

const equals = (id: number, value: string | undefined): Expr[] =>
  value === undefined
    ? []
    : [{ op: 'compare', cmp: '=', left: { is: 'field', field: id }, right: { is: 'string', value } }];

/** The same rules as the compiler takes them. */
export const normalForm = (rules: readonly PeerRule[]): NormalForm => ({
  version: 1,
  policies: [
    {
      name: 'bench',
      mode: 'enforce',
      tier: 'default',
      order: 1000,
      scope: {},
      defaults: {},
      rules: rules.map((r, i) => ({
        name: `r${i}`,
        kinds: [KIND],
        when: { op: 'and', args: [...equals(PROGRAM, r.program), ...equals(FILE, r.file)] },
        unless: [],
        action: 'deny',
        errno: 1,
        continue: false,
      })),
    },
  ],
});

/** The same event as the VM takes it. */
export const recordOf = (event: PeerEvent): Uint8Array =>
  encodeRecord({
    kind: KIND,
    time: 1n,
    values: new Map([
      [PROGRAM, event.program],
      [FILE, event.file],
    ]),
  });
