/**
 * YAML 1.2 to located values. The library `yaml` reads; this module adds what its users must be able to rely on:
 * no tags, no directives, no duplicate keys, bounded nesting and bounded aliases, and a place for every value.
 */
import { CST, Composer, Lexer, Parser, isAlias, isMap, isScalar, isSeq, type Document, type Node } from 'yaml';
import { diagnose } from '../diagnostics/catalogue.ts';
import type { Diagnostic, Source, Span, Staged } from '../diagnostics/diagnostic.ts';
import { LIMITS } from '../../vm/spec/limits.ts';
import { alignScalar, shiftOf, type Alignment } from './place.ts';
import type { Located, LocatedMap, LocatedScalar, Placer } from './located.ts';

/** How every source is read, here and by `format`. Keys are compared in `convert`: the library's own check is quadratic. */
export const YAML_OPTIONS = {
  version: '1.2',
  schema: 'core',
  intAsBigInt: true,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

const HELP_FOR_CONTROL: Readonly<Record<string, string>> = {
  '0000': 'is it a binary file?',
  '000D': 'end lines with a line feed, with or without a carriage return before it',
};

const MAX_SYNTAX_ERRORS = 20;

/**
 * What no YAML text holds (YAML 1.2, section 5.1); the library lets it pass. A carriage return alone is a line break
 * there and in editors, yet none for the library: what a reviewer reads as a line of its own would be a comment's rest.
 */
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\p{Cs}]|\r(?!\n)/u;

export interface YamlDocuments {
  readonly roots: readonly Located[];
  /** Some document had syntax errors and is not among the roots. */
  readonly incomplete: boolean;
}

/**
 * Reads the documents of one source. Empty documents are skipped; a document with syntax errors is reported and left out.
 *
 * @param index of the source, for spans
 */
export function readYaml(source: Source, index: number): Staged<YamlDocuments> {
  const diagnostics: Diagnostic[] = [];
  const { value: documents, diagnostics: found } = parseYaml(source, index);
  diagnostics.push(...found);
  const roots: Located[] = [];
  let incomplete = documents === null;
  for (const document of documents ?? []) {
    if (document.errors.length > 0) incomplete = true;
    else if (document.contents !== null) {
      const converted = convert(document.contents, source.text, index);
      diagnostics.push(...converted.diagnostics);
      const root = converted.value;
      if (root.is !== 'scalar' || root.value !== null) roots.push(root);
    }
  }
  return { value: { roots, incomplete }, diagnostics };
}

/**
 * The library's documents, with everything that may not stand in a source reported.
 *
 * @returns null where nesting or size is above a limit: the library would use up the stack or the memory
 */
export function parseYaml(
  source: Source,
  index: number,
  maxTokens: number = LIMITS.sourceTokens.value,
): Staged<readonly Document[] | null> {
  const { text } = source;
  const diagnostics: Diagnostic[] = [];
  const at = (start: number, end: number): Span => spanIn(text, index, start, end);

  const control = CONTROL.exec(text);
  if (control !== null) {
    const point = control[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    const help = HELP_FOR_CONTROL[point] ?? null;
    const span = at(control.index, control.index + 1);
    return {
      value: null,
      diagnostics: [diagnose('L1003', `the character U+${point} may not stand in YAML`, span, help)],
    };
  }
  const tokens: CST.Token[] = [];
  const parser = new Parser();
  let previous = '';
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (++count > maxTokens) {
      const message = `\`${source.path}\` has more than ${maxTokens} tokens`;
      diagnostics.push(diagnose('L1001', message, at(0, 0), 'split the file'));
      return { value: null, diagnostics };
    }
    const start = parser.offset;
    for (const token of parser.next(lexeme)) tokens.push(token);
    // After the marker of a scalar comes its text, which may start with anything.
    const sign = previous === CST.SCALAR ? '' : lexeme[0];
    previous = lexeme;
    if (sign === '!') {
      diagnostics.push(
        diagnose(
          'L1005',
          `the tag \`${lexeme}\``,
          at(start, start + lexeme.length),
          'leave it out; quote what is a string',
        ),
      );
    }
    if (sign === '&' && /[\s,[\]{}]/.test(lexeme)) {
      diagnostics.push(diagnose('L1003', 'an anchor with a blank in its name', at(start, start + lexeme.length)));
    }
    if (sign === '%' && !/^%YAML\s+1\.2\s*$/.test(lexeme)) {
      diagnostics.push(
        diagnose('L1006', `the directive \`${lexeme}\``, at(start, start + lexeme.length), 'leave it out'),
      );
    }
    if (parser.stack.length > LIMITS.documentDepth.value) {
      const limit = LIMITS.documentDepth.value;
      diagnostics.push(diagnose('L1004', `lists and maps are nested more than ${limit} deep`, at(start, start + 1)));
      return { value: null, diagnostics };
    }
  }
  for (const token of parser.end()) tokens.push(token);

  const documents = [...new Composer(YAML_OPTIONS).compose(tokens)];
  for (const { errors, warnings } of documents) {
    // Tags are reported above, whether the library knows them or not.
    const faults = [...errors, ...warnings].filter(({ code }) => code !== 'TAG_RESOLVE_FAILED');
    for (const { message, pos } of faults.slice(0, MAX_SYNTAX_ERRORS)) {
      diagnostics.push(diagnose('L1003', lower(message), at(pos[0], pos[1])));
    }
  }
  return { value: documents, diagnostics };
}

/** A library's sentence in the form of ours. */
function lower(message: string): string {
  const sentence = message.replace(/\s+/g, ' ').replace(/\.$/, '');
  return /^[A-Z][a-z]/.test(sentence) ? sentence[0].toLowerCase() + sentence.slice(1) : sentence;
}

function spanIn(text: string, source: number, start: number, end: number): Span {
  const from = Math.min(start, text.length);
  return { source, start: from, end: Math.min(Math.max(end, from), text.length) };
}

/** The library's nodes to located values. Recursion is bounded by the nesting that `parseYaml` lets pass. */
function convert(root: Node, text: string, source: number): Staged<Located> {
  const diagnostics: Diagnostic[] = [];
  const anchors = new Map<string, { readonly node: Located; readonly size: number }>();
  const expansion = { left: LIMITS.aliasExpansion.value as number, reported: false };
  // Values below and including the one that is being converted, aliases expanded.
  let size = 0;

  const span = (start: number, end: number): Span => {
    while (end > start && isBlank(text, end - 1)) end--;
    return spanIn(text, source, start, end);
  };
  const nothing = (at: Span): LocatedScalar => ({ is: 'scalar', value: null, text: '', span: at, place: () => at });
  const broken = (at: Span): LocatedScalar => ({ ...nothing(at), broken: true });

  const visit = (node: Node): Located => {
    const before = size++;
    const [start, end] = node.range ?? [0, 0];
    if (isAlias(node)) return expand(node.source, span(start, end));
    const anchor = (node as { anchor?: string }).anchor;
    const made = isMap(node)
      ? map(node.items, span(start, end))
      : isSeq(node)
        ? { is: 'list' as const, items: node.items.map((item) => visit(item as Node)), span: span(start, end) }
        : scalar(node, start, end);
    if (anchor !== undefined) anchors.set(anchor, { node: made, size: size - before });
    return made;
  };

  const expand = (name: string, at: Span): Located => {
    const target = anchors.get(name);
    if (target === undefined) {
      diagnostics.push(
        diagnose('L1010', `no anchor \`&${name}\` stands before this alias`, at, 'an alias cannot contain itself'),
      );
      return broken(at);
    }
    if (target.size > expansion.left) {
      if (!expansion.reported) {
        const limit = LIMITS.aliasExpansion.value;
        diagnostics.push(diagnose('L1009', `aliases of this document expand to more than ${limit} values`, at));
      }
      expansion.reported = true;
      return broken(at);
    }
    expansion.left -= target.size;
    size += target.size;
    return target.node;
  };

  const scalar = (node: Node, start: number, end: number): LocatedScalar => {
    const value = isScalar(node) ? ((node.value as LocatedScalar['value'] | undefined) ?? null) : null;
    const written = isScalar(node) ? (node.source ?? '') : '';
    return {
      is: 'scalar',
      value,
      text: typeof value === 'string' ? value : written,
      span: span(start, end),
      place: placer(text, source, start, end, written),
    };
  };

  const map = (items: readonly { key: unknown; value: unknown }[], at: Span): LocatedMap => {
    const entries: { key: LocatedScalar; value: Located }[] = [];
    const seen = new Map<string, Span>();
    for (const item of items) {
      const key = item.key === null ? nothing(at) : visit(item.key as Node);
      const value = item.value === null ? nothing(key.span) : visit(item.value as Node);
      if (key.is !== 'scalar' || typeof key.value !== 'string') {
        const help = key.is === 'scalar' && key.text !== '' ? `write \`"${key.text}"\`` : null;
        diagnostics.push(diagnose('L1008', 'a key must be a string', key.span, help));
        continue;
      }
      const first = seen.get(key.value);
      if (first !== undefined) {
        diagnostics.push(
          diagnose('L1007', `the key \`${key.value}\` stands twice in this map`, key.span, 'keep one of them', [
            { message: 'the first one', span: first },
          ]),
        );
        continue;
      }
      seen.set(key.value, key.span);
      entries.push({ key, value });
    }
    return { is: 'map', entries, span: at };
  };

  return { value: visit(root), diagnostics };
}

/** Letters and signs, the most of what a value ends with, need no expression. */
function isBlank(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return (unit <= 32 || unit >= 127) && /\s/.test(text[at]);
}

/** The walk through the written text is made when the first place is asked for: most scalars need none. */
function placer(text: string, source: number, start: number, end: number, value: string): Placer {
  let shift: 0 | 1 | null | undefined;
  let alignment: Alignment | null | undefined;
  return (from, to) => {
    if (shift === undefined) shift = shiftOf(text, start, end, value);
    if (shift !== null && value !== '') {
      const at = start + shift;
      const last = value.length;
      if (from >= last) return spanIn(text, source, at + last, at + last);
      return spanIn(text, source, at + from, at + (to > from ? Math.min(to, last) : from));
    }
    if (alignment === undefined) alignment = alignScalar(text.slice(start, end), value);
    if (alignment === null) return spanIn(text, source, start, end);
    const { starts, ends } = alignment;
    const last = starts.length - 1;
    if (last < 0) return spanIn(text, source, start, end);
    if (from > last) return spanIn(text, source, start + ends[last], start + ends[last]);
    const stop = to > from ? ends[Math.min(to, starts.length) - 1] : starts[from];
    return spanIn(text, source, start + starts[from], start + stop);
  };
}
