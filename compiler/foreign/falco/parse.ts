/**
 * The condition grammar of Falco (libs, `userspace/libsinsp/filter/parser.h`), with its lexer's habits: words need no blank
 * after them where a parenthesis follows, a bare value is everything up to a blank, a quote, a comma, `=` or a parenthesis,
 * and a name where a check may stand is a macro.
 */
import type { Check, FieldRef, ListRef, MacroRef, Node, Operand, Right, Transformed, Value } from './ast.ts';
import type { PlacedText } from './text.ts';

export type Parsed = { readonly node: Node } | { readonly error: string; readonly at: number };

/** Calls that may be open at a time. Falco's own limit. */
const MAX_DEPTH = 1000;

const NUMBER_OPERATORS = ['<=', '<', '>=', '>'];
const SIGNS = ['==', '=', '!='];
const STRING_WORDS = [
  'glob',
  'iglob',
  'contains',
  'icontains',
  'bcontains',
  'startswith',
  'bstartswith',
  'endswith',
  'regex',
];
const MODIFIERS = ['oneof', 'anyof', 'allof'] as const;
const LIST_OPERATORS = ['intersects', 'in', 'pmatch'];
const TRANSFORMERS = ['tolower', 'toupper', 'b64', 'basename', 'len', 'join', 'concat', 'getopt'];

/** Every operator that an exception can name. */
export const OPERATORS: readonly string[] = [
  'exists',
  ...NUMBER_OPERATORS,
  ...SIGNS,
  ...STRING_WORDS,
  ...LIST_OPERATORS,
];
/** Whether the operator takes a list in parentheses. */
export const takesList = (op: string): boolean => LIST_OPERATORS.includes(op) || hasModifier(op);
/** `startswith oneof` and the like. */
export const hasModifier = (op: string): boolean => {
  const [word, modifier, ...more] = op.split(/\s+/);
  return (
    more.length === 0 && [...SIGNS, ...STRING_WORDS].includes(word) && MODIFIERS.some((known) => known === modifier)
  );
};

const FIELD = /[a-zA-Z]+[a-zA-Z0-9_]*(?:\.[a-zA-Z]+[a-zA-Z0-9_]*)+/y;
const IDENTIFIER = /[a-zA-Z]+[a-zA-Z0-9_]*/y;
const ARGUMENT = /[^\][()"'\s][^\]["'\s]*/y;
const NUMBER = /0[xX][0-9a-fA-F]+|[+-]?[0-9]+\.?[0-9]*(?:[eE][+-][0-9]+)?/y;
const BARE = /[^()"'\s=,]+/y;
const QUOTED = /"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'/y;
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', ' ': '\\' };

class Unexpected extends Error {}

/** @returns the condition, or what Falco's parser expects instead, and where */
export function parseCondition(text: PlacedText): Parsed {
  return caught(text, (parser) => parser.condition());
}

/**
 * Values as they stand between the parentheses of a list.
 * @returns null where they are none
 */
export function parseValues(text: PlacedText): readonly (Value | ListRef)[] | null {
  const parser = new Parser(text);
  try {
    const values = parser.values();
    return parser.atEnd ? values : null;
  } catch (error) {
    if (error instanceof Unexpected) return null;
    throw error;
  }
}

function caught(text: PlacedText, parse: (parser: Parser) => Node): Parsed {
  const parser = new Parser(text);
  try {
    return { node: parse(parser) };
  } catch (error) {
    if (error instanceof Unexpected) return { error: error.message, at: parser.at };
    throw error;
  }
}

class Parser {
  at = 0;
  readonly #source: PlacedText;
  readonly #text: string;
  #depth = 0;
  #last = '';

  constructor(source: PlacedText) {
    this.#source = source;
    this.#text = source.text;
  }

  get atEnd(): boolean {
    return this.at === this.#text.length;
  }

  condition(): Node {
    if (this.#text.trim() === '') throw new Unexpected('the condition is empty');
    const node = this.#or();
    if (!this.atEnd) throw new Unexpected(`unexpected token after \`${this.#last}\`, expecting \`or\`, \`and\``);
    return node;
  }

  #or(): Node {
    return this.#deeper(() => this.#chain('or', () => this.#and()));
  }

  #and(): Node {
    return this.#deeper(() => this.#chain('and', () => this.#not()));
  }

  #chain(word: 'and' | 'or', part: () => Node): Node {
    const of = [this.#blankThen(part)];
    this.#blank();
    while (this.#take(word)) {
      if (this.#blank()) of.push(part());
      else if (this.#take('(')) of.push(this.#embedded());
      else throw new Unexpected(`expected a blank or \`(\` after \`${word}\``);
      this.#blank();
    }
    return of.length === 1 ? of[0] : { is: word, of };
  }

  #not(): Node {
    return this.#deeper(() => {
      let negated = false;
      this.#blank();
      for (;;) {
        if (this.#take('not(')) {
          const of = this.#embedded();
          return negated ? of : { is: 'not', of };
        }
        if (!this.#matches(/not\s+/y)) break;
        negated = !negated;
      }
      const of = this.#check();
      return negated ? { is: 'not', of } : of;
    });
  }

  #embedded(): Node {
    const node = this.#blankThen(() => this.#or());
    this.#blank();
    if (!this.#take(')')) throw new Unexpected('expected a `)`');
    return node;
  }

  #check(): Node {
    return this.#deeper(() => {
      this.#blank();
      const start = this.at;
      if (this.#take('(')) return this.#embedded();
      const left = this.#field() ?? this.#transformer(TRANSFORMERS);
      if (left !== null) return this.#comparison(left, start);
      const name = this.#matches(IDENTIFIER);
      if (name !== null) return { is: 'macro', name, span: this.#from(start) } satisfies MacroRef;
      throw new Unexpected('expected `(`, a field or the name of a macro');
    });
  }

  #comparison(left: FieldRef | Transformed, start: number): Check {
    this.#blank();
    const check = (op: string, right: Right, modifier: Check['modifier'] = null): Check => ({
      is: 'check',
      left,
      op,
      modifier,
      right,
      span: this.#from(start),
    });
    if (this.#take('exists')) return check('exists', { is: 'nothing' });
    const number = NUMBER_OPERATORS.find((op) => this.#take(op));
    if (number !== undefined) return check(number, this.#numberOrField());
    const sign = SIGNS.find((op) => this.#take(op));
    const string = sign ?? STRING_WORDS.find((word) => this.#word(word));
    if (string !== undefined) {
      const blank = this.#blank() || sign === undefined;
      const modifier = blank ? this.#modifier() : null;
      if (modifier !== null) return check(string, { is: 'values', of: this.#list() }, modifier);
      return check(string, this.#stringOrField());
    }
    const list = LIST_OPERATORS.find((op) => this.#take(op));
    if (list !== undefined) {
      this.#blank();
      return check(list, this.#valueOfField() ?? { is: 'values', of: this.#list() });
    }
    throw new Unexpected(`expected an operator: one of ${OPERATORS.join(', ')}`);
  }

  /** A modifier, where a list follows: elsewhere the word is a value. */
  #modifier(): Check['modifier'] {
    const before = [this.at, this.#last] as const;
    const modifier = MODIFIERS.find((word) => this.#word(word)) ?? null;
    const follows = /\(|(?!(?:and|or|not)(?![a-zA-Z0-9]))[a-zA-Z]/y;
    follows.lastIndex = this.at;
    if (modifier !== null && follows.test(this.#text)) return modifier;
    [this.at, this.#last] = before;
    return null;
  }

  #numberOrField(): Right {
    this.#blank();
    const field = this.#valueOfField();
    if (field !== null) return field;
    const start = this.at;
    const text = this.#matches(NUMBER);
    if (text === null) throw new Unexpected('expected a number');
    return { is: 'values', of: [{ is: 'value', text, quoted: false, span: this.#from(start) }] };
  }

  #stringOrField(): Right {
    this.#blank();
    return this.#valueOfField() ?? { is: 'values', of: [this.#value()] };
  }

  /** `val(field)` or a function of a field, on the right of an operator. */
  #valueOfField(): Transformed | null {
    return this.#transformer(['val', ...TRANSFORMERS]);
  }

  #list(): readonly (Value | ListRef)[] {
    this.#blank();
    const start = this.at;
    if (this.#take('(')) {
      this.#blank();
      if (this.#take(')')) return [];
      const values = this.values();
      if (!this.#take(')')) throw new Unexpected('expected a `)`');
      return values;
    }
    const name = this.#matches(IDENTIFIER);
    if (name === null) throw new Unexpected('expected a list in parentheses');
    return [{ is: 'value', text: name, quoted: false, span: this.#from(start) }];
  }

  values(): readonly Value[] {
    const values = [this.#blankThen(() => this.#value())];
    this.#blank();
    while (this.#take(',')) {
      this.#blank();
      if (this.#text[this.at] === ')') break;
      values.push(this.#value());
      this.#blank();
    }
    return values;
  }

  #value(): Value {
    const start = this.at;
    const quoted = this.#quoted();
    if (quoted !== null) return { is: 'value', text: quoted, quoted: true, span: this.#from(start) };
    const text = this.#matches(BARE);
    if (text === null) throw new Unexpected('expected a value');
    return { is: 'value', text, quoted: false, span: this.#from(start) };
  }

  #quoted(): string | null {
    const text = this.#matches(QUOTED);
    return text === null ? null : this.#unescaped(text.slice(1, -1));
  }

  #unescaped(text: string): string {
    return text.replace(/\\(?:x([0-9a-fA-F]{2})|([^]))/g, (all, hex: string | undefined, one: string) => {
      if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
      if (one in ESCAPES) return ESCAPES[one];
      if ('\\/"\''.includes(one)) return one;
      throw new Unexpected(`unknown escape \`${all}\``);
    });
  }

  #field(): FieldRef | null {
    const start = this.at;
    const name = this.#matches(FIELD);
    if (name === null) return null;
    const arg = this.#argument();
    return { is: 'field', name, ...(arg === null ? {} : { arg }), span: this.#from(start) };
  }

  #argument(): string | null {
    if (!this.#take('[')) return null;
    const arg = this.#quoted() ?? this.#matches(ARGUMENT);
    if (arg === null || !this.#take(']')) throw new Unexpected('expected an argument and a `]`');
    return arg;
  }

  #transformer(known: readonly string[]): Transformed | null {
    const start = this.at;
    const by = known.find((name) => this.#take(`${name}(`));
    if (by === undefined) return null;
    return this.#deeper(() => {
      const of = this.#operands();
      this.#argument();
      return { is: 'transformed', by, of, span: this.#from(start) };
    });
  }

  /** Up to the closing parenthesis. */
  #operands(): readonly Operand[] {
    const of: Operand[] = [];
    do {
      this.#blank();
      if (of.length === 0 && this.#take(')')) return of;
      of.push(this.#operand());
      this.#blank();
    } while (this.#take(','));
    if (!this.#take(')')) throw new Unexpected('expected a `)` that closes the function');
    return of;
  }

  #operand(): Operand {
    const start = this.at;
    const number = this.#matches(NUMBER);
    if (number !== null) return { is: 'value', text: number, quoted: false, span: this.#from(start) };
    const quoted = this.#quoted();
    if (quoted !== null) return { is: 'value', text: quoted, quoted: true, span: this.#from(start) };
    if (this.#take('(')) return { is: 'operands', of: this.#deeper(() => this.#operands()), span: this.#from(start) };
    const field = this.#transformer(TRANSFORMERS) ?? this.#field();
    if (field === null) throw new Unexpected('expected a field, a function, a text in quotes or a number');
    return field;
  }

  #deeper<T>(parse: () => T): T {
    if (++this.#depth >= MAX_DEPTH) throw new Unexpected(`the condition is nested more than ${MAX_DEPTH} deep`);
    const result = parse();
    this.#depth--;
    return result;
  }

  #blankThen<T>(parse: () => T): T {
    this.#blank();
    return parse();
  }

  #blank(): boolean {
    const start = this.at;
    while (/\s/.test(this.#text[this.at] ?? '')) this.at++;
    return this.at > start;
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.at)) return false;
    this.at += text.length;
    this.#last = text;
    return true;
  }

  /** A word that needs a blank after it. */
  #word(word: string): boolean {
    if (!this.#text.startsWith(word, this.at) || !/\s/.test(this.#text[this.at + word.length] ?? '')) return false;
    this.at += word.length;
    this.#last = word;
    return this.#blank();
  }

  #matches(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.at += found[0].length;
    this.#last = found[0].trim();
    return found[0];
  }

  #from(start: number): Value['span'] {
    return this.#source.place(start, this.at);
  }
}
