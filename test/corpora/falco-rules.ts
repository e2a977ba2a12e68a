/** How much of rule sets of Falco is carried over, rule by rule. */
import type { Source } from '../../compiler/diagnostics/diagnostic.ts';
import { importDocuments } from '../../compiler/document/documents.ts';
import { toJson } from '../../compiler/document/located.ts';
import { KNOWN_FIELDS } from '../../compiler/foreign/falco/fields.ts';

/** The fields and comparisons that a rule loses, by the rule's name. */
interface Carried {
  rules: number;
  readonly never: Map<string, readonly string[]>;
  readonly lacking: Map<string, readonly string[]>;
}

/** @returns lines for the table of a corpus */
export function carriedOver(sources: readonly Source[]): string {
  const carried: Carried = { rules: 0, never: new Map(), lacking: new Map() };
  for (const source of sources) addTo(carried, source);
  const { rules, never, lacking } = carried;
  const lossy = [...never.values(), ...lacking.values()];
  const unknown = lossy.filter((names) => names.some(isUnknownField)).length;
  const whole = rules - lossy.filter((names) => names.length > 0).length;
  const neverHere = [...never].filter(([, names]) => names.length > 0);
  const line = ([name, names]: readonly [string, readonly string[]]): string => `  ${name}: ${names.join(', ')}`;
  return [
    `rules: ${rules}, ${rules - unknown} with every field known, ${whole} with every comparison carried over`,
    `never matching: ${neverHere.length} for want of`,
    ...neverHere.map(line),
    `never matching in Falco neither: ${[...never].filter(([, names]) => names.length === 0).length}`,
    `without a part: ${lacking.size}`,
    ...[...lacking].map(line),
    '',
  ].join('\n');
}

function addTo(carried: Carried, source: Source): void {
  carried.rules += source.text.match(/^- rule:/gm)?.length ?? 0;
  for (const { root } of importDocuments([source], { system: 'falco' }).value) {
    const { metadata } = toJson(root) as { metadata: { annotations?: Record<string, string> } };
    read(carried.never, metadata.annotations?.['falco.never']);
    read(carried.lacking, metadata.annotations?.['falco.lacking']);
  }
}

function read(into: Map<string, readonly string[]>, text = ''): void {
  for (const [, name, names] of text.matchAll(/(\S+) \(([^)]*)\)/g))
    into.set(name, names === '' ? [] : names.split(', '));
}

/** A field that no event has: not one that only some have, nor an operator or a value. */
const isUnknownField = (name: string): boolean =>
  /^[a-z0-9_.]+(\[.*\])?$/.test(name) && !KNOWN_FIELDS.includes(name.replace(/\[.*/, ''));
