/**
 * Redaction: parts of values that are not written. A field and what is derived from it are one text in several forms, so
 * whichever of them is named, the same part is hidden in all of them.
 */
import type { Bytes } from '../bundle/normal.ts';
import { TEXT_TYPES, type FieldSpec } from '../spec/fields.ts';
import { formatAddress } from './address.ts';
import { splitImage, valueOf } from './derive.ts';
import type { Event, Value } from './event.ts';
import { fieldById, fieldId, KIND_FIELD } from './fields.ts';
import { pairs } from './json.ts';

/** First byte of a part of a text, and the byte behind it. */
export type Span = readonly [start: number, end: number];

export interface Redaction {
  readonly field: FieldSpec;
  /** What is hidden of a text. */
  readonly find: (text: Bytes) => readonly Span[];
}

/** @returns the event as it is written. Engines decide on the whole one: what is hidden makes values longer and other ones */
export type Redact = (event: Event) => Event;

/** Stands for what is hidden. */
export const MASK = '***';

/** Whether a field is written as text: of numbers and flags nothing can be hidden. */
export const isRedactable = ({ id, type }: FieldSpec): boolean => TEXT_TYPES.includes(type) && id !== KIND_FIELD;

const ARGS = fieldId('proc.args');
const CMDLINE = fieldId('proc.cmdline');

const atEnd = (whole: Bytes, part: Bytes): number => whole.length - part.length;

/** Fields that are a part of another: that one, and where the part begins in it. */
const PARTS: ReadonlyMap<number, { readonly of: number; readonly start: (whole: Bytes, part: Bytes) => number }> =
  new Map(
    (
      [
        ['proc.name', 'proc.path', atEnd],
        ['proc.pname', 'proc.ppath', atEnd],
        ['proc.caller_name', 'proc.caller_path', atEnd],
        ['file.dir', 'file.path', () => 0],
        ['file.name', 'file.path', atEnd],
        ['file.ext', 'file.path', atEnd],
        ['container.image_tag', 'container.image', (image: Bytes) => splitImage(image).name.length + 1],
      ] as const
    ).map(([name, of, start]) => [fieldId(name), { of: fieldId(of), start }]),
  );

/** The field whose text this one is, or is a part of. */
const wholeOf = (id: number): number => (id === CMDLINE ? ARGS : (PARTS.get(id)?.of ?? id));

const shifted = (spans: readonly Span[], by: number): readonly Span[] =>
  spans.map(([start, end]): Span => [start + by, end + by]);

/** What of the spans lies in `length` bytes from `from`, counted from there. */
const within = (spans: readonly Span[], from: number, length: number): readonly Span[] =>
  shifted(spans, -from)
    .map(([start, end]): Span => [Math.max(start, 0), Math.min(end, length)])
    .filter(([start, end]) => start < end);

/** Spans that overlap are one. */
function hide(text: Bytes, spans: readonly Span[]): Bytes {
  let out = '';
  let at = 0;
  for (const [start, end] of [...spans].sort(([a], [b]) => a - b)) {
    if (end <= at) continue;
    if (start >= at) out += text.slice(at, start) + MASK;
    at = end;
  }
  return out + text.slice(at);
}

const found = (redactions: readonly Redaction[], text: Bytes): readonly Span[] =>
  redactions.flatMap(({ find }) => find(text));

/** A label is the text `key=value`. Labels whose keys are then the same are written as one: the last. */
const labels = (map: readonly Bytes[], redactions: readonly Redaction[]): readonly Bytes[] =>
  pairs(map).flatMap(([key, text]) => {
    const spans = found(redactions, `${key}=${text}`);
    return [hide(key, within(spans, 0, key.length)), hide(text, within(spans, key.length + 1, text.length))];
  });

const only = (id: number, value: Value): Event => ({ kind: 0, time: undefined, values: new Map([[id, value]]) });

/** What is written of one event, field by field. */
class Redacted {
  readonly values: Map<number, Value>;
  readonly hidden = new Map<number, Bytes>();

  constructor(readonly event: Event) {
    this.values = new Map(event.values);
  }

  /** @param redactions of the field and of what is derived from it */
  field(id: number, redactions: readonly Redaction[]): void {
    if (id === ARGS) return this.#commandLine(redactions);
    const { type } = fieldById(id)!;
    const value = valueOf(this.event, id);
    if (type === 'string') return this.#text(id, value as Bytes | undefined, redactions);
    if (value === undefined) return;
    if (type === 'address') return this.#address(id, value as Bytes, redactions);
    const list = value as readonly Bytes[];
    const hideIn = (element: Bytes): Bytes => hide(element, found(redactions, element));
    this.values.set(id, type === 'list' ? list.map(hideIn) : labels(list, redactions));
  }

  /** A text and the fields that are parts of it. */
  #text(id: number, whole: Bytes | undefined, redactions: readonly Redaction[]): void {
    const alone = whole === undefined ? undefined : only(id, whole);
    const parts = [...PARTS].filter(([, { of }]) => of === id);
    const places = new Map<number, readonly [part: Bytes, start: number]>();
    for (const [part, { start }] of alone ? parts : []) {
      const text = valueOf(alone!, part) as Bytes | undefined;
      if (text !== undefined) places.set(part, [text, start(whole!, text)]);
    }
    const spans = redactions.flatMap(({ field, find }) => {
      if (field.id === id) return whole === undefined ? [] : find(whole);
      const place = places.get(field.id);
      return place ? shifted(find(place[0]), place[1]) : [];
    });
    if (whole !== undefined && spans.length > 0) this.values.set(id, hide(whole, spans));
    for (const [part] of parts) {
      const given = this.event.values.get(part) as Bytes | undefined;
      if (given === undefined) continue;
      const [text, start] = places.get(part) ?? [];
      this.values.set(
        part,
        hide(given, given === text ? within(spans, start!, text.length) : found(redactions, given)),
      );
    }
  }

  /** Arguments and their line. What is hidden of several arguments is `***` in each of them. */
  #commandLine(redactions: readonly Redaction[]): void {
    const args = this.event.values.get(ARGS) as readonly Bytes[] | undefined;
    const line = args?.join(' ');
    const given = this.event.values.get(CMDLINE) as Bytes | undefined;
    const spans: Span[] = [];
    const starts: number[] = [];
    let at = 0;
    for (const arg of args ?? []) {
      for (const { field, find } of redactions) if (field.id === ARGS) spans.push(...shifted(find(arg), at));
      starts.push(at);
      at += arg.length + 1;
    }
    if (line !== undefined)
      for (const { field, find } of redactions) if (field.id === CMDLINE) spans.push(...find(line));
    if (args) {
      this.values.set(
        ARGS,
        args.map((arg, i) => hide(arg, within(spans, starts[i], arg.length))),
      );
    }
    if (given !== undefined) this.values.set(CMDLINE, hide(given, given === line ? spans : found(redactions, given)));
  }

  /** What is left of an address is none, so its text stands for it. */
  #address(id: number, value: Bytes, redactions: readonly Redaction[]): void {
    const text = formatAddress(value);
    const spans = found(redactions, text);
    if (spans.length === 0) return;
    this.values.delete(id);
    this.hidden.set(id, hide(text, spans));
  }
}

/** @returns what hides all that any of them finds */
export function redactor(redactions: readonly Redaction[]): Redact {
  const fields = new Map<number, Redaction[]>();
  for (const redaction of redactions) {
    const whole = wholeOf(redaction.field.id);
    fields.set(whole, [...(fields.get(whole) ?? []), redaction]);
  }
  return (event) => {
    const redacted = new Redacted(event);
    for (const [id, ofField] of fields) redacted.field(id, ofField);
    const { values, hidden } = redacted;
    return { ...event, values, hidden };
  };
}
