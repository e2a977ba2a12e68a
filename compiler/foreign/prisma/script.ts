/** The expression of a custom rule as a condition of ours. */
import { diagnose, nearest } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { LocatedScalar } from '../../document/located.ts';
import type { Report } from '../../schema/read.ts';
import { all, not, some, test, type Condition } from '../condition.ts';
import { ATTRIBUTES, attributeOf, type RuntimeType } from './attributes.ts';
import { parseScript } from './parser.ts';
import { namesOf, testsOf, type Name, type Range, type Tree } from './syntax.ts';
import { testOf, type Wrong } from './comparison.ts';

export interface Script {
  /** Null where something is wrong, which is reported. */
  readonly condition: Condition | null;
  /** Attributes with the first place where each stands. */
  readonly attributes: ReadonlyMap<string, Span>;
}

/** The type of rule that an expression is for, where nothing else says it. */
export function typeOfScript(script: string): RuntimeType {
  const tree = parseScript(script);
  const names = 'fault' in tree ? [] : testsOf(tree).flatMap(namesOf);
  if (names.some(({ value }) => value.startsWith('net.'))) return 'network-outgoing';
  return names.some(({ value }) => value.startsWith('file.')) ? 'filesystem' : 'processes';
}

export function readScript(text: LocatedScalar, type: RuntimeType, report: Report): Script {
  const tree = parseScript(text.text);
  if ('fault' in tree) {
    const { message, help, start, end } = tree.fault;
    report(diagnose('L5301', message, text.place(start, end), help));
    return { condition: null, attributes: new Map() };
  }
  const attributes = new Map<string, Span>();
  let sound = true;
  for (const name of testsOf(tree).flatMap(namesOf)) {
    const span = text.place(name.start, name.end);
    sound = judge(name, type, span, report) && sound;
    if (!attributes.has(name.value)) attributes.set(name.value, span);
  }
  const condition = sound ? lower(tree, text, report) : null;
  // The socket of a unix path is no connection there.
  const guarded = condition !== null && type === 'network-outgoing' && holdsWithoutPeer(tree);
  return { condition: guarded ? all([condition, test('net.family != "unix"', text.span)]) : condition, attributes };
}

function judge({ value: name }: Name, type: RuntimeType, span: Span, report: Report): boolean {
  const attribute = attributeOf(name);
  if (attribute === undefined) {
    const near = nearest(name, Object.keys(ATTRIBUTES));
    const help = near === null ? `attributes are ${sequence(Object.keys(ATTRIBUTES))}` : `did you mean \`${near}\`?`;
    report(diagnose('L5302', `unknown attribute \`${name}\``, span, help));
    return false;
  }
  if (!attribute.found.includes(type)) {
    const help = `it is there for rules of type ${sequence(attribute.found)}`;
    report(diagnose('L5303', `rules of type \`${type}\` have no \`${name}\``, span, help));
    return false;
  }
  if (!attribute.documented.includes(type)) {
    const message = `\`${name}\` is not documented for rules of type \`${type}\``;
    report(diagnose('L5304', message, span, 'Lictor has it and tests it'));
  }
  return true;
}

const sequence = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

function lower(tree: Tree, text: LocatedScalar, report: Report): Condition | null {
  const span = text.place(tree.start, tree.end);
  const wrong: Wrong = (code, message, { start, end }, help) => {
    report(diagnose(code, message, text.place(start, end), help));
    return null;
  };
  switch (tree.is) {
    case 'and':
    case 'or': {
      const parts = tree.parts.map((part) => lower(part, text, report));
      const sound = parts.filter((part) => part !== null);
      return sound.length < parts.length ? null : tree.is === 'and' ? all(sound) : some(sound);
    }
    case 'not': {
      const of = lower(tree.of, text, report);
      return of && not(of);
    }
    case 'flag': {
      const { value: name } = tree.left;
      if (attributeOf(name)!.is !== 'flag') return wrong('L5305', `\`${name}\` by itself asks nothing`, tree, OPERATOR);
      return test(attributeOf(name)!.field, span);
    }
    case 'in':
      if (tree.left.is !== 'name') return wrong('L5305', CONSTANT, tree, ATTRIBUTE);
      return asked(tree.left, 'in', tree.set, tree, span, wrong);
    case 'compare': {
      const { left, op, right } = tree;
      if (left.is !== 'name') return wrong('L5305', CONSTANT, tree, ATTRIBUTE);
      return right.is === 'name'
        ? between(left, op, right, tree, span, wrong)
        : asked(left, op, [right], tree, span, wrong);
    }
  }
}

const CONSTANT = 'the test asks nothing of the event';
const ATTRIBUTE = 'an attribute stands on the left side';
const OPERATOR = 'an operator and a value stand behind it';

type Operator = Parameters<typeof testOf>[0]['op'];

function asked(
  left: Name,
  op: Operator,
  values: Parameters<typeof testOf>[0]['values'],
  at: Range,
  span: Span,
  wrong: Wrong,
): Condition | null {
  const attribute = attributeOf(left.value)!;
  return testOf({ attribute, name: left.value, op, values, at, span }, wrong);
}

/** Two attributes of one event. */
function between(left: Name, op: Operator, right: Name, at: Range, span: Span, wrong: Wrong): Condition | null {
  const [one, other] = [left, right].map(({ value }) => attributeOf(value)!);
  if (one.is !== 'text' || other.is !== 'text' || (op !== '=' && op !== '!=')) {
    return wrong(
      'L5305',
      `\`${left.value}\` and \`${right.value}\` cannot be compared so`,
      at,
      'two texts are asked with `=` or `!=`',
    );
  }
  return test(`${one.field} ${op} ${other.field}`, span);
}

/** Whether the expression can hold for a socket that has no address: no test of the peer is true there but `!=`. */
function holdsWithoutPeer(tree: Tree): boolean {
  return valuesOf(tree).has(true);
}

function valuesOf(tree: Tree): ReadonlySet<boolean> {
  switch (tree.is) {
    case 'not':
      return new Set([...valuesOf(tree.of)].map((value) => !value));
    case 'and':
    case 'or': {
      const parts = tree.parts.map(valuesOf);
      const winner = tree.is === 'or';
      const found = new Set<boolean>();
      if (parts.some((part) => part.has(winner))) found.add(winner);
      if (parts.every((part) => part.has(!winner))) found.add(!winner);
      return found;
    }
    default: {
      if (!namesOf(tree).some(({ value }) => value.startsWith('net.'))) return new Set([true, false]);
      return new Set([tree.is === 'compare' && tree.op === '!=']);
    }
  }
}
