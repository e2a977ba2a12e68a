/**
 * Recursive descent over the grammar of expressions. Chains of `and` and `or` are loops, so only parentheses and `not`
 * nest, and these to a limit. After an error it goes on behind the test that is wrong.
 */
import type { Staged } from '../diagnostics/diagnostic.ts';
import { LIMITS } from '../../vm/spec/limits.ts';
import type {
  Comparison,
  ExprNode,
  FieldNode,
  HasOperator,
  IntegerNode,
  MembersNode,
  OperandNode,
  SetNode,
  StringNode,
  StringOperator,
  TestNode,
} from './ast.ts';
import { meantOperator, nearestOperator } from './habits.ts';
import { Abandoned, describe, TokenStream, Unreadable, type Place } from './stream.ts';
import { isHasOperator, isStringOperator, type Token } from './token.ts';

const COMPARISONS: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=']);

/**
 * Reads one expression.
 * @param text the expression, decoded from its document
 * @param place maps offsets of `text` to a span of the source; called for every node, so it should be quick
 * @returns the tree, with nodes of kind `error` where a part could not be read, and at least one where there is any
 *   diagnostic; null where there is nothing to keep
 */
export function parseExpression(text: string, place: Place): Staged<ExprNode | null> {
  const parser = new Parser(text, place);
  return { value: parser.parse(), diagnostics: parser.diagnostics };
}

class Parser extends TokenStream {
  /** A parenthesis without end was reported: those around it are not. */
  #unclosed = false;

  parse(): ExprNode | null {
    try {
      if (this.token.type === 'end') {
        this.report('L2015', 'the expression is empty', 0, 0, 'write `true` for always');
        return null;
      }
      const whole = this.#whole();
      // What was taken for something else is still looked at, but never becomes a rule.
      if (this.diagnostics.length === 0) return whole;
      return { kind: 'and', args: [whole, { kind: 'error', span: whole.span }], span: whole.span };
    } catch (error) {
      if (error instanceof Abandoned) return null;
      throw error;
    }
  }

  /** An expression, and what stands behind it by mistake. */
  #whole(): ExprNode {
    const start = this.token.start;
    const parts = [this.#or(0)];
    for (let token = this.token; token.type !== 'end'; token = this.token) {
      if (this.is(')')) {
        this.report('L2011', 'a `)` without its `(`', token.start, token.end);
        this.advance();
        this.open++;
      } else if (!this.isWord('and') && !this.isWord('or') && !this.#startsTest()) {
        this.report('L2006', `expected \`and\`, \`or\` or the end, not ${describe(token)}`, token.start, token.end);
        this.advance();
      } else {
        if (!this.#startsTest() || this.isWord('and') || this.isWord('or')) this.advance();
        parts.push(this.#or(0));
      }
    }
    return parts.length === 1 ? parts[0] : { kind: 'error', span: this.span(start) };
  }

  #or(depth: number): ExprNode {
    const start = this.token.start;
    const args = [this.#and(depth)];
    while (this.takeWord('or')) args.push(this.#and(depth));
    return args.length === 1 ? args[0] : { kind: 'or', args, span: this.span(start) };
  }

  #and(depth: number): ExprNode {
    const start = this.token.start;
    const args = [this.#not(depth)];
    for (;;) {
      if (!this.takeWord('and')) {
        if (!this.#startsTest()) break;
        const { start, end } = this.token;
        this.report(
          'L2010',
          'expected `and` or `or` before this test',
          start,
          end,
          'write `and` or `or` between tests',
        );
      }
      args.push(this.#not(depth));
    }
    return args.length === 1 ? args[0] : { kind: 'and', args, span: this.span(start) };
  }

  #not(depth: number): ExprNode {
    const starts: number[] = [];
    while (this.isWord('not')) {
      starts.push(this.token.start);
      this.advance();
    }
    const limit = LIMITS.exprDepth.value;
    if (depth + starts.length > limit) {
      this.report('L2007', `more than ${limit} \`not\` and parentheses inside each other`, starts[0], this.end);
      return this.#recover(starts[0], () => {
        throw new Unreadable();
      });
    }
    let node = this.#recover(this.token.start, () => this.#primary(depth + starts.length));
    for (const start of starts.reverse()) node = { kind: 'not', arg: node, span: this.span(start) };
    return node;
  }

  /** What `read` reads, or, where it cannot, an error node up to the next test on this level of parentheses. */
  #recover(start: number, read: () => ExprNode): ExprNode {
    const open = this.open;
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      while (this.token.type !== 'end') {
        if (this.open <= open && (this.is(')') || this.isWord('and') || this.isWord('or'))) break;
        this.advance();
      }
      return { kind: 'error', span: this.span(start) };
    }
  }

  #primary(depth: number): ExprNode {
    if (this.is('(')) return this.#parentheses(depth);
    this.count();
    const token = this.token;
    if (token.type === 'keyword' && token.text === 'exists') return this.#exists();
    if (token.type === 'keyword' && token.text === 'any') return this.#any();
    if (token.type === 'name') return this.#name(token.text);
    if (!this.#startsTest()) {
      this.fail(
        `expected a test, not ${describe(token)}`,
        token.type === 'keyword' && token.text !== 'and' && token.text !== 'or'
          ? `operators stand between their operands: \`field ${token.text} …\``
          : undefined,
      );
    }
    const left = this.#operand();
    const test = this.#test();
    return { kind: 'test', left, test, span: this.span(token.start) };
  }

  #parentheses(depth: number): ExprNode {
    const { start, end } = this.token;
    const limit = LIMITS.exprDepth.value;
    if (depth + 1 > limit) {
      this.report('L2007', `more than ${limit} parentheses inside each other`, start, end);
      throw new Unreadable();
    }
    this.advance();
    const node = this.#or(depth + 1);
    if (this.is(')')) this.advance();
    else {
      if (this.token.type === 'end' && this.#unclosed) throw new Unreadable();
      this.#unclosed = true;
      this.report('L2011', `the \`(\` is not closed before ${describe(this.token)}`, start, end);
      throw new Unreadable();
    }
    if (this.#startsOperator()) {
      this.fail('an operator behind `)`: operands stand without parentheses');
    }
    return node;
  }

  #name(name: string): ExprNode {
    const { start, end } = this.token;
    this.advance();
    if (this.is('(')) {
      this.failAt(
        start,
        end,
        `\`${name}\` is not a function`,
        'the functions are `exists(field)` and `any(list, test)`',
      );
    }
    if (this.#startsOperator() && !this.isWord('not')) {
      this.failAt(
        start,
        end,
        `\`${name}\` is not a field`,
        `fields have a group: \`proc.${name}\`; strings stand in double quotes`,
      );
    }
    return { kind: 'name', name, span: this.span(start, end) };
  }

  #exists(): ExprNode {
    const { start } = this.token;
    this.advance();
    this.expect('(', 'write `exists(field)`');
    const field = this.#field();
    if (field.mask) this.fail('`exists` asks for a field, without a mask');
    this.expect(')');
    return { kind: 'exists', field, span: this.span(start) };
  }

  #any(): ExprNode {
    const { start } = this.token;
    this.advance();
    this.expect('(', 'write `any(list, test)`: any(proc.args, startswith "-")');
    const field = this.#field();
    this.expect(',', 'write `any(list, test)`: any(proc.args, startswith "-")');
    const test = this.#test();
    if (!test)
      this.fail(
        `expected a test of one element, not ${describe(this.token)}`,
        'for example `= "x"` or `startswith "-"`',
      );
    if (test.kind === 'has') this.fail('an element is a string: `has` does not apply to it', 'write `= "…"`');
    this.expect(')', 'an `any` takes one test: link several `any(…)` with `and` or `or`');
    return { kind: 'any', field, test, span: this.span(start) };
  }

  /** What stands behind an operand, if it is a test. */
  #test(): TestNode | null {
    const token = this.token;
    if (token.type === 'sign' && COMPARISONS.has(token.text)) {
      this.advance();
      const right = this.#operand();
      if (this.token.type === 'sign' && COMPARISONS.has(this.token.text)) {
        this.fail('comparisons cannot be chained', 'write `a < b and b < c`');
      }
      return { kind: 'compare', cmp: token.text as Comparison, right, span: this.span(token.start) };
    }
    if (this.isWord('exists') && !(this.peek().type === 'sign' && (this.peek() as { text: string }).text === '(')) {
      this.fail('`exists` stands before its field', 'write `exists(field)`');
    }
    const negated = this.takeWord('not');
    const operator = this.token;
    if (operator.type === 'name') this.#correct(operator.text, operator.start, operator.end, negated);
    if (operator.type !== 'keyword' || !this.#startsOperator()) {
      if (negated)
        this.fail(
          `expected an operator behind \`not\`, not ${describe(operator)}`,
          'for example `not in`, `not startswith`',
        );
      return null;
    }
    this.advance();
    const { text } = operator;
    if (text === 'in') {
      const right = this.#set();
      return { kind: 'in', negated, right, span: this.span(token.start) };
    }
    const right = this.#operandOrSet();
    const span = this.span(token.start);
    if (isHasOperator(text)) return { kind: 'has', op: text as HasOperator, negated, right, span };
    const fold = text.startsWith('i');
    return { kind: 'string', op: (fold ? text.slice(1) : text) as StringOperator, fold, negated, right, span };
  }

  /** A bare word in the place of an operator: of another language, or mistyped. */
  #correct(word: string, start: number, end: number, negated: boolean): void {
    const meant = meantOperator(word);
    const takesOperand = ['string', 'integer', 'parameter'].includes(this.peek().type);
    if (meant === null && !takesOperand && !negated) return;
    const write = meant ?? nearestOperator(word);
    this.report(
      'L2009',
      `\`${word}\` is not an operator`,
      start,
      end,
      write === null ? undefined : `write \`${write}\``,
    );
    throw new Unreadable();
  }

  #operandOrSet(): OperandNode | SetNode {
    return this.is('(') || this.token.type === 'name' ? this.#set() : this.#operand();
  }

  #set(): SetNode {
    const token = this.token;
    if (token.type === 'name') {
      this.advance();
      return { kind: 'list', name: token.text, span: this.span(token.start) };
    }
    if (token.type === 'parameter') return this.#operand() as SetNode;
    if (!this.is('(')) {
      const help =
        token.type === 'string' ? 'a set stands in parentheses: `("a", "b")`; for one value write `=`' : undefined;
      this.fail(`expected a set, not ${describe(token)}`, help ?? 'a set is `("a", "b")`, a list or a parameter');
    }
    this.advance();
    const members: OperandNode[] = [];
    do {
      this.count();
      members.push(this.#operand());
    } while (this.takeSign(','));
    this.expect(')', 'the members of a set stand between commas');
    return { kind: 'members', members, span: this.span(token.start) } satisfies MembersNode;
  }

  #operand(): OperandNode {
    const token = this.token;
    const { start } = token;
    if (token.type === 'field') return this.#field();
    if (token.type === 'string') return this.#string(token);
    if (token.type === 'integer') return this.#integer(token);
    if (token.type === 'parameter') {
      this.advance();
      return { kind: 'parameter', name: token.text, span: this.span(start) };
    }
    if (token.type === 'keyword' && (token.text === 'true' || token.text === 'false')) {
      this.advance();
      return { kind: 'boolean', value: token.text === 'true', span: this.span(start) };
    }
    const help = token.type === 'name' ? `strings stand in double quotes: "${token.text}"` : undefined;
    return this.fail(`expected a field or a value, not ${describe(token)}`, help);
  }

  #field(): FieldNode {
    const token = this.token;
    if (token.type !== 'field')
      this.fail(`expected a field, not ${describe(token)}`, 'fields have a group: `proc.name`');
    this.advance();
    let index: FieldNode['index'] = null;
    if (this.takeSign('[')) {
      const at = this.token;
      if (at.type === 'integer') index = this.#integer(at);
      else if (at.type === 'string') index = this.#string(at);
      else this.fail(`expected an integer or a string as index, not ${describe(at)}`);
      this.expect(']');
    }
    let mask: FieldNode['mask'] = null;
    if (this.takeSign('&')) {
      const bits = this.token;
      if (bits.type !== 'integer')
        this.fail(`expected an integer behind \`&\`, not ${describe(bits)}`, 'for "and" write `and`');
      mask = this.#integer(bits);
    }
    return { kind: 'field', name: token.text, index, mask, span: this.span(token.start) };
  }

  #string(token: Token & { type: 'string' }): StringNode {
    this.advance();
    return { kind: 'text', value: token.value, raw: token.raw, span: this.span(token.start) };
  }

  #integer(token: Token & { type: 'integer' }): IntegerNode {
    this.advance();
    return { kind: 'integer', value: token.value, base: token.base, span: this.span(token.start) };
  }

  #startsTest(): boolean {
    const { type } = this.token;
    if (type === 'keyword') return ['not', 'exists', 'any', 'true', 'false'].includes(this.token.text);
    return (
      type === 'field' ||
      type === 'name' ||
      type === 'string' ||
      type === 'integer' ||
      type === 'parameter' ||
      this.is('(')
    );
  }

  #startsOperator(): boolean {
    const token = this.token;
    if (token.type === 'sign') return COMPARISONS.has(token.text);
    if (token.type !== 'keyword') return false;
    if (token.text === 'not') {
      const after = this.peek();
      return after.type === 'keyword' && isOperator(after.text);
    }
    return isOperator(token.text);
  }
}

const isOperator = (keyword: string): boolean =>
  keyword === 'in' || isStringOperator(keyword) || isHasOperator(keyword);
