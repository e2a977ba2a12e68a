/** Names of one sort: each is taken once, and a wrong one is answered with the nearest. */
import { diagnose, nearest, type DiagnosticCode } from '../diagnostics/index.ts';
import type { Report } from '../schema/read.ts';
import type { Text } from '../schema/shape.ts';

export class Names<T> {
  readonly #sort: string;
  readonly #taken = new Map<string, { readonly name: Text; readonly value: T }>();

  /** @param sort what is named, for messages: `policy` */
  constructor(sort: string) {
    this.#sort = sort;
  }

  /** Takes a name; one that is taken already is reported, and the first stays. @returns whether it was free */
  add(name: Text, value: T, report: Report): boolean {
    if (name.missing) return true;
    const first = this.#taken.get(name.value);
    if (first === undefined) {
      this.#taken.set(name.value, { name, value });
      return true;
    }
    const related = [{ message: 'the first one', span: first.name.span }];
    report(
      diagnose('L1201', `there is a ${this.#sort} \`${name.value}\` already`, name.span, 'rename one of them', related),
    );
    return false;
  }

  get(name: string): T | undefined {
    return this.#taken.get(name)?.value;
  }

  /** The value of a name, or undefined and a finding with this code. `silent` where names may be missing for another reason. */
  find(name: Text, code: DiagnosticCode, silent: boolean, report: Report, context = ''): T | undefined {
    const found = this.#taken.get(name.value);
    if (found !== undefined || name.missing || silent) return found?.value;
    const near = nearest(name.value, this.#taken.keys());
    report(
      diagnose(
        code,
        `there is no ${this.#sort} \`${name.value}\`${context}`,
        name.span,
        near === null ? null : `did you mean \`${near}\`?`,
      ),
    );
    return undefined;
  }

  names(): Iterable<string> {
    return this.#taken.keys();
  }

  *[Symbol.iterator](): Iterator<readonly [Text, T]> {
    for (const { name, value } of this.#taken.values()) yield [name, value];
  }
}
