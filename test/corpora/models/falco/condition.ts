/** Falco's conditions as trees (grammar: libsinsp/filter/parser.h). */

export type Expression =
  | { readonly is: 'and' | 'or'; readonly of: readonly Expression[] }
  | { readonly is: 'not'; readonly of: Expression }
  | { readonly is: 'macro'; readonly name: string }
  | { readonly is: 'check'; readonly left: Operand; readonly operator: string; readonly right: Right };

/** A field, with its argument in brackets, or a transformer of operands. */
export type Operand =
  | { readonly field: string; readonly argument: string | null }
  | { readonly transformer: string; readonly operands: readonly (Operand | string)[] };

/** Values as they were written, without quotes; or, after `val(…)` and in transformers, what another field has. */
export type Right = readonly string[] | Operand;

/** The text is not a condition. */
export class ConditionError extends Error {}

const FIELD = /[a-zA-Z]+\w*(?:\.[a-zA-Z]+\w*)+/y;
const TRANSFORMER = /(tolower|toupper|b64|basename|len|join|concat|getopt|val)\(/y;
const OPERATOR =
  /==|=|!=|<=|<|>=|>|(?:(glob|iglob|contains|icontains|bcontains|startswith|bstartswith|endswith|regex)(?=\s))|intersects|in|pmatch|exists/y;
const MODIFIER = /(oneof|anyof|allof)(?=\s*\()/y;
const QUOTED = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/sy;
const BARE = /[^\s(),="']+/y;
const LISTS = new Set(['in', 'intersects', 'pmatch']);

/** @throws ConditionError */
export const parseCondition = (text: string): Expression => {
  const parser = new Parser(text);
  const expression = parser.expression();
  parser.end();
  return expression;
};

class Parser {
  private at = 0;

  constructor(private readonly text: string) {}

  expression(): Expression {
    return this.chain('or', () => this.chain('and', () => this.negation()));
  }

  end(): void {
    if (this.take(/\s*$/y) === undefined) this.fail('`and` or `or`');
  }

  private chain(word: 'and' | 'or', part: () => Expression): Expression {
    const of = [part()];
    while (this.take(word === 'or' ? /or(?=[\s(])/y : /and(?=[\s(])/y) !== undefined) of.push(part());
    return of.length === 1 ? of[0] : { is: word, of };
  }

  private negation(): Expression {
    if (this.take(/not(?=[\s(])/y) !== undefined) return { is: 'not', of: this.negation() };
    if (this.take(/\(/y) === undefined) return this.check();
    const inner = this.expression();
    this.want(/\)/y, '`)`');
    return inner;
  }

  private check(): Expression {
    const left = this.operand();
    if (left === undefined) return { is: 'macro', name: this.want(/[a-zA-Z]+\w*/y, 'a check or a macro') };
    const operator = this.want(OPERATOR, 'an operator');
    if (operator === 'exists') return { is: 'check', left, operator, right: [] };
    const modifier = this.take(MODIFIER);
    const right = LISTS.has(operator) || modifier !== undefined ? this.list() : this.value();
    return { is: 'check', left, operator: modifier === undefined ? operator : `${operator} ${modifier}`, right };
  }

  private operand(): Operand | undefined {
    const transformer = this.take(TRANSFORMER);
    if (transformer !== undefined) {
      const operands = [this.inTransformer()];
      while (this.take(/,/y) !== undefined) operands.push(this.inTransformer());
      this.want(/\)/y, '`)`');
      return { transformer: transformer.slice(0, -1), operands };
    }
    const field = this.take(FIELD);
    if (field === undefined) return undefined;
    const bracket = this.take(/\[(?:"[^"]*"|'[^']*'|[^\s[\]"']+)\]/y);
    return { field, argument: bracket === undefined ? null : bracket.slice(1, -1).replace(/^["']|["']$/g, '') };
  }

  private inTransformer(): Operand | string {
    return this.operand() ?? this.text1();
  }

  private text1(): string {
    const quoted = this.take(QUOTED);
    return quoted === undefined ? this.want(BARE, 'a value') : quoted.slice(1, -1).replace(/\\(.)/gs, '$1');
  }

  private value(): Right {
    const start = this.at;
    if (this.take(TRANSFORMER) !== undefined) {
      this.at = start;
      return this.operand()!;
    }
    return [this.text1()];
  }

  private list(): Right {
    if (this.take(/\(/y) === undefined) return this.value();
    const values: string[] = [];
    if (this.take(/\)/y) !== undefined) return values;
    do values.push(this.text1());
    while (this.take(/,/y) !== undefined);
    this.want(/\)/y, '`)`');
    return values;
  }

  private take(pattern: RegExp): string | undefined {
    const blank = /\s*/y;
    blank.lastIndex = this.at;
    blank.exec(this.text);
    pattern.lastIndex = blank.lastIndex;
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.at = pattern.lastIndex;
    return match[0];
  }

  private want(pattern: RegExp, what: string): string {
    return this.take(pattern) ?? this.fail(what);
  }

  private fail(what: string): never {
    throw new ConditionError(`${what} expected at ${this.at} of \`${this.text}\``);
  }
}
