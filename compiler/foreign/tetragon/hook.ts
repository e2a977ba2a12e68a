/** A hook of a policy: which questions of ours it is, or why it is none. */
import { nearest } from '../../diagnostics/index.ts';
import type { Located, LocatedScalar } from '../../document/located.ts';
import { headOf } from '../../schema/read.ts';
import { get, isScalar, textOf } from '../read.ts';
import type { Findings } from './findings.ts';
import { FUNCTIONS, NEAREST, NOTES, RAW_TRACEPOINTS, TRACEPOINTS, type Question } from './hooks.ts';
import { listName, type List } from './lists.ts';
import { isSyscall, syscallName, syscallQuestion } from './syscalls.ts';

export const SECTIONS = ['kprobes', 'fentries', 'lsmhooks', 'tracepoints', 'uprobes', 'usdts'] as const;
export type Section = (typeof SECTIONS)[number];

/** A hook that is watched here. */
export interface Hook {
  readonly name: string;
  readonly questions: readonly Question[];
}

type Lists = ReadonlyMap<string, List>;

/** @returns undefined where it is not watched, which is said at its name */
export function readHook(section: Section, node: Located, lists: Lists, findings: Findings): Hook | undefined {
  switch (section) {
    case 'kprobes':
    case 'fentries':
      return named(node, 'call', (name) => readCall(name, lists, findings), findings);
    case 'lsmhooks':
      return named(node, 'hook', (name) => readFunction(name, lsmName(name.text), findings), findings);
    case 'tracepoints':
      return readTracepoint(node, findings);
    default: {
      const what = get(node, section === 'usdts' ? 'name' : 'path') ?? node;
      const text = isScalar(what) ? `\`${what.text}\`: ` : '';
      findings.refuse(headOf(what), `${text}functions of programs are not watched`, 'hook what they ask of the kernel');
      return undefined;
    }
  }
}

function named(
  node: Located,
  key: string,
  read: (name: LocatedScalar) => Hook | undefined,
  findings: Findings,
): Hook | undefined {
  const name = get(node, key);
  if (isScalar(name) && textOf(name) !== undefined && name.text !== '') return read(name);
  if (name === undefined) findings.missing(node, key);
  else findings.wrong(name, key, 'the name of a function');
  return undefined;
}

const lsmName = (hook: string): string => `security_${hook === 'bprm_check_security' ? 'bprm_check' : hook}`;

function readCall(call: LocatedScalar, lists: Lists, findings: Findings): Hook | undefined {
  const list = listName(call.text);
  if (list !== undefined) return readList(call, list, lists, findings);
  if (!isSyscall(call.text)) return readFunction(call, call.text, findings);
  const name = syscallName(call, findings);
  return name === undefined ? undefined : { name: `sys_${name}`, questions: [syscallQuestion([name])] };
}

function readFunction(call: LocatedScalar, name: string, findings: Findings): Hook | undefined {
  if (Object.hasOwn(FUNCTIONS, name)) {
    if (Object.hasOwn(NOTES, name)) findings.differs(call.span, ...NOTES[name]);
    return { name: call.text, questions: FUNCTIONS[name] };
  }
  const instead = NEAREST.find(([pattern]) => pattern.test(name))?.[1] ?? nearest(name, Object.keys(FUNCTIONS));
  const help = instead === null ? 'compiler/foreign/tetragon/README.md lists what is watched' : `nearest: ${instead}`;
  findings.refuse(call.span, `\`${call.text}\` is not watched`, help);
  return undefined;
}

/** A list of functions: of system calls one hook for all. */
function readList(call: LocatedScalar, name: string, lists: Lists, findings: Findings): Hook | undefined {
  const list = lists.get(name);
  if (list === undefined) {
    findings.wrong(call, 'call', 'no list has this name');
    return undefined;
  }
  if (list.type === 'generated_syscalls' && list.pattern === undefined) {
    return { name: `list-${name}`, questions: [syscallQuestion(null)] };
  }
  if (list.type.startsWith('generated')) {
    const help = 'a generated list is made of the functions of a running kernel: write the ones that matter';
    findings.refuse(call.span, `\`${call.text}\` is not watched`, help);
    return undefined;
  }
  const calls = list.values.filter(({ text }) => list.type === 'syscalls' || isSyscall(text));
  const names = calls.map((value) => syscallName(value, findings)).filter((one) => one !== undefined);
  const others = list.values.filter((value) => !calls.includes(value));
  const questions = [
    ...(names.length > 0 ? [syscallQuestion(names)] : []),
    ...others.flatMap((value) => readFunction(value, value.text, findings)?.questions ?? []),
  ];
  return questions.length === 0 ? undefined : { name: `list-${name}`, questions };
}

/** Fields of a tracepoint that are common to all. */
const COMMON = [undefined, undefined, undefined, undefined] as const;

function readTracepoint(node: Located, findings: Findings): Hook | undefined {
  const subsystem = get(node, 'subsystem');
  const event = get(node, 'event');
  if (subsystem === undefined) findings.missing(node, 'subsystem');
  if (event === undefined) findings.missing(node, 'event');
  if (!isScalar(subsystem) || !isScalar(event)) return undefined;
  const raw = get(node, 'raw');
  const isRaw = isScalar(raw) && raw.value === true;
  const name = `${subsystem.text}/${event.text}`;
  if (subsystem.text === 'raw_syscalls' && event.text === 'sys_enter') {
    const nr = { is: 'syscall' } as const;
    const args = isRaw ? [undefined, nr] : [...COMMON, nr];
    return { name: event.text, questions: [{ kind: 'syscall', args }] };
  }
  if (subsystem.text === 'syscalls' && event.text.startsWith('sys_enter_') && !isRaw) {
    const symbol = { ...event, text: event.text.slice('sys_enter_'.length) };
    const call = syscallName(symbol, findings);
    if (call === undefined) return undefined;
    return { name: event.text, questions: [syscallQuestion([call], [...COMMON, { is: 'syscall' }])] };
  }
  const table = isRaw ? RAW_TRACEPOINTS : TRACEPOINTS;
  if (Object.hasOwn(table, name)) return { name: event.text, questions: table[name] };
  const help = event.text.startsWith('sys_exit')
    ? 'the result of a call is not there before it: `sys_enter`'
    : `watched are \`raw_syscalls/sys_enter\`, \`syscalls/sys_enter_…\`, ${Object.keys(table).join(', ')}`;
  findings.refuse(event.span, `the tracepoint \`${name}\` is not watched`, help);
  return undefined;
}
