/** Canonical YAML: keys in the order of the table, expressions quoted or in blocks, comments where they belong. */
import {
  Scalar,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { DOCUMENTS } from '../schema/documents.ts';
import type { Fields, Shape } from '../schema/shape.ts';
import { formatExpression } from './expression.ts';

const OPTIONS = { lineWidth: 120, flowCollectionPadding: false } as const;
/** A longer expression stands in a block, which is never folded. */
const QUOTED = 100;

/**
 * Documents that were read by `parseYaml` without a finding. They are changed.
 *
 * @returns the text of the whole source
 */
export function printYaml(documents: readonly Document[]): string {
  const texts: string[] = [];
  for (const document of documents) {
    const contents = document.contents;
    const empty = contents === null || (isScalar(contents) && contents.value === null && contents.source === '');
    if (empty && document.commentBefore === null && document.comment === null) continue;
    const shape = shapeOf(contents);
    if (shape !== undefined && contents !== null) arrange(contents, shape, !hasAliases(document), false);
    document.directives!.docStart = texts.length > 0 ? true : null;
    const text = empty ? `${texts.length > 0 ? '---\n' : ''}${commentsOf(document)}` : document.toString(OPTIONS);
    texts.push(text.replace(/\n+$/, '\n'));
  }
  return texts.join('');
}

const commentsOf = (document: Document): string =>
  [document.commentBefore, document.comment]
    .filter((comment) => comment !== null)
    .map((comment) => comment.replace(/^/gm, '#') + '\n')
    .join('');

/** The shape of a document, by its kind. */
export function shapeOf(contents: Node | null): Shape | undefined {
  if (!isMap(contents)) return undefined;
  const kind = contents.get('kind');
  return typeof kind === 'string' && Object.hasOwn(DOCUMENTS, kind)
    ? DOCUMENTS[kind as keyof typeof DOCUMENTS]
    : undefined;
}

/** With aliases the order of nodes has a meaning: an anchor stands before its aliases. */
function hasAliases(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

function arrange(node: Node, shape: Shape, order: boolean, inFlow: boolean): void {
  if (isAlias(node)) return;
  switch (shape.is) {
    case 'expression':
      if (isScalar(node)) writeExpression(node, inFlow);
      return;
    case 'list':
      if (!isSeq(node)) return;
      for (const item of node.items) arrange(item as Node, shape.of, order, inFlow || node.flow === true);
      return;
    case 'map':
      if (!isMap(node)) return;
      for (const { value } of pairsOf(node)) if (value) arrange(value, shape.of, order, inFlow || node.flow === true);
      return;
    case 'either':
      if (isMap(node)) arrange(node, node.has(shape.key) ? shape.first : shape.other, order, inFlow);
      return;
    case 'object':
      if (!isMap(node)) return;
      if (!inFlow && lengthOf(node) > QUOTED) node.flow = false;
      if (order) sortKeys(node, shape.fields);
      for (const { key, value } of pairsOf(node)) {
        const field = isScalar(key) ? shape.fields[String(key.value)] : undefined;
        if (field !== undefined && value) arrange(value, field.shape, order, inFlow || node.flow === true);
      }
      return;
    default:
      return;
  }
}

const lengthOf = ({ range }: Node): number => (range ? range[1] - range[0] : 0);

const pairsOf = (map: YAMLMap): Pair<Node, Node | null>[] => map.items as Pair<Node, Node | null>[];

function sortKeys(map: YAMLMap, fields: Fields): void {
  const pairs = pairsOf(map);
  const order = Object.keys(fields);
  const rank = ({ key }: Pair<Node>): number => {
    const at = isScalar(key) ? order.indexOf(String(key.value)) : -1;
    return at < 0 ? order.length : at;
  };
  const sorted = [...pairs].sort((a, b) => rank(a) - rank(b));
  const [first] = pairs;
  if (first === undefined || sorted[0] === first) {
    map.items = sorted;
    return;
  }
  const root = 'apiVersion' in fields;
  const [target, moved] = root ? [sorted[0].key, first.key.commentBefore] : [first.key, map.commentBefore];
  // What stands above a document is its heading, and stays there. Elsewhere a comment goes with its key, but the library
  // hangs the one above the first key on the map.
  if (moved && map.flow !== true) {
    if (root) first.key.commentBefore = null;
    else map.commentBefore = null;
    target.commentBefore = [moved, target.commentBefore].filter(Boolean).join('\n');
  }
  // An empty line above the new first key would stand below its parent; it goes to the key that lost its place.
  if (sorted[0].key.spaceBefore === true) {
    sorted[0].key.spaceBefore = false;
    first.key.spaceBefore = true;
  }
  map.items = sorted;
}

function writeExpression(node: Scalar, inFlow: boolean): void {
  if (typeof node.value !== 'string' && typeof node.value !== 'boolean') return;
  const text = formatExpression(String(node.value), inFlow);
  node.value = text;
  const block = !inFlow && (text.includes('\n') || text.length > QUOTED);
  node.type = block ? Scalar.BLOCK_LITERAL : Scalar.QUOTE_SINGLE;
}
