/** Values of Falco's items, in whatever type YAML gives them; what is wrong is said in Falco's words. */
import { diagnose, nearest } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import { describe, type Located, type LocatedMap, type LocatedScalar } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import { get, isScalar } from '../read.ts';
import type { Entry } from './ruleset.ts';
import { whole, type PlacedText } from './text.ts';

export const INVALID = 'Falco refuses it with LOAD_ERR_YAML_VALIDATE';

export class NodeReader {
  protected readonly report: Report;

  constructor(report: Report) {
    this.report = report;
  }

  /** A text that must be there, in whatever type YAML gives it. */
  protected text(item: LocatedMap, key: string): PlacedText | null {
    const entry = item.entries.find((other) => other.key.text === key);
    if (entry === undefined) {
      this.report(diagnose('L5005', `item has no mapping for key \`${key}\``, headOf(item), INVALID));
      return null;
    }
    const { value } = entry;
    if (!isScalar(value)) {
      this.wrong(`\`${key}\` is a text, found ${describe(value)}`, headOf(value), 'write a text');
      return null;
    }
    if (value.broken) return null;
    if (value.value === null || value.text === '') {
      this.wrong(`mapping for key \`${key}\` is empty`, entry.key.span, 'give it a value');
      return null;
    }
    return placed(value);
  }

  protected optional(item: LocatedMap, key: string): PlacedText | null {
    const value = get(item, key);
    if (value === undefined || (isScalar(value) && (value.value === null || value.text === ''))) return null;
    return this.text(item, key);
  }

  protected texts(item: LocatedMap, key: string, needed: boolean): readonly PlacedText[] | null {
    const value = get(item, key);
    if (value === undefined) {
      if (needed) this.text(item, key);
      return null;
    }
    if (value.is !== 'list') {
      this.wrong(`\`${key}\` is a list, found ${describe(value)}`, headOf(value), 'write a list');
      return null;
    }
    return value.items.flatMap((one) => {
      if (isScalar(one)) return one.broken ? [] : [placed(one)];
      this.wrong(`\`${key}\` has texts, found ${describe(one)}`, headOf(one), 'write texts');
      return [];
    });
  }

  protected boolean(text: PlacedText): boolean | undefined {
    if (/^(y|yes|true|on)$/i.test(text.text)) return true;
    if (/^(n|no|false|off)$/i.test(text.text)) return false;
    this.wrong(
      `\`${text.text}\` is neither \`true\` nor \`false\``,
      text.place(0, text.text.length),
      'write `true` or `false`',
    );
    return undefined;
  }

  protected unknownKeys(item: LocatedMap, known: readonly string[]): void {
    for (const { key } of item.entries) {
      if (known.includes(key.text)) continue;
      const near = nearest(key.text, known);
      const help = near === null ? 'Falco ignores it with LOAD_UNKNOWN_KEY' : `did you mean \`${near}\`?`;
      this.report(diagnose('L5002', `unknown key \`${key.text}\``, key.span, help));
    }
  }

  protected wrong(message: string, span: Span, help: string): void {
    this.report(diagnose('L5004', message, span, `${help}; ${INVALID}`));
  }
}

const placed = (scalar: LocatedScalar): PlacedText =>
  typeof scalar.value === 'string' ? { text: scalar.text, place: scalar.place } : whole(scalar.text, scalar.span);

/** Null where there is nothing. */
export function entryOf(node: Located | undefined): Entry | null {
  if (node === undefined || node.is === 'map') return null;
  if (node.is === 'list') return entriesOf(node.items);
  return node.value === null ? null : placed(node);
}

export const entriesOf = (nodes: readonly Located[]): readonly Entry[] =>
  nodes.map(entryOf).filter((entry): entry is Entry => entry !== null);
