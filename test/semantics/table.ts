/** The hand-written table: how its files are read. README.md says how they are written. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

type Json = Record<string, unknown>;

/** Documents in short: each is completed in `sourcesOf`. */
export interface Setup {
  readonly policies?: readonly Json[];
  readonly documents?: readonly Json[];
  /** Instead of the two above: several sources, in order. */
  readonly sources?: readonly { readonly path: string; readonly policies: readonly Json[] }[];
  readonly set?: Readonly<Record<string, string>>;
  readonly today?: string;
  readonly allowExpired?: boolean;
}

/** One sentence of the specification, or a part of one, and the rows that cover it. */
export interface Group extends Setup {
  readonly says: string;
  /** Of the rule that tests expressions; the event is of that kind, or of `event.kind`. */
  readonly on?: string | readonly string[];
  readonly event?: Json;
  readonly holds?: readonly string[];
  readonly fails?: readonly string[];
  readonly errors?: readonly (string | ExpressionError | Setup)[];
  readonly cases?: readonly Case[];
  /** What the event of every case has besides. */
  readonly defaultEvent?: Json;
  /** Events that are malformed, and some that are not. */
  readonly malformed?: readonly Json[];
  readonly events?: readonly Json[];
  /** Whole sources that compile, or do not. */
  readonly accepted?: readonly string[];
  readonly refused?: readonly string[];
}

export interface ExpressionError {
  readonly when: string;
  /** What message and help must name. */
  readonly naming: readonly string[];
}

export interface Case {
  readonly event?: Json;
  /** Several questions of one operation, and the index of the one that decides. */
  readonly questions?: readonly Json[];
  readonly question?: number;
  /** The parts of the verdict record that matter. */
  readonly verdict: Json;
}

export const SECTIONS = ['1-questions', '2-values', '3-expressions', '4-documents', '5-decision'] as const;

export const readSection = (name: string): readonly Group[] =>
  parse(readFileSync(new URL(`${name}.yaml`, import.meta.url), 'utf8')) as Group[];

/** An event as a line: `exec` unless it says otherwise; `@4097` stands for a string of that many bytes. */
export const eventLine = (event: Json, defaults: Json = {}): string =>
  JSON.stringify({ kind: 'exec', ...defaults, ...event }, (_, value: unknown) => {
    const length = typeof value === 'string' && /^@(\d+)$/.exec(value);
    return length ? 'x'.repeat(Number(length[1])) : value;
  });

/** Sources of a setup: documents get their head; policies are enforced and rules always hold unless they say otherwise. */
export function sourcesOf({ policies = [], documents = [], sources }: Setup): { path: string; text: string }[] {
  const files = sources ?? [{ path: 'table.yaml', policies }];
  return files.map((file, i) => {
    const all = [...(i === 0 ? documents.map(document) : []), ...file.policies.map(policy)];
    return { path: file.path, text: all.map((one) => `---\n${JSON.stringify(one)}\n`).join('') };
  });
}

const document = ({ kind, name, spec }: Json): Json => ({
  apiVersion: 'lictor.dev/v1',
  kind,
  metadata: { name },
  spec,
});

function policy({ name, rules, ...rest }: Json): Json {
  const whole = (rules as Json[] | undefined)?.map((rule) => ('use' in rule ? rule : { when: 'true', ...rule }));
  return document({ kind: 'Policy', name, spec: { mode: 'enforce', ...rest, ...(whole && { rules: whole }) } });
}
