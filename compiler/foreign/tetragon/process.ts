/** Filters of a selector on the process: binaries, process ids, namespaces, capabilities. */
import { CAPABILITIES } from '../../../vm/spec/fields.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/index.ts';
import type { Located } from '../../document/located.ts';
import { headOf } from '../../schema/read.ts';
import { ALWAYS, all, not, oneOf, some, test, type Condition } from '../condition.ts';
import { get } from '../read.ts';
import type { Findings } from './findings.ts';
import { KEYS } from './keys.ts';
import { askRanges, parseRange } from './numbers.ts';
import { OPERATORS } from './operators.ts';
import { askText, hasOne } from './texts.ts';

const IN = { In: 'In', NotIn: 'NotIn' } as const;
const BINARY_OPERATORS = {
  In: 'Equal',
  NotIn: 'NotEqual',
  Prefix: OPERATORS.Prefix,
  NotPrefix: OPERATORS.NotPrefix,
  Postfix: OPERATORS.Postfix,
  NotPostfix: OPERATORS.NotPostfix,
} as const;

const isTrue = (node: Located | undefined): boolean => node?.is === 'scalar' && node.value === true;

/**
 * @param field path of the program that is compared: for an exec that of the caller, whose program Tetragon still sees
 * @returns undefined where it cannot be decided, which is said; likewise all functions here
 */
export function askBinaries(node: Located, field: string, findings: Findings): Condition | undefined {
  findings.keys(node, KEYS.binaries);
  const operator = findings.word(get(node, 'operator'), 'operator', BINARY_OPERATORS);
  if (operator === undefined) return get(node, 'operator') ? undefined : missing(node, 'operator', findings);
  const values = findings.texts(get(node, 'values'), 'values');
  // Without values the filter does not count.
  if (values.length === 0) return ALWAYS;
  const span = headOf(node);
  if (!isTrue(get(node, 'followChildren'))) return askText(field, operator, values, span);
  if (operator !== 'Equal' && operator !== 'NotEqual') {
    findings.wrong(get(node, 'operator')!, 'operator', '`followChildren` needs `In` or `NotIn`');
    return undefined;
  }
  const paths = values.map(({ text }) => text);
  const condition = some([oneOf(field, paths, span), hasOne('proc.ancestors', paths, span)]);
  return operator === 'NotEqual' ? not(condition) : condition;
}

const PIDS = [0n, 0xffff_ffffn] as const;

export function askPids(node: Located, findings: Findings): Condition | undefined {
  findings.keys(node, KEYS.pids);
  const operator = findings.word(get(node, 'operator'), 'operator', IN);
  if (operator === undefined) return get(node, 'operator') ? undefined : missing(node, 'operator', findings);
  const span = headOf(node);
  if (isTrue(get(node, 'followForks'))) {
    const help = 'say by the program whom you mean: `matchBinaries` with `followChildren`';
    findings.refuse(span, 'process ids of ancestors are not in our events', help);
    return undefined;
  }
  const ranges = findings.texts(get(node, 'values'), 'values').map((value) => {
    const range = value.text.includes(':') ? undefined : parseRange(value.text);
    if (range === undefined) findings.wrong(value, 'values', 'a process id');
    return range;
  });
  if (ranges.includes(undefined)) return undefined;
  const pids = ranges as NonNullable<(typeof ranges)[number]>[];
  const isInner = isTrue(get(node, 'isNamespacePID'));
  const condition = isInner ? askInnerPids(pids, span) : askRanges('proc.pid', pids, PIDS, span);
  return operator === 'NotIn' ? not(condition) : condition;
}

/** In the namespace of the host, whose ids are those of everybody, Tetragon takes the inner one for 0. */
function askInnerPids(pids: Parameters<typeof askRanges>[1], span: Span): Condition {
  const inner = pids.filter(([pid]) => pid !== 0n);
  const outside = inner.length < pids.length ? [test('proc.vpid = proc.pid', span)] : [];
  const inside = [askRanges('proc.vpid', inner, PIDS, span), test('proc.vpid != proc.pid', span)];
  return some([all(inside), ...outside]);
}

/** Namespaces whose own one a container has, but for pods with `hostPID` and the like. */
const OF_CONTAINERS: readonly string[] = ['Pid', 'Mnt'];
const NAMESPACES = Object.fromEntries(
  'Uts Ipc Mnt Pid PidForChildren Net Time TimeForChildren Cgroup User'.split(' ').map((name) => [name, name]),
);

export function askNamespace(node: Located, findings: Findings): Condition | undefined {
  findings.keys(node, KEYS.namespace);
  const operator = findings.word(get(node, 'operator'), 'operator', IN);
  const namespace = findings.word(get(node, 'namespace'), 'namespace', NAMESPACES);
  for (const key of ['operator', 'namespace']) if (get(node, key) === undefined) missing(node, key, findings);
  if (operator === undefined || namespace === undefined) return undefined;
  const values = findings.texts(get(node, 'values'), 'values');
  const span = headOf(node);
  if (!OF_CONTAINERS.includes(namespace) || values.length === 0 || values.some(({ text }) => text !== 'host_ns')) {
    const help = 'of namespaces events tell whether the process is in a container: `host_ns` of `Pid` or `Mnt`';
    findings.refuse(span, `the ${namespace} namespace of a process is not in our events`, help);
    return undefined;
  }
  const help = 'a pod that shares the namespace of the host counts as a container here';
  findings.differs(span, `the ${namespace} namespace of the host is taken for being in no container`, help);
  const inside = test('exists(container.id)', span);
  return operator === 'In' ? not(inside) : inside;
}

/** The fields that have the sets; '' where none has. */
const SETS = { Effective: 'proc.caps', Permitted: 'proc.permitted', Inheritable: '' };

export function askCapabilities(node: Located, findings: Findings): Condition | undefined {
  findings.keys(node, KEYS.capabilities);
  const operator = findings.word(get(node, 'operator'), 'operator', IN);
  if (get(node, 'operator') === undefined) missing(node, 'operator', findings);
  const set = findings.word(get(node, 'type'), 'type', SETS) ?? SETS.Effective;
  const span = headOf(node);
  const names = findings.texts(get(node, 'values'), 'values').map((value) => {
    const name = value.text.trim().toLowerCase().replace(/^cap_/, '');
    if (CAPABILITIES.includes(name)) return name;
    const near = nearest(name, CAPABILITIES);
    findings.wrong(value, 'values', near === null ? 'a capability' : `did you mean \`CAP_${near.toUpperCase()}\`?`);
    return undefined;
  });
  if (operator === undefined || names.length === 0 || names.includes(undefined)) return undefined;
  if (set === '') {
    findings.refuse(
      span,
      'inheritable capabilities are not in our events',
      'ask for the permitted or the effective ones',
    );
    return undefined;
  }
  if (isTrue(get(node, 'isNamespaceCapability'))) {
    const help = 'without `isNamespaceCapability` all processes count';
    findings.refuse(span, 'whether a process is in a user namespace of its own is not in our events', help);
    return undefined;
  }
  const condition = hasOne(set, names as string[], span);
  return operator === 'NotIn' ? not(condition) : condition;
}

function missing(node: Located, key: string, findings: Findings): undefined {
  findings.missing(node, key);
  return undefined;
}
