/** Verdicts in words (contract, "A verdict record"): the numbers of a decision with the names of the manifest. */
import type { ManifestPolicy, ManifestRule } from '../bundle/manifest.ts';
import type { Bytes } from '../bundle/normal.ts';
import type { Decision, PlaneDecision } from '../event/decision.ts';
import type { Event, Value } from '../event/event.ts';
import { fieldByName, pairs, valueOf, valueText } from '../event/index.ts';
import { displayText, parseText } from '../event/text.ts';
import { ERRNOS, type Action, type Effect } from '../spec/verdict.ts';

/** What verdicts in words take from a manifest. */
export interface VerdictNames {
  readonly policies: readonly Pick<ManifestPolicy, 'name'>[];
  readonly rules: readonly NamedRule[];
}
type NamedRule = Pick<ManifestRule, 'name' | 'policy' | 'severity' | 'tags' | 'message' | 'log'>;

export interface VerdictRecord {
  /** What the deciding rule or default says; `allow` where nothing applies. */
  readonly action: Action;
  /** What happens to the operation. */
  readonly effect: Effect;
  readonly policy: string | null;
  /** Null for a default, and where nothing applies. */
  readonly rule: string | null;
  readonly default: boolean;
  readonly severity: string | null;
  readonly tags: readonly string[];
  readonly message: string | null;
  readonly log: 'audit' | 'incident' | null;
  /** Name of the errno that the operation fails with. */
  readonly errno: string | null;
  /** The as-if decision where it differs. */
  readonly would: Would | null;
  readonly matches: readonly Match[];
  /** Names of the policies that were assumed to hold. */
  readonly assumed: readonly string[];
  /** Why the effect is weaker than the action: said by whoever enforces. */
  readonly degraded: string | null;
}

export interface Would {
  readonly action: Action;
  readonly policy: string | null;
  readonly rule: string | null;
  readonly default: boolean;
  readonly matches: readonly Match[];
}

/** A rule with `continue: true` that matched. */
export interface Match {
  readonly policy: string;
  readonly rule: string;
  readonly severity: string | null;
  readonly tags: readonly string[];
  readonly message: string | null;
}

/**
 * @param decision of any engine
 * @param event of the question that was decided, with its facts: messages quote it
 */
export function verdictRecord(manifest: VerdictNames, decision: Decision, event: Event): VerdictRecord {
  const { actual, asIf, errno, assumed } = decision;
  const rule = ruleOf(manifest, actual);
  return {
    action: actual.action,
    effect: actual.action === 'audit' ? 'allow' : actual.action,
    ...names(manifest, actual),
    severity: rule?.severity ?? null,
    tags: rule?.tags ?? [],
    message: messageOf(rule, event),
    log: rule?.log ?? null,
    errno: errno === 0 ? null : errnoName(errno),
    would: differs(actual, asIf)
      ? { action: asIf.action, ...names(manifest, asIf), matches: matchesOf(manifest, asIf, event) }
      : null,
    matches: matchesOf(manifest, actual, event),
    assumed: assumed.map((policy) => manifest.policies[policy].name),
    degraded: null,
  };
}

const ruleOf = (manifest: VerdictNames, { rule }: PlaneDecision): NamedRule | undefined => manifest.rules[rule];

const names = (manifest: VerdictNames, plane: PlaneDecision): Pick<Would, 'policy' | 'rule' | 'default'> => ({
  policy: manifest.policies[plane.policy]?.name ?? null,
  rule: ruleOf(manifest, plane)?.name ?? null,
  default: plane.default,
});

const differs = (actual: PlaneDecision, asIf: PlaneDecision): boolean =>
  actual.action !== asIf.action ||
  actual.policy !== asIf.policy ||
  actual.rule !== asIf.rule ||
  actual.matches.join() !== asIf.matches.join();

const matchesOf = (manifest: VerdictNames, plane: PlaneDecision, event: Event): readonly Match[] =>
  plane.matches.map((number) => {
    const rule = manifest.rules[number];
    return {
      policy: manifest.policies[rule.policy].name,
      rule: rule.name,
      severity: rule.severity,
      tags: rule.tags,
      message: messageOf(rule, event),
    };
  });

/** `{proc.name}`, `{proc.args[1]}`, `{k8s.labels["app"]}`. */
const PLACEHOLDER = /\{([A-Za-z_]\w*\.[A-Za-z_]\w*)(?:\[(?:(\d+)|"((?:[^"\\]|\\.)*)")\])?\}/g;

function messageOf(rule: NamedRule | undefined, event: Event): string | null {
  if (!rule || rule.message === null) return null;
  return rule.message.replace(PLACEHOLDER, (text, name: string, index?: string, key?: string) => {
    const field = fieldByName(name);
    if (!field) return text;
    const hidden = event.hidden?.get(field.id);
    if (hidden !== undefined) return hidden;
    const value = valueOf(event, field.id);
    if (value === undefined) return '-';
    if (index === undefined && key === undefined) return valueText(field, value);
    const part = typeof value === 'object' ? partOf(value, index, key) : undefined;
    return part === undefined ? '-' : displayText(part);
  });
}

/** An element of a list by its index, or the value of a label by its name. */
function partOf(value: Value & readonly Bytes[], index?: string, key?: string): Bytes | undefined {
  if (index !== undefined) return value[Number(index)];
  const name = parseText(key!);
  return 'bytes' in name ? pairs(value).find(([label]) => label === name.bytes)?.[1] : undefined;
}

const ERRNO_NAMES = new Map(Object.entries(ERRNOS).map(([name, number]) => [number, name]));

/** The name of an errno; one that no rule can ask for is written as a number. */
const errnoName = (errno: number): string => ERRNO_NAMES.get(errno) ?? String(errno);
