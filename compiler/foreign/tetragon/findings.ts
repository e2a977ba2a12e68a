/** What is said of a policy of Tetragon, in one form: where, what, and what to do. */
import type { Span } from '../../diagnostics/diagnostic.ts';
import { diagnose, nearest, type DiagnosticCode } from '../../diagnostics/index.ts';
import { describe, type Located, type LocatedScalar } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import { itemsOf } from '../read.ts';

export class Findings {
  readonly #said = new Set<string>();

  /**
   * @param report takes what is found
   * @param skips whether what cannot be decided is left out with a warning, instead of an error
   */
  constructor(
    readonly report: Report,
    readonly skips: boolean,
  ) {}

  /** A filter is read for each question that its hook is: what is found is said once. */
  #say(code: DiagnosticCode, message: string, span: Span, help: string | null = null): void {
    const key = `${code} ${span.source} ${span.start} ${message}`;
    if (!this.#said.has(key)) this.report(diagnose(code, message, span, help));
    this.#said.add(key);
  }

  /** What no event of ours can decide: it is refused, or left out where the user asks for that. */
  refuse(span: Span, message: string, help: string | null = null): void {
    if (this.skips) this.#say('L5003', `left out: ${message}`, span, help);
    else this.#say('L5006', message, span, help);
  }

  /** What has no counterpart and changes no decision. */
  dropped(span: Span, message: string, help: string | null = null): void {
    this.#say('L5003', message, span, help);
  }

  /** A selector that counts only where an earlier one does not, of which it is not known where it does. */
  behind(span: Span): void {
    if (this.skips) this.#say('L5003', 'left out: a selector behind one that cannot be decided', span);
  }

  /** A selector that comes too late. */
  never(span: Span): void {
    this.#say('L5602', 'an earlier selector of the hook matches always', span, 'remove one of them, or exchange them');
  }

  /** What is decided by something that is nearly, but not quite the same. */
  differs(span: Span, message: string, help: string): void {
    this.#say('L5601', message, span, help);
  }

  wrong(node: Located, what: string, help: string | null = null): void {
    const message = `\`${what}\` takes other values, found ${describe(node)}`;
    this.#say('L5004', message, headOf(node), help);
  }

  missing(node: Located, key: string): void {
    this.#say('L5005', `the key \`${key}\` is missing`, headOf(node));
  }

  /** Says which keys of a map Tetragon does not know. */
  keys(node: Located, known: readonly string[]): void {
    for (const { key } of node.is === 'map' ? node.entries : []) this.known(key, 'key', known);
  }

  /** Says that Tetragon does not know a name, where it does not. */
  known(name: LocatedScalar, what: 'key' | 'option', known: readonly string[]): void {
    if (known.includes(name.text)) return;
    const near = nearest(name.text, known);
    const help = near === null ? null : `did you mean \`${near}\`?`;
    this.#say('L5002', `Tetragon has no ${what} \`${name.text}\` here`, name.span, help);
  }

  /** The items of a list that may be absent; anything else than a list is wrong. */
  list(node: Located | undefined, key: string): readonly Located[] {
    if (node === undefined || (node.is === 'scalar' && node.value === null)) return [];
    if (node.is !== 'list') this.wrong(node, key, 'it is a list');
    return itemsOf(node);
  }

  /** As `list`, of texts: numbers count as they are written. */
  texts(node: Located | undefined, key: string): readonly LocatedScalar[] {
    return this.list(node, key).filter((item): item is LocatedScalar => {
      const fits = item.is === 'scalar' && item.value !== null;
      if (!fits) this.wrong(item, key, 'each is a text');
      return fits;
    });
  }

  /** One of several words; undefined where it is none, which is said. */
  word<T extends string>(node: Located | undefined, key: string, known: Readonly<Record<string, T>>): T | undefined {
    if (node === undefined) return undefined;
    if (node.is === 'scalar' && Object.hasOwn(known, node.text)) return known[node.text];
    const words = Object.keys(known);
    const near = node.is === 'scalar' ? nearest(node.text, words) : null;
    this.wrong(node, key, near === null ? `it is one of ${words.join(', ')}` : `did you mean \`${near}\`?`);
    return undefined;
  }

  /** A whole number that is not negative, or `fallback`. */
  index(node: Located | undefined, key: string, fallback: number): number {
    if (node === undefined) return fallback;
    const value = node.is === 'scalar' ? Number(node.text) : NaN;
    if (Number.isSafeInteger(value)) return value;
    this.wrong(node, key, 'it is a whole number');
    return fallback;
  }
}
