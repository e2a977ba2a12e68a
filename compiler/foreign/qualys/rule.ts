/** A rule of a policy as a rule of ours. */
import { diagnose } from '../../diagnostics/index.ts';
import { describe, type Located, type LocatedMap, type LocatedScalar } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import { all, ALWAYS, test, written, type Condition } from '../condition.ts';
import { booleanIn, choiceIn, entriesOf, textIn, type Entries } from '../keys.ts';
import { nameOf, type UniqueNames } from '../names.ts';
import { at, type Plain } from '../tree.ts';
import { argumentIs, callOf, executes } from './calls.ts';
import { ACTIONS, RULE_KEYS, RULE_TYPES, type QualysAction, type RuleType } from './keys.ts';
import { addressIs, matching, portIs, programIs, spellings } from './values.ts';

/** What happens where no rule says otherwise, by category. */
export interface Defaults {
  readonly network: QualysAction | undefined;
  readonly file: QualysAction | undefined;
  readonly application: QualysAction | undefined;
}

export interface RuleContext {
  readonly defaults: Defaults;
  /** System calls of which no events are made, without `sys_`. */
  readonly ignored: ReadonlySet<string>;
  readonly names: UniqueNames;
  readonly report: Report;
}

/** The action by which rules are put in order, and the rule. */
export interface OrderedRule {
  readonly action: QualysAction;
  readonly rule: Located;
}

type RuleEntries = Entries<typeof RULE_KEYS>;
/** Each parameter with the types of rules that have it, and those that need it. */
const PARAMETERS = {
  program: { types: ['outbound', 'inbound', 'read', 'write', 'syscall'], needed: ['read', 'write', 'syscall'] },
  file: { types: ['read', 'write'], needed: ['read', 'write'] },
  ipAddress: { types: ['outbound', 'inbound'], needed: ['outbound', 'inbound'] },
  port: { types: ['outbound', 'inbound'], needed: [] },
  syscall: { types: ['syscall'], needed: ['syscall'] },
  arg1: { types: ['syscall'], needed: [] },
  arg2: { types: ['syscall'], needed: [] },
  arg3: { types: ['syscall'], needed: [] },
} as const;
type Parameter = keyof typeof PARAMETERS;

/** @returns null where it is wrong, which is reported */
export function lowerRule(node: Located, context: RuleContext): OrderedRule | null {
  const { defaults, ignored, names, report } = context;
  if (node.is !== 'map') {
    report(diagnose('L5004', `a rule is a map, found ${describe(node)}`, headOf(node)));
    return null;
  }
  const entries = entriesOf(node, RULE_KEYS, report);
  const name = textIn(entries.name, report);
  for (const key of ['name', 'ruleType', 'action'] as const) {
    if (entries[key] === undefined) report(diagnose('L5005', `the rule has no \`${key}\``, headOf(node)));
  }
  const type = choiceIn(entries.ruleType, RULE_TYPES, report);
  const action = choiceIn(entries.action, ACTIONS, report);
  const enabled = booleanIn(entries.enabled, report) !== false && booleanIn(entries.inactive, report) !== true;
  if (name === undefined || type === undefined || action === undefined) return null;
  if (!judgeParameters(entries, type, node, report)) return null;

  const call = type === 'syscall' ? callOf(textIn(entries.syscall, report)!, report) : undefined;
  if (call === null) return null;
  const fallback = defaultOf(type, call, defaults);
  const lenient = fallback === 'deny' && action !== 'deny';
  const when = conditionOf(entries, type, call, lenient, report);
  const own = names.take(nameOf(name.text, 'rule'));
  const rule = at(name.span, {
    name: at(name.span, own),
    on: kindsOf(type, call),
    when: written(when, name.span),
    ...effectOf(action, lenient, call !== undefined && ignored.has(call)),
    tags: own === name.text ? undefined : [`qualys:${name.text}`],
    ...(!enabled && { enabled: false }),
  });
  return { action, rule };
}

function kindsOf(type: RuleType, call: string | undefined): Plain {
  switch (type) {
    case 'outbound':
      return ['net.connect', 'net.send'];
    case 'inbound':
      return 'net.accept';
    case 'read':
      return 'file.read';
    case 'write':
      return 'file.modify';
    case 'syscall':
      return executes(call!) ? 'exec' : 'syscall';
  }
}

/**
 * @param lenient the default refuses what the rule lets pass: then the rule decides; else a record is all that it makes
 * @param silent no events are made of the system call
 */
function effectOf(action: QualysAction, lenient: boolean, silent: boolean): Readonly<Record<string, Plain>> {
  if (action !== 'monitor') return { action };
  if (silent) return lenient ? { action: 'allow' } : { action: 'audit', enabled: false };
  return lenient ? { action: 'audit' } : { action: 'audit', continue: true };
}

/** The default of an Application rule is about calls that execute; others have none. */
function defaultOf(type: RuleType, call: string | undefined, defaults: Defaults): QualysAction | undefined {
  if (type === 'syscall') return executes(call!) ? defaults.application : undefined;
  return type === 'read' || type === 'write' ? defaults.file : defaults.network;
}

/** @returns whether nothing is missing; parameters of other types are reported and do not count */
function judgeParameters(entries: RuleEntries, type: RuleType, node: LocatedMap, report: Report): boolean {
  let complete = true;
  for (const [key, { types, needed }] of Object.entries(PARAMETERS)) {
    const entry = entries[key as Parameter];
    if (entry === undefined && includes(needed, type)) {
      complete = false;
      report(diagnose('L5005', `the rule has no \`${key}\``, headOf(node), key === 'syscall' ? null : ANY));
    } else if (entry !== undefined && textIn(entry, report) === undefined) complete = false;
    else if (entry !== undefined && !includes(types, type) && !saysNothing(textIn(entry, report)!)) {
      const message = `\`${entry.key.text}\` is no parameter of this type of rule, and does not count`;
      report(diagnose('L5401', message, entry.key.span));
    }
  }
  return complete;
}

const includes = (types: readonly RuleType[], type: RuleType): boolean => types.includes(type);
const saysNothing = ({ text }: LocatedScalar): boolean => text === '0' || text === '*';
const ANY = '`*` stands for any';

function conditionOf(
  entries: RuleEntries,
  type: RuleType,
  call: string | undefined,
  lenient: boolean,
  report: Report,
): Condition {
  const given = (key: Parameter): LocatedScalar | undefined => textIn(entries[key], report);
  const program = given('program');
  const actor = program === undefined ? ALWAYS : actorIs(program, call, lenient, report);
  switch (type) {
    case 'outbound':
    case 'inbound': {
      const address = addressIs('net.remote_ip', given('ipAddress')!, report);
      const port = portIs(type === 'outbound' ? 'net.remote_port' : 'net.local_port', given('port'), report);
      const object = all([address, port]);
      return all([actor, object === ALWAYS ? NOT_LOCAL : object]);
    }
    case 'read':
    case 'write': {
      const file = given('file')!;
      return all([actor, matching('file.path', spellings(file.text), file)]);
    }
    case 'syscall': {
      const name = given('syscall')!;
      const asked = executes(call!) ? ALWAYS : test(`syscall.name = "${call}"`, name.span);
      const values = (['arg1', 'arg2', 'arg3'] as const).map((key, n) => {
        const text = given(key);
        return text === undefined ? ALWAYS : argumentIs(call!, n, text, lenient, report);
      });
      return all([asked, actor, ...values]);
    }
  }
}

/** Rules about the network are about IP: a socket of the same machine has no address and no port. */
export const NOT_LOCAL = test('net.family != "unix"');

/** Names that are links in most images, so that no process ever runs them: what they lead to has another name. */
const LINKED_PROGRAMS = /^(?:\/usr)?\/bin\/(?:awk|java|nc|php|python3?|sh|vi)$/;

/** The program that acts; of an exec it is the one that asks for it, not the one that is executed. */
function actorIs(program: LocatedScalar, call: string | undefined, lenient: boolean, report: Report): Condition {
  if (LINKED_PROGRAMS.test(program.text)) {
    const message = `\`${program.text}\` is a link in most images, and programs go by what it leads to`;
    report(diagnose('L5404', message, program.span, 'name the program itself: `/usr/bin/dash`, `/usr/bin/bash`'));
  }
  return programIs(call !== undefined && executes(call) ? 'proc.caller_path' : 'proc.path', program, lenient);
}
