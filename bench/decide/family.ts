/** Rules of the shape that people write most, an exact program and an exact file, and events of which half match. */
import { encodeRecord, type Event } from '../../vm/event/index.ts';
import type { Expr, NormalForm, NormalRule } from '../../vm/bundle/normal.ts';
import { FIELDS } from '../../vm/spec/index.ts';

export const PROGRAM = FIELDS.find((f) => f.name === 'proc.path')!.id;
export const FILE = FIELDS.find((f) => f.name === 'file.path')!.id;
const FILE_READ = 2;

export interface Pair {
  readonly program: string;
  readonly file: string;
}

export interface Family {
  readonly normal: NormalForm;
  readonly rules: readonly Pair[];
  readonly events: readonly Pair[];
  /** All events as records, one behind the other. */
  readonly records: Uint8Array;
}

const pair = (i: number, programs: number): Pair => ({
  program: `/usr/lib/services/bin/service-${i % programs}`,
  file: `/var/lib/application/data/records/file-${i}.db`,
});

const equals = (field: number, value: string): Expr => ({
  op: 'compare',
  cmp: '=',
  left: { is: 'field', field },
  right: { is: 'string', value },
});

/**
 * @param n number of rules
 * @param events number of events; every second one matches a rule, chosen by a fixed sequence
 */
export const family = (n: number, events: number): Family => {
  const programs = Math.ceil(Math.sqrt(n));
  const rules = Array.from({ length: n }, (_, i) => pair(i, programs));
  const normalRules = rules.map(({ program, file }, i): NormalRule => ({
    name: `r${i}`,
    kinds: [FILE_READ],
    when: { op: 'and', args: [equals(PROGRAM, program), equals(FILE, file)] },
    unless: [],
    action: 'deny',
    errno: 1,
    continue: false,
  }));
  let random = 1;
  const next = (below: number): number => {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    return Math.floor((random / 2 ** 32) * below);
  };
  const asked = Array.from({ length: events }, (_, i) => pair(i % 2 ? next(n) : n + next(n), programs));
  const encoded = asked.map(({ program, file }): Uint8Array => {
    const event: Event = {
      kind: FILE_READ,
      time: 1n,
      values: new Map([
        [PROGRAM, program],
        [FILE, file],
      ]),
    };
    return encodeRecord(event);
  });
  return {
    normal: {
      version: 1,
      policies: [
        {
          name: 'bench',
          mode: 'enforce',
          tier: 'default',
          order: 1000,
          scope: {},
          defaults: {},
          rules: normalRules,
        },
      ],
    },
    rules,
    events: asked,
    records: Buffer.concat(encoded),
  };
};
