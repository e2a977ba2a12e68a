/** A rule set of Falco after all of its files were read: each name once, in the order in which it was first defined. */
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { Located, LocatedMap } from '../../document/located.ts';
import type { PlacedText } from './text.ts';

/** Counters of Falco's loader: a macro sees the macros, and a list the lists, that were first defined before it was last touched. */
export interface Ordered {
  readonly index: number;
  visibility: number;
}

export interface List extends Ordered {
  readonly name: string;
  items: readonly PlacedText[];
  readonly span: Span;
}

export interface Macro extends Ordered {
  readonly name: string;
  condition: PlacedText;
  readonly span: Span;
}

/** What an exception compares: one text, or a list of entries. */
export type Entry = PlacedText | readonly Entry[];

export interface RuleException {
  readonly name: string;
  readonly fields: Entry | null;
  comps: Entry | null;
  values: readonly Entry[];
  readonly span: Span;
}

export interface Rule extends Ordered {
  readonly name: string;
  /** The item that defined it. */
  readonly item: LocatedMap;
  /** The source in which the rule was first defined: there it stands in the order of rules. */
  readonly home: number;
  readonly span: Span;
  condition: PlacedText;
  output: PlacedText;
  description: PlacedText;
  priority: Priority;
  tags: readonly string[];
  exceptions: readonly RuleException[];
  enabled: boolean;
  source: string;
  warnEventTypes: boolean;
  skipIfUnknown: boolean;
  /** Keys that Falco does not have and a dialect does. */
  readonly extra: ReadonlyMap<string, Located>;
}

export interface RuleSet {
  readonly lists: ReadonlyMap<string, List>;
  readonly macros: ReadonlyMap<string, Macro>;
  readonly rules: ReadonlyMap<string, Rule>;
}

/** Falco's priorities and our severities. */
export const PRIORITIES = {
  emergency: 'critical',
  alert: 'critical',
  critical: 'critical',
  error: 'high',
  warning: 'medium',
  notice: 'low',
  informational: 'info',
  debug: 'info',
} as const;
export type Priority = keyof typeof PRIORITIES;

/** @returns the priority that a text means: case does not matter, and its beginning is enough for `informational` */
export function priorityOf(text: string): Priority | undefined {
  const lower = text.toLowerCase();
  if (lower === 'info') return 'informational';
  return Object.keys(PRIORITIES).includes(lower) ? (lower as Priority) : undefined;
}
