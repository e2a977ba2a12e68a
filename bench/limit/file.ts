/** Rules and events of exact programs and files, as the file that `limit.c` reads. */
import type { Expr, NormalForm } from '../../vm/bundle/normal.ts';
import { ACTIONS, type Action } from '../../vm/spec/verdict.ts';
import { ref } from '../families/build.ts';
import type { Asked } from '../families/index.ts';

export const PROGRAM = ref('proc.path').field;
export const FILE = ref('file.path').field;
/** Length of a string that a rule does not ask for. */
const FREE = 0xffff;
const HEAD = 8;

const padded = (length: number): number => (length + 7) & ~7;

/** The exact text that a condition asks of a field. */
const exact = (when: Expr, field: number): string | undefined => {
  if (when.op === 'and') return when.args.map((arg) => exact(arg, field)).find((found) => found !== undefined);
  if (when.op !== 'compare' || when.left.is !== 'field' || when.right.is !== 'string') return undefined;
  return when.left.field === field ? when.right.value : undefined;
};

class Writer {
  private bytes = Buffer.alloc(1 << 20);
  private at = HEAD;

  /** Two strings, each padded, and the action of a rule. */
  pair(program: string | undefined, file: string | undefined, action: Action = 'allow'): void {
    const [a, b] = [program ?? '', file ?? ''];
    const size = HEAD + padded(a.length) + padded(b.length);
    if (this.at + size > this.bytes.length) this.bytes = Buffer.concat([this.bytes, Buffer.alloc(this.bytes.length)]);
    this.bytes.writeUInt16LE(program === undefined ? FREE : a.length, this.at);
    this.bytes.writeUInt16LE(file === undefined ? FREE : b.length, this.at + 2);
    this.bytes.writeUInt32LE(ACTIONS.indexOf(action), this.at + 4);
    this.bytes.write(a, this.at + HEAD, 'latin1');
    this.bytes.write(b, this.at + HEAD + padded(a.length), 'latin1');
    this.at += size;
  }

  finish(rules: number, events: number): Uint8Array {
    this.bytes.writeUInt32LE(rules, 0);
    this.bytes.writeUInt32LE(events, 4);
    return this.bytes.subarray(0, this.at);
  }
}

/**
 * @param normal one policy whose rules ask for an exact program, an exact file, or both
 * @param asked events that have both
 */
export const limitFile = (normal: NormalForm, asked: readonly Asked[]): Uint8Array => {
  const writer = new Writer();
  const rules = normal.policies.flatMap((policy) => policy.rules);
  for (const { when, action } of rules) writer.pair(exact(when, PROGRAM), exact(when, FILE), action);
  for (const { event } of asked) writer.pair(event.values.get(PROGRAM) as string, event.values.get(FILE) as string);
  return writer.finish(rules.length, asked.length);
};
