/** The documents of KubeArmor: every key, as its resource definitions have them. A key that is null counts as absent. */
import {
  boolean,
  constant,
  integer,
  list,
  map,
  object,
  optional,
  text,
  type Read,
  type Shape,
} from '../../schema/shape.ts';

const TEXT = text();
const key = <S extends Shape>(shape: S) => optional(shape, '');

/** What stands at a policy, at a section of it, and at an entry: the innermost counts. */
const notes = {
  severity: key(integer(1, 10)),
  tags: key(list(TEXT)),
  message: key(TEXT),
};
const decided = { ...notes, action: key(TEXT) };

const source = object({ path: key(TEXT) });
const sourced = { fromSource: key(list(source)) };
const owned = { ownerOnly: key(boolean) };
const terminal = { pts: key(boolean) };
const readable = { readOnly: key(boolean) };
const directory = { dir: key(TEXT), recursive: key(boolean) };

const process = object({
  matchPaths: key(
    list(
      object({
        path: key(TEXT),
        execname: key(TEXT),
        allowedArgs: key(list(TEXT)),
        ...owned,
        ...sourced,
        ...terminal,
        ...decided,
      }),
    ),
  ),
  matchDirectories: key(list(object({ ...directory, ...owned, ...sourced, ...terminal, ...decided }))),
  matchPatterns: key(list(object({ pattern: key(TEXT), ...owned, ...decided }))),
  ...decided,
});
const file = object({
  matchPaths: key(list(object({ path: key(TEXT), ...readable, ...owned, ...sourced, ...terminal, ...decided }))),
  matchDirectories: key(list(object({ ...directory, ...readable, ...owned, ...sourced, ...terminal, ...decided }))),
  matchPatterns: key(list(object({ pattern: key(TEXT), ...readable, ...owned, ...decided }))),
  ...decided,
});
const network = object({
  matchProtocols: key(list(object({ protocol: key(TEXT), ...sourced, ...terminal, ...decided }))),
  matchDNSQueries: key(list(object({ domain: key(TEXT), ...sourced, ...decided }))),
  ...decided,
});
const capabilities = object({
  matchCapabilities: key(list(object({ capability: key(TEXT), ...sourced, ...decided }))),
  ...decided,
});
const syscallSource = object({ path: key(TEXT), dir: key(TEXT), recursive: key(boolean) });
const calls = { syscall: key(list(TEXT)), fromSource: key(list(syscallSource)), ...notes };
const syscalls = object({
  matchSyscalls: key(list(object(calls))),
  matchPaths: key(list(object({ path: key(TEXT), recursive: key(boolean), ...calls }))),
  ...notes,
});
const number = key(integer(0, 255));
const device = object({
  matchDevice: key(
    list(object({ class: key(constant), subClass: number, protocol: number, level: number, ...decided })),
  ),
  ...decided,
});
const preset = object({ name: key(TEXT), action: key(TEXT) });

const labels = key(map(TEXT, TEXT));
const selector = object({
  matchLabels: labels,
  matchExpressions: key(list(object({ key: key(TEXT), operator: key(TEXT), values: key(list(TEXT)) }))),
  containers: key(list(TEXT)),
});
const nodeSelector = object({ matchLabels: labels });

const sections = {
  process: key(process),
  file: key(file),
  network: key(network),
  capabilities: key(capabilities),
  syscalls: key(syscalls),
};
const rest = { apparmor: key(TEXT), ...decided };

const metadata = object({
  name: key(TEXT),
  namespace: key(TEXT),
  annotations: key(map(TEXT, TEXT)),
  labels: key(map(TEXT, TEXT)),
});
const resource = <S extends Shape>(spec: S) =>
  object({ apiVersion: key(TEXT), kind: key(TEXT), metadata: key(metadata), spec: key(spec) });

const port = object({ port: key(constant), endPort: key(integer(0, 65535)), protocol: key(TEXT) });
const peers = list(object({ ipBlock: key(object({ cidr: key(TEXT) })) }));
const flow = { iface: key(list(TEXT)), ports: key(list(port)), ...decided };

/** By kind; `presets` are of policies for containers, `device` of policies for hosts. */
export const RESOURCES = {
  KubeArmorPolicy: resource(object({ selector: key(selector), ...sections, presets: key(list(preset)), ...rest })),
  KubeArmorClusterPolicy: resource(
    object({ selector: key(selector), ...sections, presets: key(list(preset)), ...rest }),
  ),
  KubeArmorHostPolicy: resource(object({ nodeSelector: key(nodeSelector), ...sections, device: key(device), ...rest })),
  KubeArmorNetworkPolicy: resource(
    object({
      nodeSelector: key(nodeSelector),
      ingress: key(list(object({ from: key(peers), ...flow }))),
      egress: key(list(object({ to: key(peers), ...flow }))),
      ...decided,
    }),
  ),
} as const;

export type ResourceKind = keyof typeof RESOURCES;
export const RESOURCE_KINDS = Object.keys(RESOURCES) as ResourceKind[];

export type Metadata = Read<typeof metadata>;
/** What policies for containers and for hosts share. */
export type Sections = Partial<Read<typeof RESOURCES.KubeArmorPolicy.fields.spec.shape>>;
export type HostSpec = Read<typeof RESOURCES.KubeArmorHostPolicy.fields.spec.shape>;
export type NetworkSpec = Read<typeof RESOURCES.KubeArmorNetworkPolicy.fields.spec.shape>;
export type SelectorBody = Read<typeof selector>;
export type NodeSelectorBody = Read<typeof nodeSelector>;
export type Flow = Read<ReturnType<typeof flowShape>>;
const flowShape = () => object(flow);
