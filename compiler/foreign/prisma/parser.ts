/**
 * Expressions of custom rules to trees. Their documents give the productions without precedence; here, as in most
 * languages, `not` binds stronger than `and`, and `and` stronger than `or`.
 */
import type { Comparison, Literal, Range, Term, TextOperator, Tree } from './syntax.ts';
import { tokensOf, type Token } from './tokens.ts';

/** Parentheses and `not` inside one another: their expressions have a handful. */
const DEPTH = 64;
const COMPARISONS: readonly string[] = ['=', '!=', '<', '<=', '>', '>='];
const TURNED: Readonly<Record<string, Comparison>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

export interface Fault extends Range {
  readonly message: string;
  readonly help: string | null;
}

class Unreadable extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** @returns the tree, or the first fault */
export function parseScript(script: string): Tree | { readonly fault: Fault } {
  try {
    return new Parser(tokensOf(script)).whole();
  } catch (error) {
    if (error instanceof Unreadable) return { fault: error.fault };
    throw error;
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Tree {
    const tree = this.#chain('or');
    if (this.#token.is !== 'end')
      this.#fail('the expression goes on where it should end', 'join tests by `and` or `or`');
    return tree;
  }

  get #token(): Token {
    return this.#tokens[this.#at];
  }

  #take(value: string): boolean {
    const { is, value: found } = this.#token;
    const taken = (is === 'word' || is === 'sign') && found === value;
    if (taken) this.#at++;
    return taken;
  }

  #chain(op: 'and' | 'or'): Tree {
    const below = (): Tree => (op === 'or' ? this.#chain('and') : this.#unary());
    const parts = [below()];
    while (this.#take(op)) parts.push(below());
    return parts.length === 1 ? parts[0] : { is: op, parts, start: parts[0].start, end: parts.at(-1)!.end };
  }

  #unary(): Tree {
    const { start } = this.#token;
    if (++this.#depth > DEPTH) this.#fail(`the expression is nested more than ${DEPTH} deep`);
    let tree: Tree;
    if (this.#take('not')) {
      const of = this.#unary();
      tree = { is: 'not', of, start, end: of.end };
    } else if (this.#take('(')) {
      tree = this.#chain('or');
      this.#close();
    } else tree = this.#test();
    this.#depth--;
    return tree;
  }

  #test(): Tree {
    const left = this.#term();
    const { start } = left;
    const negated = this.#take('not');
    const tree = this.#tested(left);
    if (tree !== null) return negated ? { is: 'not', of: tree, start, end: tree.end } : tree;
    if (negated || left.is !== 'name') this.#fail(`expected an operator, not ${shown(this.#token)}`, OPERATORS);
    return { is: 'flag', left, start, end: left.end };
  }

  #tested(left: Term): Tree | null {
    const { value } = this.#token;
    const { start } = left;
    if (this.#take('in')) {
      const set = this.#set();
      return { is: 'in', left, set, start, end: this.#tokens[this.#at - 1].end };
    }
    if (!COMPARISONS.includes(value as string) && value !== 'startswith' && value !== 'contains') return null;
    if (this.#token.is !== 'sign' && this.#token.is !== 'word') return null;
    this.#at++;
    const right = this.#term();
    const op = value as Comparison | TextOperator;
    // `"netcat" = proc.name` asks what `proc.name = "netcat"` asks.
    if (left.is !== 'name' && right.is === 'name' && op in TURNED) {
      return { is: 'compare', op: TURNED[op], left: right, right: left, start, end: right.end };
    }
    return { is: 'compare', op, left, right, start, end: right.end };
  }

  #term(): Term {
    const token = this.#token;
    if (token.is !== 'text' && token.is !== 'integer' && token.is !== 'name') {
      const unclosed = token.is === 'broken' && /^["“”]/.test(token.value);
      if (unclosed) this.#fail('the text has no end on its line', 'close it with `"`');
      const quote = token.is === 'broken' && token.value.startsWith("'");
      this.#fail(`expected an attribute or a value, not ${shown(token)}`, quote ? QUOTES : null);
    }
    this.#at++;
    return token;
  }

  #set(): readonly Literal[] {
    if (!this.#take('(')) this.#fail(`expected \`(\` behind \`in\`, not ${shown(this.#token)}`);
    const set: Literal[] = [];
    do {
      const member = this.#term();
      if (member.is === 'name') {
        this.#at--;
        this.#fail('a set holds texts and integers', QUOTES);
      }
      set.push(member);
    } while (this.#take(','));
    this.#close();
    return set;
  }

  #close(): void {
    if (!this.#take(')')) this.#fail(`expected \`)\`, not ${shown(this.#token)}`);
  }

  #fail(message: string, help: string | null = null): never {
    const { is, value, start, end } = this.#token;
    const word = (is === 'name' || is === 'broken') && /^(and|or|not|in|startswith|contains)$/i.test(value);
    throw new Unreadable({ message, help: word ? `write \`${value.toLowerCase()}\`` : help, start, end });
  }
}

const OPERATORS = 'operators are `=`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `startswith` and `contains`';
const QUOTES = 'texts stand in double quotes';

function shown({ is, value }: Token): string {
  if (is === 'end') return 'the end of the expression';
  const text = is === 'text' ? `"${value}"` : String(value);
  return `\`${text.length > 40 ? `${text.slice(0, 39)}…` : text}\``;
}
