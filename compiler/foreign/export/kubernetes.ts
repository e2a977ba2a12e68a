/** Allow-lists of networks as NetworkPolicy of Kubernetes (`networking.k8s.io/v1`), which says what pods may reach and who may reach them. */
import { diagnose } from '../../diagnostics/index.ts';
import { toText } from '../../expression/bytes.ts';
import type { ResolvedPolicy, ResolvedRule } from '../../resolve/index.ts';
import { kindsOf } from '../../resolve/rule.ts';
import type { Report } from '../../schema/read.ts';
import { KINDS } from '../../../vm/spec/kinds.ts';
import type { ExportFormat } from './format.ts';
import { flowOf } from './flow.ts';
import { Naming, noteLost, refuseMode } from './policy.ts';
import { labelTexts, names } from './selection.ts';

/** What each direction decides, and how it names the others. */
const DIRECTIONS = {
  Egress: { kinds: ['net.connect', 'net.send'], port: 'net.remote_port', list: 'egress', peers: 'to' },
  Ingress: { kinds: ['net.accept'], port: 'net.local_port', list: 'ingress', peers: 'from' },
} as const;
type Direction = keyof typeof DIRECTIONS;
const NAMES = Object.keys(DIRECTIONS) as Direction[];
const SETS = NAMES.map((name) => `[${DIRECTIONS[name].kinds.join(', ')}]`).join(' or ');

export const KUBERNETES_EXPORT: ExportFormat = {
  name: 'kubernetes',
  title: 'Kubernetes',
  documents(policies, report) {
    const naming = new Naming();
    return policies.map((policy) => ({
      source: policy.name.span.source,
      document: documentOf(policy, naming, report),
    }));
  },
};

function documentOf(policy: ResolvedPolicy, naming: Naming, report: Report): object {
  refuseMode(policy, 'Kubernetes', report);
  const selected = selectionOf(policy, report);
  const directions = directionsOf(policy, report);
  const rules = policy.rules.map((rule) => ruleOf(rule, directions, report));
  const lists = directions.map((direction) => {
    const { list } = DIRECTIONS[direction];
    return [list, rules.flatMap((rule) => (rule?.direction === direction ? [rule.body] : []))] as const;
  });
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { ...naming.metadata(policy, report), namespace: selected?.namespace },
    spec: { podSelector: selected?.podSelector, policyTypes: directions, ...Object.fromEntries(lists) },
  };
}

/** @returns null where it selects other pods, which is reported */
function selectionOf(
  { scope, document, name }: ResolvedPolicy,
  report: Report,
): { namespace: string; podSelector: object } | null {
  const namespaces = names(scope.namespace);
  const labels = labelTexts(scope.labels);
  const known = ['namespace', 'labels', 'matchExpressions'];
  const tests = (scope.matchExpressions ?? []).map(({ key, operator, values }) => ({
    key: toText(key),
    operator,
    ...(values.length > 0 && { values: values.map((value) => toText(value)) }),
  }));
  if (namespaces?.length !== 1 || labels === null || !Object.keys(scope).every((key) => known.includes(key))) {
    const help = 'its scope has one namespace by its name, and labels or `matchExpressions` of pods';
    const span = document.spec.scope?.span ?? name.span;
    report(diagnose('L5704', `no selector of Kubernetes selects the workloads of \`${name.value}\``, span, help));
    return null;
  }
  const matchLabels = labels.filter(([, values]) => values.length === 1).map(([key, [value]]) => [key, value] as const);
  const several = labels.filter(([, values]) => values.length > 1);
  const matchExpressions = [...several.map(([key, values]) => ({ key, operator: 'In', values })), ...tests];
  const podSelector = {
    ...(matchLabels.length > 0 && { matchLabels: Object.fromEntries(matchLabels) }),
    ...(matchExpressions.length > 0 && { matchExpressions }),
  };
  return { namespace: namespaces[0], podSelector };
}

/** Where everything is refused that no rule allows. */
function directionsOf({ defaults, document, name }: ResolvedPolicy, report: Report): Direction[] {
  const found = NAMES.filter((direction) =>
    DIRECTIONS[direction].kinds.flatMap(kindsOf).every((kind) => defaults[kind] === 'deny'),
  );
  const covered = new Set(found.flatMap((direction) => DIRECTIONS[direction].kinds.flatMap(kindsOf)));
  const others = KINDS.filter(({ id }) => id in defaults && !covered.has(id)).map((kind) => `\`${kind.name}\``);
  if (found.length > 0 && others.length === 0) return found;
  const span = document.spec.defaults?.span ?? name.span;
  const message =
    others.length > 0
      ? `NetworkPolicy has no default like that of ${others.join(', ')}`
      : `\`${name.value}\` refuses nothing by default, as NetworkPolicy does`;
  report(diagnose('L5706', message, span, `deny ${SETS} by default, and nothing else`));
  return found;
}

/** @returns null where NetworkPolicy cannot say it, which is reported */
function ruleOf(
  rule: ResolvedRule,
  directions: readonly Direction[],
  report: Report,
): { readonly direction: Direction; readonly body: object } | null {
  const kinds = [...rule.kinds].join(' ');
  const direction = NAMES.find((one) => DIRECTIONS[one].kinds.flatMap(kindsOf).join(' ') === kinds);
  if (direction === undefined) {
    const message = `NetworkPolicy does not decide the events of \`${rule.name.value}\``;
    report(diagnose('L5702', message, rule.name.span, `a rule is on ${SETS}`));
    return null;
  }
  if (rule.action.value !== 'allow') {
    const message = `NetworkPolicy only allows: it cannot \`${rule.action.value}\``;
    report(diagnose('L5703', message, rule.action.span, 'deny by `defaults`, and allow the rest by rules'));
    return null;
  }
  if (!directions.includes(direction)) {
    const message = `\`${rule.name.value}\` would refuse everything that it does not allow`;
    const help = `deny ${DIRECTIONS[direction].kinds.join(' and ')} by default in this policy`;
    report(diagnose('L5706', message, rule.name.span, help));
  }
  const { port, peers } = DIRECTIONS[direction];
  const flow = rule.unless.length > 0 ? null : flowOf(rule.when.expr, port);
  if (flow === null) {
    const message = `NetworkPolicy cannot say the condition of \`${rule.name.value}\``;
    const help = `join tests of \`net.remote_ip\`, \`${port}\` and \`net.protocol\` by \`and\`, each once and against constants`;
    report(diagnose('L5701', message, (rule.unless[0] ?? rule.when).span, help));
    return null;
  }
  noteLost(rule, report);
  const body = {
    ...(flow.networks !== null && { [peers]: flow.networks.map((cidr) => ({ ipBlock: { cidr } })) }),
    ...(flow.ports !== null && { ports: flow.ports }),
  };
  return { direction, body };
}
