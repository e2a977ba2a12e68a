/** Tetragon's documents, as far as the model reads them. */
import { isMap, parseAllDocuments } from 'yaml';

export interface Filter {
  readonly index: number;
  readonly operator: string;
  readonly values: readonly string[];
  readonly followChildren: boolean;
  /** Of matchNamespaces and matchCapabilities: which. */
  readonly of: string;
}

export interface Selector {
  readonly args: readonly Filter[];
  readonly binaries: readonly Filter[];
  readonly parents: readonly Filter[];
  readonly capabilities: readonly Filter[];
  /** Filters that ask what no event of ours says. */
  readonly others: readonly string[];
  readonly actions: readonly string[];
  /** Of Signal, else null. */
  readonly signal: number | null;
}

export interface Hook {
  readonly sort: 'kprobes' | 'tracepoints' | 'lsmhooks' | 'fentries' | 'uprobes' | 'usdts';
  /** Function, tracepoint or LSM hook. */
  readonly name: string;
  readonly syscall: boolean;
  /** Types by index. */
  readonly types: ReadonlyMap<number, string>;
  readonly selectors: readonly Selector[];
}

export interface Policy {
  readonly name: string;
  /** Null: pods of any namespace. */
  readonly namespace: string | null;
  /** Labels of the pod; null: also processes outside pods. */
  readonly labels: Readonly<Record<string, string>> | null;
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly hooks: readonly Hook[];
  /** `monitor` takes the actions away. */
  readonly monitors: boolean;
  /** Why the policy cannot be judged as a whole, or null. */
  readonly unclear: string | null;
}

type Plain = { readonly [key: string]: unknown };

const plain = (value: unknown): Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {};
const list = (value: unknown): readonly Plain[] => (Array.isArray(value) ? value.map(plain) : []);
const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(text) : []);

/** @returns the tracing policies of a YAML text; other documents are left out */
export const readPolicies = (yaml: string): Policy[] =>
  parseAllDocuments(yaml)
    .filter((document) => 'contents' in document && document.errors.length === 0 && isMap(document.contents))
    .map((document) => plain(document.toJS()))
    .filter(({ kind }) => /^TracingPolicy(Namespaced)?$/.test(text(kind)))
    .map(policy);

const SORTS = ['kprobes', 'tracepoints', 'lsmhooks', 'fentries', 'uprobes', 'usdts'] as const;

const policy = ({ kind, metadata, spec: body }: Plain): Policy => {
  const spec = plain(body);
  const lists = new Map(list(spec.lists).map((one) => [text(one.name), texts(one.values)]));
  const selector = plain(spec.podSelector);
  const odd = ['containerSelector', 'hostSelector', 'nodeSelector', 'selectorsMacros'].find((key) => key in spec);
  return {
    name: text(plain(metadata).name),
    namespace: kind === 'TracingPolicyNamespaced' ? text(plain(metadata).namespace) || 'default' : null,
    labels: 'podSelector' in spec ? (plain(selector.matchLabels) as Record<string, string>) : null,
    lists,
    hooks: SORTS.flatMap((sort) => list(spec[sort]).flatMap((hook) => hooks(sort, hook, lists))),
    monitors: list(spec.options).some(({ name, value }) => name === 'policy-mode' && /^monitor/.test(text(value))),
    unclear:
      odd !== undefined || 'matchExpressions' in selector
        ? `the model does not read ${odd ?? 'matchExpressions'}`
        : null,
  };
};

/** A call `list:name` stands for each function of the list. */
const hooks = (sort: Hook['sort'], hook: Plain, lists: ReadonlyMap<string, readonly string[]>): Hook[] => {
  const call = text(hook.call) || text(hook.hook) || text(hook.event) || texts(hook.symbols)[0] || text(hook.name);
  const names = call.startsWith('list:') ? (lists.get(call.slice(5)) ?? [call]) : [call];
  return names.map((name) => ({
    sort,
    name,
    syscall: call.startsWith('list:') ? /^(__\w+?_)?sys_/.test(name) : sort === 'kprobes' && hook.syscall !== false,
    types: new Map(list(hook.args).map(({ index, type }) => [Number(index), text(type)])),
    selectors: list(hook.selectors).map(selectorOf),
  }));
};

const filters = (value: unknown): Filter[] =>
  list(value).map((one) => ({
    index: Number(one.index ?? texts(one.args)[0] ?? 0),
    operator: text(one.operator),
    values: texts(one.values).map((wanted) => wanted.replace(/\0$/, '')),
    followChildren: one.followChildren === true,
    of: text(one.namespace) || text(one.type),
  }));

const READ = [
  'matchArgs',
  'matchBinaries',
  'matchParentBinaries',
  'matchCapabilities',
  'matchActions',
  'matchReturnActions',
];

const selectorOf = (selector: Plain): Selector => {
  const actions = list(selector.matchActions);
  const signal = actions.find(({ action }) => action === 'Signal')?.argSig;
  return {
    args: filters(selector.matchArgs),
    binaries: filters(selector.matchBinaries),
    parents: filters(selector.matchParentBinaries),
    capabilities: filters(selector.matchCapabilities),
    others: Object.keys(selector).filter((key) => !READ.includes(key)),
    actions: actions.map(({ action }) => text(action)),
    signal: signal === undefined ? null : Number(text(signal)),
  };
};
