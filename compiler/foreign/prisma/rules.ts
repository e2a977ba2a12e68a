/** Rules of ours as parts of a runtime rule make them. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { Report } from '../../schema/read.ts';
import { ALWAYS, all, not, test, type Condition } from '../condition.ts';
import { nameOf } from '../names.ts';
import type { RuntimeType } from './attributes.ts';
import type { Said } from './effects.ts';

export interface MadeRule {
  readonly name: string;
  readonly on: readonly string[];
  readonly when: Condition;
  readonly action: string;
  /** The rule only notes what it sees. */
  readonly continue?: true;
  readonly log?: 'incident';
  readonly message?: string;
  readonly tags?: readonly string[];
  readonly span: Span;
}

/** Their names are sentences: `Default - alert` becomes `Default-alert`. */
export const nameFor = (text: string, fallback: string): string => nameOf(text, fallback).replace(/-{2,}/g, '-');

/** Writing to a disk: what a file system event is there. */
export const WRITES = ['file.write', 'file.create', 'file.delete', 'file.rename', 'file.link'];

export const KINDS: Readonly<Record<RuntimeType, readonly string[]>> = {
  processes: ['exec'],
  filesystem: WRITES,
  'network-outgoing': ['net.connect', 'net.send'],
};

export type RuleParts = Omit<MadeRule, 'on' | 'action' | 'span'>;

/**
 * A rule about writing. What prevents writing there keeps files from being made, or moved to the place, and only raises
 * an alert for those that exist; `better` denies both.
 */
export function writeRules(parts: RuleParts, said: NonNullable<Said>, better: boolean): readonly MadeRule[] {
  const { span, effect, action } = said;
  if (effect !== 'prevent' || better) return [{ ...parts, on: WRITES, action, span }];
  // The source of a move and of a link is a file that exists.
  const made = all([parts.when, test('file.side != "source"', span)]);
  return [
    { ...parts, on: ['file.create', 'file.rename', 'file.link'], when: made, action, span },
    { ...parts, name: `${parts.name}-existing`, on: WRITES, action: 'audit', span },
  ];
}

/** Says where preventing is less than it seems. */
export const reportExisting = (span: Span, report: Report): void =>
  report(
    diagnose(
      'L5309',
      '`prevent` keeps files from being made; writing one that exists only raises an alert',
      span,
      'with `--foreign prisma.better=on` both are denied',
    ),
  );

/** What a container's model allows, and for which workloads. */
export interface Learned {
  readonly name: string;
  readonly guard: Condition;
  /** Undefined: the model says nothing of the matter. */
  readonly allowed: Condition | undefined;
}

/**
 * Conditions for what neither a model nor a list allows. Where there is a model, it holds with what the list adds; where
 * there is none, a list that has something is all that is allowed.
 *
 * @param name of the rule
 * @param listed what the runtime rule allows; undefined: it has no list
 */
export function otherwise(
  name: string,
  listed: Condition | undefined,
  models: readonly Learned[],
): readonly { readonly name: string; readonly when: Condition }[] {
  const learned = models.filter(({ allowed }) => allowed !== undefined);
  const found = learned.map((model) => ({
    name: `${name}-${model.name}`,
    when: all([model.guard, not(model.allowed!), listed === undefined ? ALWAYS : not(listed)]),
  }));
  if (listed !== undefined) {
    found.push({ name, when: all([...learned.map(({ guard }) => not(guard)), not(listed)]) });
  }
  return found;
}
