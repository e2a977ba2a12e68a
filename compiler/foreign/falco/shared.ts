/** The library of a rule set: lists and macros that conditions refer to, each form of one under a name of its own. */
import type { Span } from '../../diagnostics/diagnostic.ts';
import { isName } from '../../expression/token.ts';
import { written, type Condition } from '../condition.ts';
import type { Lowered } from '../system.ts';
import { lowered } from '../tree.ts';
import { textOf, type SharedMacros } from './lower.ts';
import type { RuleSet } from './ruleset.ts';

interface Form<T> {
  readonly value: T;
  readonly span: Span;
}

export class Library implements SharedMacros {
  readonly #rules: RuleSet;
  readonly #prefix: string;
  readonly #lists = new Forms<readonly (string | bigint)[]>();
  readonly #macros = new Forms<Condition>();

  /** @param prefix of all names */
  constructor(rules: RuleSet, prefix: string) {
    this.#rules = rules;
    this.#prefix = prefix;
  }

  list(name: string, suffix: string, values: readonly (string | bigint)[]): string {
    const span = this.#rules.lists.get(name)!.span;
    const key = `${typeof values[0]} ${values.join('\0')}`;
    return this.#lists.take(this.#wordOf(name), suffix, key, { value: values, span });
  }

  macro(name: string, suffix: string, condition: Condition): string {
    const span = this.#rules.macros.get(name)!.span;
    return this.#macros.take(this.#wordOf(name), suffix.replaceAll('.', '-'), textOf(condition), {
      value: condition,
      span,
    });
  }

  /**
   * @param conditions of all rules: what they refer to is kept
   * @returns null where nothing is
   */
  document(name: string, span: Span, conditions: readonly string[]): Lowered | null {
    const words = this.#wordsOf(conditions);
    const kept = <T, U>(forms: Forms<T>, of: (form: Form<T>) => U): Record<string, U> | undefined => {
      const entries = forms.entries().filter(([word]) => words.has(word));
      return entries.length === 0 ? undefined : Object.fromEntries(entries.map(([word, form]) => [word, of(form)]));
    };
    const lists = kept(this.#lists, ({ value }) => value);
    const macros = kept(this.#macros, (form) => written(form.value, form.span));
    return lists === undefined && macros === undefined ? null : lowered('Library', span, { name }, { lists, macros });
  }

  /** Names that conditions refer to, through macros. */
  #wordsOf(conditions: readonly string[]): ReadonlySet<string> {
    const words = new Set<string>();
    const left = [...conditions];
    for (let text = left.pop(); text !== undefined; text = left.pop()) {
      for (const [word] of text.replace(STRINGS, '').matchAll(WORDS)) {
        if (words.has(word)) continue;
        words.add(word);
        const macro = this.#macros.get(word);
        if (macro !== undefined) left.push(textOf(macro.value));
      }
    }
    return words;
  }

  #wordOf(name: string): string {
    const word = `${this.#prefix}${name.replace(/[^A-Za-z0-9_-]+/g, '-')}`;
    return isName(word) ? word : `_${word}`;
  }
}

const STRINGS = /r"[^"]*"|"(?:\\.|[^"\\])*"/g;
const WORDS = /[A-Za-z_][A-Za-z0-9_-]*/g;

/** Values under names: the first form of a name has it, others have a suffix. */
class Forms<T> {
  readonly #byName = new Map<string, Form<T> & { readonly key: string }>();

  /** @param key by which equal values are known */
  take(name: string, suffix: string, key: string, form: Form<T>): string {
    const names = [name, ...(suffix === '' ? [] : [`${name}-${suffix}`])];
    for (let n = 0; ; n++) {
      const wanted = names[n] ?? `${names.at(-1)}-${n - names.length + 2}`;
      const taken = this.#byName.get(wanted);
      if (taken === undefined) this.#byName.set(wanted, { ...form, key });
      else if (taken.key !== key) continue;
      return wanted;
    }
  }

  get(name: string): Form<T> | undefined {
    return this.#byName.get(name);
  }

  entries(): readonly (readonly [string, Form<T>])[] {
    return [...this.#byName];
  }
}
