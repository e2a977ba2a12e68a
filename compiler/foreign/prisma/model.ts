/** Models: what was learned of the containers of one image. */
import { diagnose } from '../../diagnostics/index.ts';
import type { LocatedMap, LocatedScalar } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import { all, oneOf, some, test, type Condition } from '../condition.ts';
import { isBelow, isDomain, isPort } from './lists.ts';
import { flagAt, judgeKeys, keySpan, mapAt, mapsAt, textAt, wordAt } from './reader.ts';
import { patternOf, type FieldName } from './resource.ts';
import { nameFor } from './rules.ts';
import { conditionOf } from './scope.ts';

export interface Model {
  /** Of the image, as a name of ours. */
  readonly name: string;
  /** Holds for containers of the image. */
  readonly guard: Condition;
  /** What may run, with or without regard to who starts it. The parts that a model does not have are undefined. */
  readonly processes: ((withParents: boolean) => Condition) | undefined;
  readonly outbound: Condition | undefined;
  readonly listening: Condition | undefined;
  readonly domains: Condition | undefined;
  readonly paths: Condition | undefined;
}

const KEYS = ['image', 'namespace', 'cluster', 'state', 'processes', 'network', 'filesystem'];
const KEPT = [
  '_id',
  'accountID',
  'archived',
  'capabilities',
  'collections',
  'created',
  'entrypoint',
  'events',
  'hash',
  'hostNetwork',
  'hostPid',
  'imageID',
  'infra',
  'istio',
  'k8s',
  'label',
  'lastUpdate',
  'learnedStartup',
  'os',
  'relearningCause',
  'remainingLearningDurationSec',
];
const STATES = [
  'active',
  'learning',
  'dryRun',
  'learningExtended',
  'manualLearning',
  'manualRelearning',
  'manualActive',
] as const;

/** @returns null for a model that judges nothing, which is reported */
export function readModel(map: LocatedMap, report: Report): Model | null {
  judgeKeys(map, [...KEYS, ...KEPT], report);
  const image = textAt(map, 'image', report);
  if (image === undefined) {
    report(diagnose('L5005', 'the key `image` is missing', headOf(map)));
    return null;
  }
  const state = wordAt(map, 'state', STATES, report) ?? 'active';
  if (/earning/.test(state)) {
    report(diagnose('L5003', `the model of \`${image.text}\` still learns: it judges nothing`, keySpan(map, 'state')));
    return null;
  }
  const processes = entries(map, 'processes', ['path'], report);
  const network = mapAt(map, 'network', report);
  const files = entries(map, 'filesystem', ['path'], report);
  const domains = network && items(network, 'dnsQueries', report);
  return {
    name: nameFor(image.text, 'image'),
    guard: all(
      (['images', 'namespaces', 'clusters'] as const).flatMap((field) => {
        const text = textAt(map, { images: 'image', namespaces: 'namespace', clusters: 'cluster' }[field], report);
        return text === undefined ? [] : [is(field, text)];
      }),
    ),
    processes: processes && ((withParents) => programs(processes, withParents, report)),
    outbound: network && portsOf(network, 'outboundPorts', 'net.remote_port', report),
    listening: network && portsOf(network, 'listeningPorts', 'net.local_port', report),
    domains: domains && isDomain(domains.flatMap((item) => textAt(item, 'domainName', report) ?? [])),
    paths: files && isBelow(files.flatMap((item) => textAt(item, 'path', report) ?? [])),
  };
}

/** The value of a field is this very text. */
const is = (field: FieldName, { text, span }: LocatedScalar): Condition =>
  conditionOf({ field, key: null, patterns: [patternOf(text, span)], negated: false }, 'container');

/** What was found in the image (`static`) and what was seen (`behavioral`). */
const SORTS = ['static', 'behavioral'] as const;

function entries(
  map: LocatedMap,
  key: string,
  required: readonly string[],
  report: Report,
): readonly LocatedMap[] | undefined {
  const found = mapAt(map, key, report);
  if (found === undefined) return undefined;
  judgeKeys(found, SORTS, report);
  return SORTS.flatMap((sort) => mapsAt(found, sort, report)).filter((item) => {
    const missing = required.find((name) => textAt(item, name, report) === undefined);
    if (missing !== undefined) report(diagnose('L5005', `the key \`${missing}\` is missing`, headOf(item)));
    return missing === undefined;
  });
}

/** A list of either sort of a network's part; undefined where neither is there. */
function items(network: LocatedMap, key: string, report: Report): readonly LocatedMap[] | undefined {
  const maps = SORTS.flatMap((sort) => mapAt(network, sort, report) ?? []);
  if (!maps.some((map) => map.entries.some((entry) => entry.key.text === key))) return undefined;
  return maps.flatMap((map) => mapsAt(map, key, report));
}

/** Ports of all programs: which of them uses a port is not asked. */
function portsOf(network: LocatedMap, key: string, field: string, report: Report): Condition | undefined {
  const found = items(network, key, report);
  if (found === undefined) return undefined;
  const data = found.flatMap((item) => mapAt(item, 'portsData', report) ?? []);
  if (data.some((one) => flagAt(one, 'all', report))) return test(`exists(${field})`, data[0].span);
  const ranges = data.flatMap((one) => mapsAt(one, 'ports', report)).map(asRange);
  return isPort(field, ranges, report);
}

/** A port of a model, as the ports of runtime rules are written. */
const asRange = (map: LocatedMap): LocatedMap => ({
  ...map,
  entries: map.entries.map((entry) =>
    entry.key.text === 'port' ? { ...entry, key: { ...entry.key, text: 'start' } } : entry,
  ),
});

function programs(found: readonly LocatedMap[], withParents: boolean, report: Report): Condition {
  const free: LocatedScalar[] = [];
  const byParent = new Map<string, LocatedScalar[]>();
  for (const item of found) {
    const path = textAt(item, 'path', report)!;
    const parent = withParents ? textAt(item, 'ppath', report) : undefined;
    if (parent === undefined) free.push(path);
    else byParent.set(parent.text, [...(byParent.get(parent.text) ?? []), path]);
  }
  const texts = (paths: readonly LocatedScalar[]): string[] => paths.map(({ text }) => text);
  return some([
    oneOf('proc.path', texts(free), free[0]?.span),
    ...[...byParent].map(([parent, paths]) =>
      all([oneOf('proc.ppath', [parent], paths[0].span), oneOf('proc.path', texts(paths), paths[0].span)]),
    ),
  ]);
}
