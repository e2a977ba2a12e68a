/** A normal form as policy documents: what a person could have written to mean it. */
import { stringify } from 'yaml';
import type {
  Constant,
  Expr,
  NormalForm,
  NormalPolicy,
  NormalRule,
  Scope,
  ScopeParts,
} from '../../vm/bundle/normal.ts';
import { ERRNOS, KIND_CLASSES, KINDS, WORKLOAD_CLASSES, type Action } from '../../vm/spec/index.ts';
import { Printer, utf8, type Names } from './print.ts';
import type { Random } from './random.ts';
import { addressBits } from './values.ts';

type Network = Extract<Constant, { is: 'cidr' }>;

const kindName = (id: number): string => {
  const found = KINDS.find((k) => k.id === id);
  if (found === undefined) throw new Error(`BUG: no kind ${id}`);
  return found.name;
};
const errnoName = (number: number): string => Object.keys(ERRNOS).find((name) => ERRNOS[name] === number) ?? 'EPERM';

/**
 * The nearest bundle that documents can say: bytes of scopes that are not UTF-8 become `u`, classes that do not exist
 * one that does, an `except` of nothing is left out, no directory is empty,
 * and no network has two families.
 */
export function sayable(normal: NormalForm): NormalForm {
  return { ...normal, policies: normal.policies.map((policy) => sayablePolicy(policy)) };
}

function sayablePolicy(policy: NormalPolicy): NormalPolicy {
  const { except, ...parts } = policy.scope;
  const scope = {
    ...sayableParts(parts),
    ...(except && Object.keys(except).length > 0 && { except: sayableParts(except) }),
  };
  const rules = policy.rules.map((rule) => ({
    ...rule,
    when: sayableExpr(rule.when),
    unless: rule.unless.map((but) => ({ ...but, when: sayableExpr(but.when) })),
  }));
  return { ...policy, scope, rules };
}

/** The same value with each text in it changed; names of labels are left as they are. */
function mapTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T;
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, change)])) as T;
}

function sayableParts(parts: ScopeParts): ScopeParts {
  const bytes = (value: string): string => (utf8(value) === null ? value.replace(/[^ -~]/g, 'u') : value);
  const classes = parts.class?.map((name) => (CLASSES.includes(name) ? name : 'host'));
  return { ...mapTexts(parts, bytes), ...(classes && { class: classes }) };
}
const CLASSES: readonly string[] = WORKLOAD_CLASSES;

/** ::ffff:0.0.0.0: wide IPv6 networks around it hold IPv4 addresses by their bits. */
const FIRST_IPV4 = 0xffffn << 32n;

/** A network that a person writes has one family: an IPv6 network never holds IPv4 addresses. */
function oneFamily(net: Network): Network {
  const host = 128n - BigInt(net.bits);
  const both = net.bits < 96 && addressBits(net.value) >> host === FIRST_IPV4 >> host;
  return both ? { ...net, bits: 96 } : net;
}

function sayableExpr(expr: Expr): Expr {
  switch (expr.op) {
    case 'and':
    case 'or':
      return { ...expr, args: expr.args.map(sayableExpr) };
    case 'not':
      return { ...expr, arg: sayableExpr(expr.arg) };
    case 'any':
      return { ...expr, test: sayableExpr(expr.test) };
    case 'in':
      return { ...expr, set: expr.set.map((member) => (member.is === 'cidr' ? oneFamily(member) : member)) };
    case 'within': {
      if (expr.right.is === 'cidr') return { ...expr, right: oneFamily(expr.right) };
      const empty = expr.right.is === 'string' && expr.right.value === '';
      return empty ? { ...expr, right: { is: 'string', value: '/' } } : expr;
    }
    default:
      return expr;
  }
}

/** Kinds as the shortest list of kinds and classes, or each by its name. */
function kindNames(r: Random, kinds: readonly number[]): string | string[] {
  let left = kinds.map(kindName);
  const names: string[] = [];
  for (const [name, of] of r.chance(0.5) ? Object.entries(KIND_CLASSES) : []) {
    if (!of.every((kind) => left.includes(kind))) continue;
    names.push(name);
    left = left.filter((kind) => !of.includes(kind));
  }
  const all = [...names, ...left];
  return all.length === 1 && r.chance(0.7) ? all[0] : all;
}

const oneOrMore = (r: Random, values: readonly string[]): string | readonly string[] =>
  values.length === 1 && r.chance(0.5) ? values[0] : values;

function scopeDocument(r: Random, { except, ...parts }: Scope): object {
  const labels = (of: Readonly<Record<string, readonly string[]>>): object =>
    Object.fromEntries(Object.entries(of).map(([key, values]) => [key, oneOrMore(r, values)]));
  const written = ({ labels: pod, node, cluster, matchExpressions, ...rest }: ScopeParts): object => ({
    ...rest,
    ...(pod && { labels: labels(pod) }),
    ...(node && { node: labels(node) }),
    ...(cluster && { cluster: labels(cluster) }),
    ...(matchExpressions && {
      matchExpressions: matchExpressions.map(({ key, operator, values }) => ({
        key,
        operator,
        ...(values.length > 0 && { values }),
      })),
    }),
  });
  return { ...written(parts), ...(except && { except: written(except) }) };
}

function ruleDocument(r: Random, printer: Printer, rule: NormalRule): object {
  return {
    name: rule.name,
    on: kindNames(r, rule.kinds),
    when: printer.print(rule.when),
    ...(rule.unless.length > 0 && {
      unless: rule.unless.map((but) => ({ name: but.name, when: printer.print(but.when) })),
    }),
    action: rule.action,
    ...(rule.errno !== 1 && { errno: errnoName(rule.errno) }),
    ...(rule.continue && { continue: true }),
  };
}

function policyDocument(r: Random, printer: Printer, policy: NormalPolicy): object {
  const defaults = Object.entries(policy.defaults).map(([id, action]): [string, Action] => [
    kindName(Number(id)),
    action,
  ]);
  const scope = mapTexts(scopeDocument(r, policy.scope), (bytes) => utf8(bytes) ?? bytes);
  return {
    apiVersion: 'lictor.dev/v1',
    kind: 'Policy',
    metadata: { name: policy.name },
    spec: {
      mode: policy.mode,
      ...((policy.tier !== 'default' || r.chance(0.5)) && { tier: policy.tier }),
      ...((policy.order !== 1000 || r.chance(0.5)) && { order: policy.order }),
      ...(Object.keys(scope).length > 0 && { scope }),
      ...(defaults.length > 0 && { defaults: Object.fromEntries(defaults) }),
      ...(policy.rules.length > 0 && { rules: policy.rules.map((rule) => ruleDocument(r, printer, rule)) }),
    },
  };
}

/** Policies and the library that they refer to, as one YAML text. */
export function documentsOf(r: Random, normal: NormalForm): string {
  const lists: Record<string, readonly (string | bigint)[]> = {};
  const macros: Record<string, string> = {};
  const names: Names = {
    list: (values) => {
      const name = `list-${Object.keys(lists).length}`;
      lists[name] = values;
      return name;
    },
    macro: (text) => {
      const name = `macro_${Object.keys(macros).length}`;
      macros[name] = text;
      return name;
    },
  };
  const printer = new Printer(r, names);
  const documents: object[] = normal.policies.map((policy) => policyDocument(r, printer, policy));
  if (Object.keys(lists).length + Object.keys(macros).length > 0)
    documents.push({
      apiVersion: 'lictor.dev/v1',
      kind: 'Library',
      metadata: { name: 'names' },
      spec: { lists, macros },
    });
  return documents.map((document) => `---\n${stringify(document)}`).join('');
}
