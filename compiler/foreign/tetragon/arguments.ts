/** `matchArgs` and `matchData`: what is asked of the arguments of a hook, and of the task. */
import { CAPABILITIES } from '../../../vm/spec/fields.ts';
import { SYSCALLS } from '../../../vm/spec/syscalls.ts';
import type { Located, LocatedScalar } from '../../document/located.ts';
import { headOf } from '../../schema/read.ts';
import { ALWAYS, NEVER, not, oneOf, type Condition } from '../condition.ts';
import { get, textOf } from '../read.ts';
import type { Findings } from './findings.ts';
import type { Meaning, Question } from './hooks.ts';
import { KEYS } from './keys.ts';
import { listName, type List } from './lists.ts';
import {
  askField,
  askRegister,
  holds,
  holdsOfBits,
  numeric,
  NUMBER_TYPES,
  parseRange,
  type NumberType,
  type Numeric,
} from './numbers.ts';
import { OPERATORS, polarOf, type Operator } from './operators.ts';
import { askSocket } from './sockets.ts';
import { syscallName } from './syscalls.ts';
import { askFileType, askText, TEXT_TYPES } from './texts.ts';

/** An argument as the hook declares it. */
export interface Argument {
  readonly index: number;
  readonly type: string;
  readonly resolve: Located | undefined;
  readonly span: Located;
}

/** What a comparison needs to know of its hook. */
export interface Asked {
  readonly args: readonly Argument[];
  readonly data: readonly Argument[];
  readonly lists: ReadonlyMap<string, List>;
  /** Indexes of tracepoints may also be places in `args`. */
  readonly tracepoint: boolean;
  readonly findings: Findings;
}

/** Facts of the task that `data` reads, as fields of ours. */
const TASK: Readonly<Record<string, string>> = {
  pid: 'proc.pid',
  tgid: 'proc.pid',
  'real_parent.tgid': 'proc.ppid',
  'real_parent.pid': 'proc.ppid',
  'cred.uid.val': 'proc.uid',
  'cred.euid.val': 'proc.euid',
  'cred.gid.val': 'proc.gid',
  'real_cred.uid.val': 'proc.uid',
  'real_cred.gid.val': 'proc.gid',
  'loginuid.val': 'proc.loginuid',
  comm: 'proc.comm',
};

/** @returns the arguments that a hook declares under a key */
export function readArguments(hook: Located, key: 'args' | 'data', findings: Findings): Argument[] {
  return findings.list(get(hook, key), key).map((node) => {
    findings.keys(node, KEYS.arg);
    const index = findings.index(get(node, 'index'), 'index', 0);
    const type = textOf(get(node, 'type')) ?? 'auto';
    const path = get(node, 'resolve');
    return { index, type, resolve: textOf(path) === '' ? undefined : path, span: node };
  });
}

/**
 * A comparison of an argument.
 * @returns undefined where it cannot be decided, which is said
 */
export function askArgument(node: Located, question: Question, asked: Asked): Condition | undefined {
  const { findings } = asked;
  const operator = readComparison(node, findings);
  if (operator === undefined) return undefined;
  const argument = argumentOf(node, asked.args, asked);
  if (argument === undefined) return undefined;
  const meaning = question.args[argument.index];
  if (argument.resolve !== undefined || meaning === undefined) {
    const what = argument.resolve === undefined ? `argument ${argument.index}` : `\`${textOf(argument.resolve)}\``;
    findings.refuse(headOf(node), `${what} of this hook is not in our events`, 'leave the comparison out');
    return undefined;
  }
  return compare(node, operator, argument.type, meaning, asked);
}

/** A comparison of a fact of the task. */
export function askData(node: Located, asked: Asked): Condition | undefined {
  const { findings } = asked;
  const operator = readComparison(node, findings);
  if (operator === undefined) return undefined;
  const index = positionOf(node, findings);
  const data = asked.data[index] as Argument | undefined;
  if (data === undefined) {
    findings.wrong(get(node, 'index') ?? node, 'index', 'a place in `data`');
    return undefined;
  }
  const path = textOf(data.resolve) ?? '';
  const field =
    textOf(get(data.span, 'source')) === 'current_task' && Object.hasOwn(TASK, path) ? TASK[path] : undefined;
  if (field === undefined) {
    const help = `of \`current_task\` there are ${Object.keys(TASK).join(', ')}`;
    findings.refuse(headOf(data.span), `\`${path}\` is not in our events`, help);
    return undefined;
  }
  return compare(node, operator, data.type, { is: field === 'proc.comm' ? 'text' : 'number', field }, asked);
}

function readComparison(node: Located, findings: Findings): Operator | undefined {
  findings.keys(node, KEYS.compared);
  const operator = get(node, 'operator');
  if (operator === undefined) findings.missing(node, 'operator');
  const found = findings.word(operator, 'operator', OPERATORS);
  if (found !== 'CelExpr' && found !== 'CapabilitiesGained') return found;
  findings.refuse(operator!.span, `\`${found}\` is not carried over`, 'write the comparison with other operators');
  return undefined;
}

/** `args` wins over `index`. */
const positionOf = (node: Located, findings: Findings): number => {
  const [first] = findings.list(get(node, 'args'), 'args');
  return findings.index(first ?? get(node, 'index'), 'index', 0);
};

function argumentOf(node: Located, args: readonly Argument[], { tracepoint, findings }: Asked): Argument | undefined {
  const position = positionOf(node, findings);
  const byPlace = args[position] as Argument | undefined;
  const byIndex = args.find(({ index }) => index === position);
  const found = get(node, 'args') !== undefined ? byPlace : (byIndex ?? (tracepoint ? byPlace : undefined));
  if (found === undefined) {
    const message = `argument ${position} is compared, but not declared`;
    findings.wrong(get(node, 'index') ?? node, 'index', `${message} in \`args\``);
  }
  return found;
}

/** By what the argument is, and as what it is declared. */
function compare(
  node: Located,
  operator: Operator,
  type: string,
  meaning: Meaning,
  asked: Asked,
): Condition | undefined {
  const { findings } = asked;
  const span = headOf(node);
  const values = findings.texts(get(node, 'values'), 'values');
  const { op, negated } = polarOf(operator);
  if (values.length === 0 && !op.endsWith('Priv')) {
    findings.missing(node, 'values');
    return undefined;
  }
  if (op === 'FileType' && meaning.is === 'text') return askFileType(values, negated, span, findings);
  if (meaning.is === 'socket' || meaning.is === 'address') {
    if (type !== 'sockaddr_un') return askSocket(meaning, operator, values, span, findings);
    if (op === 'Family') return askSocket({ is: 'address', of: 'remote' }, operator, values, span, findings);
    return askText('net.path', operator, values, span, type) ?? unfit(node, type, findings);
  }
  const field = textField(type, meaning);
  if (field !== undefined) {
    if (meaning.is === 'text' && meaning.ofMount === true) {
      const help = 'Tetragon compares the path inside of its mount; ours begins at the root of the workload';
      findings.differs(span, `a \`${type}\` is compared by its whole path`, help);
    }
    return askText(field, operator, values, span, type) ?? unfit(node, type, findings);
  }
  const number = type === 'capability' ? NUMBER_TYPES['int'] : (NUMBER_TYPES[type] as NumberType | undefined);
  if (number === undefined || meaning.is === 'text') {
    const help =
      type === 'fd'
        ? 'hook `security_file_permission` or `security_file_open`: they have the file'
        : 'of system calls our events have numbers, paths and names';
    findings.refuse(span, `an argument of type \`${type}\` is not in our events here`, help);
    return undefined;
  }
  if (meaning.is === 'syscall' && values.some((value) => listName(value.text) !== undefined)) {
    return op === 'InMap' ? askNames(node, values, negated, asked) : unfit(node, type, findings);
  }
  const ranges = values.flatMap((value) => rangesOf(value, meaning, asked));
  if (ranges.includes(undefined)) return undefined;
  const wanted = numeric(op, negated, ranges as NonNullable<(typeof ranges)[number]>[], number);
  return wanted === undefined ? unfit(node, type, findings) : askNumber(node, wanted, number, meaning, findings);
}

/** The field that has an argument's text; undefined where it is not declared as one, or events do not have it. */
function textField(type: string, meaning: Meaning): string | undefined {
  if (type !== 'auto' && !TEXT_TYPES.includes(type)) return undefined;
  if (meaning.is === 'text') return meaning.field;
  const isRead = type !== 'fd' && type !== 'char_buf';
  return meaning.is === 'register' && meaning.text && isRead ? `syscall.sarg${meaning.n}` : undefined;
}

function rangesOf(value: LocatedScalar, meaning: Meaning, { lists, findings }: Asked): ReturnType<typeof parseRange>[] {
  const list = listName(value.text);
  if (list !== undefined) {
    const found = lists.get(list);
    if (found !== undefined) return found.values.map((item) => parseRange(item.text));
    findings.wrong(value, 'values', 'no list has this name');
    return [undefined];
  }
  const capability =
    meaning.is === 'capability' ? CAPABILITIES.indexOf(value.text.toLowerCase().replace(/^cap_/, '')) : -1;
  const range = capability < 0 ? parseRange(value.text) : ([BigInt(capability), BigInt(capability)] as const);
  if (range === undefined) findings.wrong(value, 'values', 'a number');
  return [range];
}

function askNumber(
  node: Located,
  wanted: Numeric,
  type: NumberType,
  meaning: Exclude<Meaning, { is: 'text' | 'socket' | 'address' }>,
  findings: Findings,
): Condition | undefined {
  const span = headOf(node);
  switch (meaning.is) {
    case 'register':
      return askRegister(`syscall.arg${meaning.n}`, wanted, type, span);
    case 'number':
      return askField(meaning.field, wanted, type, span);
    case 'syscall': {
      const names = SYSCALLS.filter((name, nr) => name !== null && holds(wanted, BigInt(nr)));
      return oneOf('syscall.name', names as string[], span);
    }
    case 'capability': {
      const names = CAPABILITIES.filter((_, n) => holds(wanted, BigInt(n)));
      return oneOf('cap.name', names, span);
    }
    case 'bits': {
      const decided = holdsOfBits(wanted, meaning.set, meaning.clear);
      if (decided !== undefined) return decided ? ALWAYS : NEVER;
      findings.refuse(span, 'these bits of the argument are not in our events', 'leave the comparison out');
      return undefined;
    }
  }
}

/** The number of a system call, compared with lists of their names. */
function askNames(
  node: Located,
  values: readonly LocatedScalar[],
  negated: boolean,
  asked: Asked,
): Condition | undefined {
  const { findings, lists } = asked;
  const names: string[] = [];
  for (const value of values) {
    const list = listName(value.text);
    const found = list === undefined ? undefined : lists.get(list);
    if (found === undefined) {
      findings.wrong(value, 'values', 'the name of a list of system calls');
      return undefined;
    }
    if (found.type.startsWith('generated')) {
      findings.refuse(value.span, 'a generated list is made of a running kernel', 'write its values out');
      return undefined;
    }
    for (const item of found.values) {
      const name = syscallName(item, findings);
      if (name !== undefined) names.push(name);
    }
  }
  const condition = oneOf('syscall.name', names, headOf(node));
  return negated ? not(condition) : condition;
}

function unfit(node: Located, type: string, findings: Findings): undefined {
  findings.wrong(get(node, 'operator')!, 'operator', `none that compares arguments of type \`${type}\``);
  return undefined;
}
