/** What is built together, the events that it is asked about, and what the models of the other systems say of them. */
import type { Source } from '../../../compiler/diagnostics/diagnostic.ts';
import type { Random } from '../../generators/random.ts';
import { filesBelow, readText } from '../files.ts';
import type { ModelDecision, ModelEvent } from './event.ts';
import { firing } from './falco/decide.ts';
import { eventsFor as falcoEvents } from './falco/events.ts';
import { ConditionError } from './falco/condition.ts';
import { LoadError, loadRules } from './falco/rules.ts';
import { AUDIT, decide as kubearmorDecides, type Posture } from './kubearmor/decide.ts';
import { eventsFor as kubearmorEvents } from './kubearmor/events.ts';
import { readPolicies as kubearmorPolicies, type Policy as KubeArmorPolicy } from './kubearmor/policies.ts';
import { decide as tetragonDecides } from './tetragon/decide.ts';
import { eventsFor as tetragonEvents } from './tetragon/events.ts';
import { readPolicies as tetragonPolicies } from './tetragon/policies.ts';

export interface Case {
  readonly sources: readonly Source[];
  /** As `--foreign` gives them. */
  readonly settings: Readonly<Record<string, string>>;
  /** What has to be named the same: the rules that match, or the policy that refuses. */
  readonly by: 'rules' | 'policy';
  readonly judged: readonly Judged[];
  /** Events that the model does not judge, by its reason. */
  readonly unclear: readonly string[];
}

export interface Judged {
  readonly event: ModelEvent;
  readonly expected: ModelDecision;
}

const sourceOf = (folder: string, path: string): Source => ({ path, text: readText(folder, path) });

const some = <T>(items: readonly T[], most: number, random: Random): T[] => {
  const rest = [...items];
  while (rest.length > most) rest.splice(random.below(rest.length), 1);
  return rest;
};

const judge = (
  events: readonly ModelEvent[],
  decide: (event: ModelEvent) => ModelDecision | { readonly unclear: string },
): Pick<Case, 'judged' | 'unclear'> => {
  const decided = events.map((event) => ({ event, expected: decide(event) }));
  return {
    judged: decided.flatMap(({ event, expected }) => ('unclear' in expected ? [] : [{ event, expected }])),
    unclear: decided.flatMap(({ expected }) => ('unclear' in expected ? [expected.unclear] : [])),
  };
};

const EVENTS_OF_A_FILE = 24;
const BLOCK: Posture = { file: 'block', network: 'block', capabilities: 'block' };
const BLOCKING = Object.fromEntries(
  ['file', 'network', 'capabilities'].flatMap((name) => [
    [`kubearmor.${name}-posture`, 'block'],
    [`kubearmor.host-${name}-posture`, 'block'],
  ]),
);

/** Each file alone; where it allows something, under both postures; and files of one selector together. */
export const kubearmorCases = (folder: string, random: Random): Case[] => {
  const files = filesBelow(folder, /\.ya?ml$/).map((path) => {
    const source = sourceOf(folder, path);
    return { source, policies: kubearmorPolicies(source.text) };
  });
  const units = [...files.map((file) => [file]), ...together(files)].filter((unit) =>
    unit.some(({ policies }) => policies.length > 0),
  );
  return units.flatMap((unit) => {
    const policies = unit.flatMap((file) => file.policies);
    const sources = unit.map(({ source }) => source);
    const events = policies.flatMap((policy) => some(kubearmorEvents(policy, random), EVENTS_OF_A_FILE, random));
    const lists = policies.some(({ entries }) => entries.some(({ action }) => action === 'Allow'));
    const soft = judge(events, (event) => kubearmorDecides(policies, event, AUDIT));
    const hard = judge(events, (event) => kubearmorDecides(policies, event, BLOCK));
    return [
      { sources, settings: {}, by: 'policy', ...soft },
      ...(lists ? [{ sources, settings: BLOCKING, by: 'policy' as const, ...hard }] : []),
    ];
  });
};

interface File {
  readonly source: Source;
  readonly policies: readonly KubeArmorPolicy[];
}

const GROUP = 6;

const together = (files: readonly File[]): File[][] => {
  const groups = new Map<string, File[]>();
  for (const file of files) {
    const [policy, ...others] = file.policies;
    if (policy === undefined || others.length > 0) continue;
    const { kind, namespace, labels, expressions, containers } = policy;
    const key = JSON.stringify([kind, namespace, labels, expressions, containers]);
    const group = groups.get(key) ?? [];
    const taken = group.some(({ policies }) => policies[0].name === policy.name);
    if (group.length < GROUP && !taken) groups.set(key, [...group, file]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
};

/** The rule files as Falco is given them: each alone by the first rule, and in order by the first and by all. */
export const falcoCases = (folder: string, random: Random): Case[] => {
  const rules = ['falco_rules', 'falco-incubating_rules', 'falco-sandbox_rules'].map((name) => `rules/${name}.yaml`);
  const sources = (paths: readonly string[]): Source[] => paths.map((path) => sourceOf(folder, path));
  return [
    ...rules.flatMap((path) => ruleset(sources([path]), ['first'], random)),
    ...ruleset(sources(rules), ['first', 'all'], random),
    ...ruleset(sources([rules[0], 'archive/falco-deprecated_rules.yaml']), ['all'], random),
  ];
};

/** The rule files that Falco's tests load together. */
export const falcoTestCases = (folder: string, random: Random): Case[] => {
  const lines = readText(folder, 'legacy_expectations.jsonl').trim().split('\n');
  const loaded = lines.map((line) => (JSON.parse(line) as { rulesets: string[] }).rulesets);
  const present = new Set(filesBelow(folder, /\.yaml$/));
  const units = [
    ...new Set(loaded.filter((names) => names.every((name) => present.has(name))).map((names) => names.join('\n'))),
  ];
  return units.flatMap((names) =>
    ruleset(
      names.split('\n').map((path) => sourceOf(folder, path)),
      ['first', 'all'],
      random,
    ),
  );
};

const ruleset = (sources: readonly Source[], modes: readonly ('first' | 'all')[], random: Random): Case[] => {
  const rules = attempt(() => loadRules(sources.map(({ text }) => text)));
  if (rules === null) return [];
  const events = rules.flatMap((rule) => falcoEvents(rule, random));
  return modes.map((matching) => ({
    sources,
    settings: { 'falco.rule-matching': matching },
    by: 'rules',
    ...judge(events, (event) => {
      const matched = firing(rules, event, matching);
      return { effect: matched.length > 0 ? 'audit' : 'allow', policy: matched[0] ?? null, matched };
    }),
  }));
};

/** @returns null where Falco would not load the files */
const attempt = <T>(load: () => T): T | null => {
  try {
    return load();
  } catch (error) {
    if (error instanceof LoadError || error instanceof ConditionError) return null;
    throw error;
  }
};

/** Each file alone. */
export const tetragonCases = (folder: string, random: Random): Case[] =>
  filesBelow(folder, /\.ya?ml$/).flatMap((path) => {
    const source = sourceOf(folder, path);
    const policies = tetragonPolicies(source.text);
    const events = policies.flatMap((policy) => tetragonEvents(policy, random));
    return events.length === 0
      ? []
      : [
          {
            sources: [source],
            settings: {},
            by: 'policy',
            ...judge(events, (event) => tetragonDecides(policies, event)),
          },
        ];
  });
