/** Documents of Trend by what they are. */
import type { Located, LocatedMap } from '../../document/located.ts';
import { get, isMap, isResource, itemsOf, textOf } from '../read.ts';
import type { ForeignDocument } from '../system.ts';

export interface RulesetBody {
  /** Undefined where a resource has none. */
  readonly body: LocatedMap | undefined;
  /** Of a resource, where its name stands outside of the body. */
  readonly resource?: LocatedMap;
}

export interface Sorted {
  readonly rulesets: RulesetBody[];
  /** Of a cluster: what is judged at admission, and which rulesets are in force. */
  readonly policies: LocatedMap[];
  /** Rules in Falco's syntax. */
  readonly custom: ForeignDocument[];
  /** Values of the chart that installs the product. */
  readonly settings: LocatedMap[];
}

const API_GROUPS = ['container-security.trendmicro.com/', 'visionone.trendmicro.com/'];
const TERRAFORM = ['visionone_container_ruleset', 'visionone_containersecurity_ruleset'];

const isOfKind = (root: Located, kind: string): boolean => API_GROUPS.some((group) => isResource(root, group, [kind]));

/** A rule of a ruleset: an id of Trend's catalogue, and what happens. */
const isRule = (node: Located): boolean => {
  const id = ['ruleID', 'ruleId', 'rule_id', 'id'].map((key) => get(node, key)).find((value) => value !== undefined);
  return id !== undefined && (get(node, 'mitigation') !== undefined || /^(TM|CR)-/i.test(textOf(id) ?? ''));
};

const isRuleset = (node: Located): node is LocatedMap =>
  isMap(node) && get(node, 'apiVersion') === undefined && itemsOf(get(node, 'rules')).some(isRule);

const isPolicy = (node: Located): node is LocatedMap =>
  isMap(node) && get(node, 'apiVersion') === undefined && get(get(node, 'runtime'), 'rulesets') !== undefined;

const isCustomRule = (node: Located): boolean =>
  get(node, 'rule') !== undefined &&
  (textOf(get(node, 'id'))?.startsWith('CR-') === true ||
    ['custom_fields', 'userDefinedFields'].some((key) => get(node, key) !== undefined));

const isSettings = (node: Located): node is LocatedMap =>
  isMap(node) &&
  get(node, 'apiVersion') === undefined &&
  [get(get(node, 'scout'), 'falco'), get(node, 'visionOne'), get(node, 'cloudOne')].some(isMap);

/** Rulesets and policies of one document: itself, items of a list or of a page of the API, resources of Terraform. */
function bodiesIn(root: Located): readonly Located[] {
  const pages = ['rulesets', 'policies', 'items'].flatMap((key) => itemsOf(get(root, key)));
  const terraform = TERRAFORM.flatMap((type) => {
    const named = get(get(root, 'resource'), type);
    return isMap(named) ? named.entries.map(({ value }) => value) : [];
  });
  return [root, ...itemsOf(root), ...pages, ...terraform];
}

export const isTrend = (root: Located): boolean =>
  ['RuntimeRuleset', 'ClusterPolicy'].some((kind) => isOfKind(root, kind)) ||
  itemsOf(root).some(isCustomRule) ||
  isSettings(root) ||
  bodiesIn(root).some((node) => isRuleset(node) || isPolicy(node));

export function sorted(documents: readonly ForeignDocument[]): Sorted {
  const found: Sorted = { rulesets: [], policies: [], custom: [], settings: [] };
  for (const document of documents) {
    const { root } = document;
    const definition = get(get(root, 'spec'), 'definition');
    if (isOfKind(root, 'RuntimeRuleset')) {
      found.rulesets.push({ body: isMap(definition) ? definition : undefined, resource: root as LocatedMap });
    } else if (isOfKind(root, 'ClusterPolicy')) found.policies.push(root as LocatedMap);
    else if (itemsOf(root).some(isCustomRule)) found.custom.push(document);
    else if (isSettings(root)) found.settings.push(root);
    else {
      for (const node of bodiesIn(root)) {
        if (isRuleset(node)) found.rulesets.push({ body: node });
        else if (isPolicy(node)) found.policies.push(node);
      }
    }
  }
  return found;
}
