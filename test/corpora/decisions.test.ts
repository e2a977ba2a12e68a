/** Policies of other systems, compiled as they are: Lictor decides what an independent model of each system decides. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { engine } from '../../cli/engines.ts';
import { build } from '../../compiler/build.ts';
import { readBundle, type Bundle } from '../../vm/bundle/index.ts';
import { parseEventLine, type Decision, type Event } from '../../vm/event/index.ts';
import { Random, runSeed } from '../generators/random.ts';
import { sharedTest } from '../support/shared.ts';
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

/** A disagreement as a line, else null. */
const complaint = (
  { sources, settings }: Case,
  { manifest }: Bundle,
  { event, expected }: Judged,
  decision: Decision,
): string | null => {
  const effect = effectOf(decision);
  if (effect === expected.effect) return null;
  const { policy, rule } = decision.actual;
  const by = `${manifest.policies[policy]?.name ?? 'nothing'}/${manifest.rules[rule]?.name ?? (decision.actual.default ? 'default' : 'no rule')}`;
  return [
    `${sources.map(({ path }) => path).join(' ')} ${JSON.stringify(settings)}`,
    `  event:    ${JSON.stringify(event)}`,
    `  expected: ${expected.effect} ${expected.policy ?? ''} ${JSON.stringify(expected.matched)}`,
    `  decided:  ${effect} by ${by}`,
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
  assert.ok(judged >= 300, `${judged} events`);
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
