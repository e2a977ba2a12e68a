/** One question put to every engine, and its form in a file: a bundle, an event, and where each fact comes from. */
import type { NormalForm } from '../../vm/bundle/normal.ts';
import type { Event, Value } from '../../vm/event/event.ts';
import { FIELDS, KINDS } from '../../vm/spec/index.ts';
import type { Random } from '../generators/random.ts';
import { randomValue } from '../generators/event.ts';

type Values = ReadonlyMap<number, Value>;

/** How the facts of an event reach an engine: in the record, or by key from what was put before. */
export interface Delivery {
  readonly kind: number;
  readonly time: bigint | undefined;
  readonly inline: Values;
  readonly subject: Values;
  readonly workload: Values;
}

export interface Case {
  readonly normal: NormalForm;
  readonly delivery: Delivery;
}

/** The event that a delivery means: inline values win over facts. */
export const delivered = (d: Delivery): Event => ({
  kind: d.kind,
  time: d.time,
  values: new Map([...d.workload, ...d.subject, ...d.inline]),
});

const NOTHING: Values = new Map();
const FIELD_OF = new Map(FIELDS.map((f) => [f.id, f]));

/** Choose for each value of an event where it comes from; some facts are wrong and overruled by the record. */
export function deliver(r: Random, event: Event): Delivery {
  const { kind, time } = event;
  if (r.chance(0.4)) return { kind, time, inline: event.values, subject: NOTHING, workload: NOTHING };
  const inline = new Map<number, Value>();
  const stored = { subject: new Map<number, Value>(), workload: new Map<number, Value>() };
  const share = r.pick([0.3, 0.8, 1]);
  const overlap = r.pick([0, 0.3]);
  for (const [id, value] of event.values) {
    const field = FIELD_OF.get(id);
    if (field === undefined) throw new Error(`BUG: no field ${id}`);
    const fact = field.of !== 'event' && r.chance(share);
    if (fact) stored[field.of === 'subject' ? 'subject' : 'workload'].set(id, value);
    if (!fact) inline.set(id, value);
    else if (r.chance(overlap)) {
      inline.set(id, value);
      stored[field.of === 'subject' ? 'subject' : 'workload'].set(id, randomValue(r, field));
    }
  }
  return { kind, time, inline, ...stored };
}

type JsonValue = string | boolean | { int: string } | readonly string[];
type JsonValues = Record<string, JsonValue>;

interface CaseFile {
  readonly about?: string;
  readonly normal: NormalForm;
  readonly kind: string;
  readonly time: string | null;
  readonly inline: JsonValues;
  readonly subject: JsonValues;
  readonly workload: JsonValues;
}

const toJson = (value: Value): JsonValue => (typeof value === 'bigint' ? { int: String(value) } : value);
const fromJson = (value: JsonValue): Value => (typeof value === 'object' && 'int' in value ? BigInt(value.int) : value);

const valuesToJson = (values: Values): JsonValues =>
  Object.fromEntries([...values].map(([id, value]) => [FIELD_OF.get(id)?.name ?? String(id), toJson(value)]));
const valuesFromJson = (values: JsonValues): Values =>
  new Map(Object.entries(values).map(([name, value]) => [fieldNamed(name), fromJson(value)]));

function fieldNamed(name: string): number {
  const field = FIELDS.find((f) => f.name === name);
  if (field === undefined) throw new Error(`no field \`${name}\``);
  return field.id;
}

/** Text of a case file: bytes above 127 as escapes, so that the file is plain ASCII. */
export function printCase({ normal, delivery }: Case, about?: string): string {
  const file: CaseFile = {
    ...(about === undefined ? {} : { about }),
    normal,
    kind: KINDS.find((k) => k.id === delivery.kind)?.name ?? String(delivery.kind),
    time: delivery.time === undefined ? null : String(delivery.time),
    inline: valuesToJson(delivery.inline),
    subject: valuesToJson(delivery.subject),
    workload: valuesToJson(delivery.workload),
  };
  const escape = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(file, null, 2).replace(/[\x7f-\uffff]/g, escape)}\n`;
}

export function parseCase(text: string): Case {
  const file = JSON.parse(text) as CaseFile;
  const kind = KINDS.find((k) => k.name === file.kind);
  if (kind === undefined) throw new Error(`no kind \`${file.kind}\``);
  const delivery: Delivery = {
    kind: kind.id,
    time: file.time === null ? undefined : BigInt(file.time),
    inline: valuesFromJson(file.inline),
    subject: valuesFromJson(file.subject),
    workload: valuesFromJson(file.workload),
  };
  return { normal: file.normal, delivery };
}
