/** Their documents, told apart by their keys: they have no kind. */
import { diagnose, nearest } from '../../diagnostics/index.ts';
import { shorten, type Located, type LocatedMap } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import { get, isMap, itemsOf, textOf } from '../read.ts';
import type { ForeignDocument } from '../system.ts';
import { COLLECTION_FIELDS, COLLECTION_KEYS, readCollection, type Collection } from './collection.ts';
import type { Target } from './effects.ts';
import { readCustomRule, readExpressions, type CustomRule } from './library.ts';
import { PREFIX, resourcesOf, type Resource } from './terraform.ts';

type Sort = 'custom' | 'collection' | 'model' | 'policy' | 'terraform';

/** A runtime policy, not yet read: its rules need what other documents define. */
export interface PolicyMap {
  readonly map: LocatedMap;
  readonly target: Target;
}

/** What all documents of a build define. */
export interface Contents {
  readonly custom: CustomRule[];
  readonly collections: Collection[];
  readonly models: LocatedMap[];
  readonly policies: PolicyMap[];
}

const has = (map: LocatedMap, ...keys: readonly string[]): boolean => keys.some((key) => get(map, key) !== undefined);

const HOST_PARTS = ['antiMalware', 'fileIntegrityRules', 'logInspectionRules', 'forensic'];
const RULE_PARTS = ['customRules', 'processes', 'filesystem', 'dns', 'collections', ...HOST_PARTS];
const POLICIES: Readonly<Record<string, Target | null>> = {
  containerRuntime: 'container',
  hostRuntime: 'host',
  appEmbeddedRuntime: 'app-embedded',
  serverlessRuntime: null,
};

function sortOf(node: Located): Sort | null {
  if (!isMap(node) || has(node, 'apiVersion')) return null;
  const resources = get(node, 'resource');
  if (resources !== undefined) {
    const own = isMap(resources) && resources.entries.some(({ key }) => key.text.startsWith(PREFIX));
    return own ? 'terraform' : null;
  }
  const rules = itemsOf(get(node, 'rules')).filter(isMap);
  if ((textOf(get(node, '_id')) ?? '') in POLICIES || has(node, 'learningDisabled')) return 'policy';
  if (rules.some((rule) => has(rule, ...RULE_PARTS))) return 'policy';
  if (has(node, 'rules')) return null;
  if (has(node, 'script') && has(node, 'type', '_id')) return 'custom';
  if (has(node, 'image') && MODEL_PARTS.some((part) => isLearned(get(node, part)))) return 'model';
  return isCollection(node) ? 'collection' : null;
}

/** Their parts tell what was learned at the start from what was learned later; values of charts have the same names. */
const MODEL_PARTS = ['processes', 'network', 'filesystem'];
const isLearned = (part: Located | undefined): boolean => isMap(part) && has(part, 'static', 'behavioral');

/** Much has a name, and hosts or labels: plays, forms of issues. A collection has nothing but its own keys, perhaps misspelt. */
const isCollection = (node: LocatedMap): boolean =>
  has(node, 'name') &&
  has(node, ...COLLECTION_FIELDS) &&
  node.entries.every(({ key }) => COLLECTION_KEYS.includes(key.text) || nearest(key.text, COLLECTION_KEYS) !== null);

/** Whether a document, or one of a list of them, is theirs. */
export const isTheirs = (root: Located): boolean =>
  root.is === 'list' ? root.items.some((item) => sortOf(item) !== null) : sortOf(root) !== null;

export function readContents(documents: readonly ForeignDocument[], wanted: string, report: Report): Contents {
  const contents: Contents = { custom: [], collections: [], models: [], policies: [] };
  for (const { root, path } of documents) {
    if (root.is === 'scalar') {
      const name = /([^/\\]+?)(?:\.[^./\\]*)?$/.exec(path)?.[1] ?? 'expression';
      contents.custom.push(...readExpressions(root, name, report));
      continue;
    }
    for (const item of root.is === 'list' ? root.items : [root]) readItem(item, wanted, contents, report);
  }
  return contents;
}

function readItem(item: Located, wanted: string, contents: Contents, report: Report): void {
  const sort = sortOf(item);
  if (sort === null || !isMap(item)) {
    report(diagnose('L5004', 'this is neither a custom rule nor a collection, a policy or a model', headOf(item)));
  } else if (sort === 'terraform') {
    for (const resource of resourcesOf(item, report)) addResource(resource, wanted, contents, report);
  } else if (sort === 'policy') addPolicy(item, targetOf(item, report), wanted, contents);
  else if (sort === 'custom') push(contents.custom, readCustomRule(item, [], report));
  else if (sort === 'collection') push(contents.collections, readCollection(item, [], report));
  else contents.models.push(item);
}

function addResource({ type, key, body }: Resource, wanted: string, contents: Contents, report: Report): void {
  if (type.endsWith('_custom_rule')) push(contents.custom, readCustomRule(body, [key], report));
  else if (type.endsWith('_collection')) push(contents.collections, readCollection(body, [key], report));
  else addPolicy(body, type.includes('_host_') ? 'host' : 'container', wanted, contents);
}

const push = <T>(list: T[], one: T | null): void => void (one !== null && list.push(one));

function addPolicy(map: LocatedMap, target: Target | null, wanted: string, { policies }: Contents): void {
  if (target !== null) policies.push({ map, target: wanted === 'auto' ? target : (wanted as Target) });
}

function targetOf(map: LocatedMap, report: Report): Target | null {
  const id = get(map, '_id');
  const target = POLICIES[textOf(id) ?? ''];
  if (target === null) {
    report(
      diagnose('L5006', `\`${shorten(textOf(id) ?? '')}\` is about functions, which run nowhere here`, headOf(map)),
    );
  }
  if (target !== undefined) return target;
  return itemsOf(get(map, 'rules')).some((rule) => isMap(rule) && has(rule, ...HOST_PARTS)) ? 'host' : 'container';
}
