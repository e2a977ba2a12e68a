/** `docs/coverage.md`: what the shipped policies watch for, which cases try it, and how a live system decides it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, type Compiled, type PolicyTestCase } from '../../compiler/index.ts';
import { KIND_MECHANISMS, type Timing } from '../../shim/doctor/mechanisms.ts';
import type { Action } from '../../vm/spec/index.ts';
import { kindById } from '../../vm/event/index.ts';
import { code, page, table } from './markdown.ts';
import type { Target } from './target.ts';
import { TACTICS, TECHNIQUES, type Tactic } from './techniques.ts';

const POLICIES = join(import.meta.dirname, '..', '..', 'policies');
/** Nothing that ships expires. */
const TODAY = '2026-01-01';

interface Row {
  readonly policy: string;
  readonly rule: string;
  readonly tags: readonly string[];
  readonly action: Action;
  readonly observed: boolean;
  /** Names of kinds. */
  readonly kinds: readonly string[];
  /** Names of the cases in which it decides or is noted. */
  readonly cases: readonly string[];
}

const shipped = (): Compiled => {
  const paths = readdirSync(POLICIES, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
  const sources = paths.sort().map((path) => ({ path, text: readFileSync(join(POLICIES, path), 'utf8') }));
  const { value, diagnostics } = compile(sources, { today: TODAY });
  if (!value) throw new Error(`the shipped policies have errors: ${diagnostics[0].message}`);
  return value;
};

interface Expected {
  readonly rule?: unknown;
  readonly matches?: unknown;
  readonly would?: unknown;
}

/** Names of the rules that an expectation wants to decide or to be noted, actually or as if all policies were enforced. */
const wanted = ({ rule, matches, would }: Expected): readonly unknown[] => [
  rule,
  ...(Array.isArray(matches) ? matches.map((match) => (match as Expected).rule) : []),
  ...(typeof would === 'object' && would !== null ? wanted(would) : []),
];

const rowsOf = ({ normal, manifest, tests }: Compiled): readonly Row[] => {
  const cases = new Map<string, PolicyTestCase[]>();
  for (const test of tests) cases.set(test.policy, [...(cases.get(test.policy) ?? []), ...test.cases]);
  const tags = new Map(
    manifest.rules.map((rule) => [`${manifest.policies[rule.policy].name}/${rule.name}`, rule.tags]),
  );
  return normal.policies.flatMap((policy) =>
    policy.rules.map((rule) => ({
      policy: policy.name,
      rule: rule.name,
      tags: tags.get(`${policy.name}/${rule.name}`)!,
      action: rule.action,
      observed: policy.mode === 'observe',
      kinds: rule.kinds.map((id) => kindById(id)!.name),
      cases: (cases.get(policy.name) ?? [])
        .filter(({ expect }) => wanted(expect).includes(rule.name))
        .map(({ name }) => name),
    })),
  );
};

const OF: Readonly<Record<Timing, string>> = {
  inline: 'before the effect',
  synchronous: 'before the effect',
  'after the fact': 'recorded after the fact',
  impossible: 'not seen by a live system',
};

/** Each way in which one of the kinds is decided, once. */
const enforcement = ({ kinds }: Row): string => {
  const ways = new Map<string, string[]>();
  for (const kind of kinds) {
    const { timing, mechanism } = KIND_MECHANISMS.get(kind)!;
    const way = mechanism === 'none' ? OF[timing] : `${OF[timing]} by ${mechanism}`;
    ways.set(way, [...(ways.get(way) ?? []), code(kind)]);
  }
  return [...ways].map(([way, names]) => `${names.join(', ')}: ${way}`).join('; ');
};

const effect = ({ action, observed }: Row): string => (observed ? `${action}, observed` : action);

const techniquesOf = ({ tags }: Row): readonly string[] =>
  tags.filter((tag) => tag.startsWith('mitre:')).map((tag) => tag.slice('mitre:'.length));

/** Where a rule about a technique of several tactics stands: with the policy of one, else with the first in the matrix. */
const tacticOf = (technique: string, { policy }: Row): Tactic => {
  const known = TECHNIQUES[technique];
  if (known === undefined)
    throw new Error(`${policy}: the technique ${technique} is not in tools/generate/techniques.ts`);
  const [own] = policy.split('.').slice(1);
  const tactics = TACTICS.filter((tactic) => known[1].split(' ').includes(tactic));
  return tactics.find((tactic) => tactic === own) ?? tactics[0];
};

const title = (name: string): string => `${name[0].toUpperCase()}${name.slice(1).replaceAll('-', ' ')}`;
const named = ({ policy, rule }: Row): string => code(`${policy}/${rule}`);
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** @returns the page of what is covered */
export const coverage = (): Target => {
  const compiled = shipped();
  const rows = rowsOf(compiled).filter(({ tags }) => tags.length > 0);
  const pairs = rows
    .flatMap((row) => techniquesOf(row).map((technique) => ({ technique, row, tactic: tacticOf(technique, row) })))
    .sort((a, b) => byText(a.technique, b.technique) || byText(named(a.row), named(b.row)));
  const controls = [...new Set(rows.flatMap(({ tags }) => tags))]
    .filter((tag) => /^(cis|nist):/.test(tag))
    .sort(byText);
  const techniques = new Set(pairs.map(({ technique }) => technique));
  const tested = compiled.tests.reduce((sum, { cases }) => sum + cases.length, 0);
  return page(
    'docs/coverage.md',
    'What the rule library covers',
    `${rows.length} rules of ${new Set(rows.map(({ policy }) => policy)).size} policies, about ${techniques.size} techniques of MITRE ATT&CK and ${controls.length} controls; ${tested} cases try them.`,
    '',
    'A rule stands once for each technique, under the tactic of its policy, else under the first of the matrix. *Tried by* names the cases of its policy test in which it decides or is noted. ' +
      'How a kind is decided is what `lictor doctor` says of a workload that is launched; what that does not cover is in [limits](limits.md#what-guarding-a-workload-does-not-cover).',
    '',
    ...table(
      ['tactic', 'techniques', 'rules'],
      TACTICS.map((tactic) => {
        const own = pairs.filter((pair) => pair.tactic === tactic);
        return [
          title(tactic),
          new Set(own.map(({ technique }) => technique)).size,
          new Set(own.map(({ row }) => row)).size,
        ];
      }),
    ),
    ...TACTICS.flatMap((tactic) => [
      '',
      `## ${title(tactic)}`,
      '',
      ...table(
        ['technique', 'rule', 'action', 'tried by', 'how it is decided'],
        pairs
          .filter((pair) => pair.tactic === tactic)
          .map(({ technique, row }) => [
            `${technique} ${TECHNIQUES[technique][0]}`,
            named(row),
            effect(row),
            row.cases.join('; '),
            enforcement(row),
          ]),
      ),
    ]),
    '',
    '## No technique',
    '',
    'Rules that name a catalogue alone.',
    '',
    ...table(
      ['rule', 'action', 'tried by', 'how it is decided'],
      rows
        .filter((row) => techniquesOf(row).length === 0)
        .map((row) => [named(row), effect(row), row.cases.join('; '), enforcement(row)]),
    ),
    '',
    '## Controls',
    '',
    ...table(
      ['control', 'rules'],
      controls.map((tag) => [
        code(tag),
        rows
          .filter(({ tags }) => tags.includes(tag))
          .map(named)
          .join(', '),
      ]),
    ),
  );
};
