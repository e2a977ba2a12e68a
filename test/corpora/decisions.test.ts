/** Policies of other systems, compiled as they are: Lictor decides what an independent model of each system decides. */
import { isDeepStrictEqual } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { engine } from '../../cli/engines.ts';
import { build } from '../../compiler/build.ts';
import { readBundle, type Bundle } from '../../vm/bundle/index.ts';
import { parseEventLine, type Decision, type Event } from '../../vm/event/index.ts';
import { Random, runSeed } from '../generators/random.ts';
import { sharedTest } from '../support/shared.ts';
import type { ModelDecision } from './models/event.ts';
import { falcoCases, falcoTestCases, kubearmorCases, tetragonCases, type Case, type Judged } from './models/cases.ts';

const seed = runSeed();

/** Disagreements that a failure lists. */
const SHOWN = 10;

const bundleOf = ({ sources, settings }: Case): Bundle | null => {
  const { value } = build(sources, { today: '2026-11-21', foreign: settings, allowSlow: true });
  if (value === null) return null;
  const read = readBundle(value.file);
  if ('error' in read) throw new Error(read.error);
  return read.bundle;
};

/** In the JSON form of an event a backslash is written twice. */
const escaped = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? value.replaceAll('\\', '\\\\') : value;

const parsed = ({ event }: Judged): Event => {
  const line = JSON.stringify(event, escaped);
  const result = parseEventLine(line);
  if ('error' in result) throw new Error(`${result.error}: ${line}`);
  return result.event;
};

/** What an engine's decision means to the other system: a rule that only notes a match has audited. */
const effectOf = ({ actual }: Decision): string =>
  actual.action === 'allow' && actual.matches.length > 0 ? 'audit' : actual.action;

/** A foreign name as ours are written: what no name may have becomes a dash. */
const slug = (name: string): string => name.replace(/[^A-Za-z0-9_.]+/g, '-').replace(/^-|-$/g, '');

/** Rules that a decision names, without the kinds that are put behind a name where one rule became several. */
const ruleNames = ({ manifest }: Bundle, { actual }: Decision): string[] => {
  const numbers = actual.rule < 0 ? actual.matches : [...actual.matches, actual.rule];
  const names = numbers.map((number) => manifest.rules[number].name);
  return [...new Set(names.map((name) => name.replace(/\.(exec|cap|syscall|(file|net|proc)(\.[a-z_]+)?)$/, '')))];
};

/** Whether the decision is for the expected reason: the same rules, or for what is refused a policy that refuses it. */
const sameReason = (
  { by }: Case,
  bundle: Bundle,
  { effect, policy, matched }: ModelDecision,
  decision: Decision,
): boolean => {
  if (by === 'rules') return isDeepStrictEqual(ruleNames(bundle, decision).sort(), matched.map(slug).sort());
  const refused = effect === 'deny' || effect === 'kill';
  const decider = bundle.manifest.policies[decision.actual.policy]?.name ?? '';
  return !refused || policy === null || matched.some((name) => decider.startsWith(slug(name)));
};

/** A disagreement as a few lines, else null. */
const complaint = (one: Case, bundle: Bundle, { event, expected }: Judged, decision: Decision): string | null => {
  const effect = effectOf(decision);
  if (effect === expected.effect && sameReason(one, bundle, expected, decision)) return null;
  const policy = bundle.manifest.policies[decision.actual.policy]?.name ?? 'nothing';
  return [
    `${one.sources.map(({ path }) => path).join(' ')} ${JSON.stringify(one.settings)}`,
    `  event:    ${JSON.stringify(event)}`,
    `  expected: ${expected.effect} by ${expected.policy ?? 'nothing'}, matched ${JSON.stringify(expected.matched)}`,
    `  decided:  ${effect} by ${policy}, matched ${JSON.stringify(ruleNames(bundle, decision))}`,
  ].join('\n');
};

const add = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);
const listed = (map: ReadonlyMap<string, number>): string =>
  [...map]
    .sort()
    .map(([key, n]) => `${n} ${key}`)
    .join(', ');

const compare = (name: string, cases: readonly Case[]): void => {
  const effects = new Map<string, number>();
  const unclear = new Map<string, number>();
  const complaints: string[] = [];
  let [judged, compared, refused] = [0, 0, 0];
  for (const one of cases) {
    judged += one.judged.length;
    for (const reason of one.unclear) add(unclear, reason);
    const bundle = bundleOf(one);
    if (bundle === null) refused++;
    if (bundle === null || one.judged.length === 0) continue;
    const decisions = engine('both', bundle)(one.judged.map(parsed));
    compared += decisions.length;
    for (const { expected } of one.judged) add(effects, expected.effect);
    complaints.push(
      ...decisions
        .map((decision, i) => complaint(one, bundle, one.judged[i], decision))
        .filter((wrong) => wrong !== null),
    );
  }
  console.log(
    `${name}: ${compared} of ${judged} judged events compared (${listed(effects)}), ${compared - complaints.length} agree; ` +
      `${refused} of ${cases.length} builds refused; not judged: ${listed(unclear) || 'none'}`,
  );
  if (complaints.length > 0) {
    throw new Error(`${complaints.length} disagreements, seed ${seed}:\n${complaints.slice(0, SHOWN).join('\n')}`);
  }
  assert.ok(compared >= 300, `${compared} events were compared`);
};

const CORPORA = {
  'kubearmor-policy-templates': kubearmorCases,
  'kubearmor-examples': kubearmorCases,
  'falco-rules': falcoCases,
  'falco-test-rulesets': falcoTestCases,
  'tetragon-policies': tetragonCases,
};

for (const [name, casesOf] of Object.entries(CORPORA)) {
  sharedTest(`${name} is decided as the model decides`, `corpora/${name}`, (folder) =>
    compare(name, casesOf(folder, new Random(seed))),
  );
}

test.run();
