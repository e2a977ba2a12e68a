/** Foreign sources as tests ask about them: compiled, imported, decided. */
import * as assert from 'uvu/assert';
import { engine } from '../../cli/engines.ts';
import { build } from '../../compiler/build.ts';
import { importDocuments } from '../../compiler/document/documents.ts';
import type { Diagnostic, Source } from '../../compiler/diagnostics/diagnostic.ts';
import { printLowered } from '../../compiler/foreign/print.ts';
import type { SystemName } from '../../compiler/foreign/system.ts';
import { compile, type CompileOptions } from '../../compiler/index.ts';
import { readBundle, type Bundle } from '../../vm/bundle/index.ts';
import { parseEventLine, type Decision, type Event, type PlaneDecision } from '../../vm/event/index.ts';
import { FIELDS } from '../../vm/spec/fields.ts';
import { EventSource } from '../generators/event.ts';
import { randomFocus } from '../generators/expression.ts';
import type { Random } from '../generators/random.ts';

export type Settings = CompileOptions['foreign'];

const TODAY = '2026-11-22';

/** @param texts YAML, one source each */
export const sourcesOf = (...texts: readonly string[]): Source[] =>
  texts.map((text, n) => ({ path: `source-${n}.yaml`, text }));

/** Everything that is said of sources. */
export const findingsOf = (sources: readonly Source[], foreign: Settings = {}): readonly Diagnostic[] =>
  compile(sources, { today: TODAY, foreign }).diagnostics;

/** Each finding as `CODE text-in-question: message`. */
export const briefly = (sources: readonly Source[], diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics.map(({ code, message, span }) => {
    const text = span === null ? '' : sources[span.source].text.slice(span.start, span.end).replace(/\s+/g, ' ');
    return `${code} ${text}: ${message}`;
  });

/** How many random documents a test makes: `LICTOR_ROUNDS` times as many as each time. */
export const rounds = (count: number): number => count * Number(process.env['LICTOR_ROUNDS'] ?? 1);

/** The bundle of sources that have no errors. */
export function bundleOf(sources: readonly Source[], foreign: Settings = {}): Bundle {
  const { value, diagnostics } = build(sources, { today: TODAY, foreign, allowSlow: true });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  assert.equal(briefly(sources, errors), []);
  const read = readBundle(value!.file);
  if ('error' in read) throw new Error(read.error);
  return read.bundle;
}

/** What `lictor import` writes for the documents of a system. */
export function imported(sources: readonly Source[], system: SystemName, foreign: Settings = {}): string {
  const { value, diagnostics } = importDocuments(sources, { foreign, system });
  assert.equal(
    briefly(
      sources,
      diagnostics.filter(({ severity }) => severity === 'error'),
    ),
    [],
  );
  return value.length === 0 ? '' : printLowered(value, 'imported');
}

export const eventOf = (json: object): Event => {
  const result = parseEventLine(JSON.stringify(json));
  if ('error' in result) throw new Error(`${result.error}: ${JSON.stringify(json)}`);
  return result.event;
};

/** Both engines, which throws where they differ. */
export const decide = (bundle: Bundle, events: readonly Event[]): readonly Decision[] => engine('both', bundle)(events);

/** Events that aim at the rules of a bundle, and miss them by little. */
export function eventsFor({ normal }: Bundle, r: Random, count: number): Event[] {
  const source = new EventSource(r, normal, { ...randomFocus(r), fields: FIELDS });
  return Array.from({ length: count }, () => source.next());
}

/**
 * The property of `import`: its documents decide the same as the foreign ones, names and notes included.
 * `beside`: documents of ours that both need.
 */
export function sameWhenImported(
  sources: readonly Source[],
  system: SystemName,
  r: Random,
  {
    foreign = {},
    count = 60,
    beside = [],
  }: { readonly foreign?: Settings; readonly count?: number; readonly beside?: readonly Source[] } = {},
): void {
  const text = imported(sources, system, foreign);
  const direct = bundleOf([...sources, ...beside], foreign);
  const again = bundleOf([{ path: 'imported.yaml', text }, ...beside]);
  const events = eventsFor(direct, r, count);
  const named = (bundle: Bundle): unknown[] => decide(bundle, events).map((decision) => withNames(bundle, decision));
  assert.equal(named(again), named(direct), text);
}

/** A decision in which names stand for numbers. */
export function withNames({ manifest }: Bundle, { actual, asIf, errno }: Decision): unknown {
  const named = (side: PlaneDecision): unknown => ({
    action: side.action,
    policy: manifest.policies[side.policy]?.name ?? null,
    rule: manifest.rules[side.rule]?.name ?? null,
    matches: side.matches.map((rule) => manifest.rules[rule].name),
  });
  return { actual: named(actual), asIf: named(asIf), errno };
}
