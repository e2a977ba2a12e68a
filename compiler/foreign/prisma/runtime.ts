/** Runtime policies: rules with their scopes, the first of which that holds a workload is the only one that counts. */
import { diagnose } from '../../diagnostics/index.ts';
import type { LocatedMap } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import { get, isMap } from '../read.ts';
import { attachmentsOf, type Attachment } from './attach.ts';
import { COLLECTION_FIELDS, selectionsOf, type Collection, type Selection } from './collection.ts';
import { IN_RULES, refuseDetections } from './detections.ts';
import type { PolicyMap } from './documents.ts';
import type { Target } from './effects.ts';
import { hostDomainRules, hostNetworkRules, integrityRules, malwareRules, refuseHostParts } from './host.ts';
import type { CustomRule } from './library.ts';
import { flagAt, judgeKeys, keySpan, listAt, mapsAt, textAt } from './reader.ts';
import type { MadeRule } from './rules.ts';
import { placeSelection, type Placed } from './scope.ts';
import { domainRules, fileRules, networkRules, processRules, type Surroundings } from './sections.ts';
import { referenceOf } from './terraform.ts';

export interface RuntimeRule {
  readonly name: string;
  readonly map: LocatedMap;
  readonly notes: string | undefined;
  readonly disabled: boolean;
  /** Names of its collections. */
  readonly collections: readonly string[];
  readonly placed: readonly PlacedPart[];
  readonly attached: readonly Attachment[];
  /** Made by its sections, behind what is attached; those that only watch stand before. */
  readonly watching: readonly MadeRule[];
  readonly sections: readonly MadeRule[];
}

/** One of the scopes that a rule has to be written with. */
export interface PlacedPart extends Placed {
  /** The collections that it is of. */
  readonly collections: readonly string[];
}

interface Part {
  readonly selection: Selection;
  readonly collections: readonly string[];
}

export interface Defined {
  readonly custom: ReadonlyMap<string, CustomRule>;
  readonly collections: ReadonlyMap<string, Collection>;
}

const KEYS = [
  'name',
  'previousName',
  'notes',
  'disabled',
  'collections',
  'customRules',
  'modified',
  'owner',
  'network',
  'dns',
];
const CONTAINER_KEYS = [...KEYS, 'processes', 'filesystem', 'skipExecSessions', ...Object.keys(IN_RULES)];
const HOST_KEYS = [...KEYS, 'antiMalware', 'fileIntegrityRules', 'logInspectionRules', 'forensic'];
const POLICY_KEYS = ['_id', 'rules', 'learningDisabled', 'owner', 'modified'];

/** The rules of policies of one target, in order. */
export function readRuntimeRules(
  policies: readonly PolicyMap[],
  defined: Defined,
  about: Omit<Surroundings, 'target'>,
): readonly RuntimeRule[] {
  const { report } = about;
  const earlier: Selection[] = [];
  return policies.flatMap(({ map: policy, target }) => {
    judgeKeys(policy, POLICY_KEYS, report);
    const models = flagAt(policy, 'learningDisabled', report) ? [] : about.models;
    return mapsAt(policy, 'rules', report).flatMap(
      (map) => readRule(map, defined, earlier, { ...about, models, target }) ?? [],
    );
  });
}

/** @param earlier selections of the rules before; those of this one are added */
function readRule(map: LocatedMap, defined: Defined, earlier: Selection[], about: Surroundings): RuntimeRule | null {
  const { target, report, better } = about;
  judgeKeys(map, target === 'host' ? HOST_KEYS : CONTAINER_KEYS, report);
  const name = textAt(map, 'name', report);
  if (name === undefined) {
    report(diagnose('L5005', 'the key `name` is missing', headOf(map)));
    return null;
  }
  const disabled = flagAt(map, 'disabled', report);
  const { names, parts } = scopeOf(map, defined.collections, target, report);
  const attached = attachmentsOf(map, defined.custom, target, report);
  if (flagAt(map, 'skipExecSessions', report)) {
    const message =
      '`skipExecSessions` is not carried over: what is started by `kubectl exec` is judged like everything else';
    report(diagnose('L5003', message, keySpan(map, 'skipExecSessions')));
  }
  const sections = { ...about, better };
  const made = target === 'host' ? hostSections(map, report) : containerSections(map, sections);
  if (parts === null) return null;
  const placed = parts.flatMap(({ selection, collections }): PlacedPart[] => {
    const scope = placeSelection(selection, earlier, target);
    return scope === null ? [] : [{ ...scope, collections }];
  });
  if (placed.length === 0) {
    report(
      diagnose(
        'L5308',
        `\`${name.text}\` never applies: rules before it hold all of its scope`,
        name.span,
        'move it up, or delete it',
      ),
    );
    return null;
  }
  if (!disabled) earlier.push(...parts.map(({ selection }) => selection));
  return {
    name: name.text,
    map,
    notes: textAt(map, 'notes', report)?.text,
    disabled,
    collections: names,
    placed,
    attached,
    ...made,
  };
}

type Sections = Pick<RuntimeRule, 'watching' | 'sections'>;

function containerSections(map: LocatedMap, about: Surroundings): Sections {
  refuseDetections(map, IN_RULES, about.report);
  return {
    watching: [],
    sections: [processRules, networkRules, domainRules, fileRules].flatMap((rulesOf) => rulesOf(map, about)),
  };
}

function hostSections(map: LocatedMap, report: Report): Sections {
  refuseHostParts(map, report);
  return {
    watching: integrityRules(map, report),
    sections: [malwareRules, hostNetworkRules, hostDomainRules].flatMap((rulesOf) => rulesOf(map, report)),
  };
}

/** What a rule is for: everything where it names no collection. Null where that cannot be told, which is reported. */
function scopeOf(map: LocatedMap, known: ReadonlyMap<string, Collection>, target: Target, report: Report) {
  const names: string[] = [];
  const parts: Part[] = [];
  let sound = true;
  for (const item of listAt(map, 'collections', report)) {
    const own = isMap(item) && item.entries.some(({ key }) => COLLECTION_FIELDS.includes(key.text)) ? item : null;
    const name = isMap(item) ? get(item, 'name') : item;
    const text = name?.is === 'scalar' ? name.text : '';
    const found = own ?? known.get(referenceOf(text))?.map;
    if (found === undefined && text !== 'All') {
      const help = 'give the export of the collections together with the policy';
      report(diagnose('L5307', `there is no collection \`${text}\``, headOf(item), help));
      sound = false;
      continue;
    }
    const called = known.get(referenceOf(text))?.name ?? text;
    names.push(called);
    const made = found === undefined ? [[]] : selectionsOf(found, target, report);
    if (made === null) sound = false;
    else parts.push(...made.map((selection) => ({ selection, collections: [called] })));
  }
  if (names.length === 0 && sound) parts.push({ selection: [], collections: [] });
  return { names, parts: sound ? merged(parts) : null };
}

/** Selections that differ in the patterns of a single part become one. */
function merged(parts: readonly Part[]): readonly Part[] {
  const made: Part[] = [];
  for (const { selection, collections } of parts) {
    const at = made.findIndex((other) => canMerge(selection, other.selection));
    if (at < 0) made.push({ selection, collections });
    else {
      const known = made[at];
      made[at] = {
        selection: known.selection.map((one, n) => ({ ...one, patterns: [...one.patterns, ...selection[n].patterns] })),
        collections: [...new Set([...known.collections, ...collections])],
      };
    }
  }
  return made;
}

/** One part only: with several, the others would have to be the same. */
const canMerge = ([a, ...more]: Selection, [b, ...others]: Selection): boolean =>
  more.length + others.length === 0 &&
  a !== undefined &&
  b !== undefined &&
  a.field === b.field &&
  a.key === b.key &&
  !a.negated &&
  !b.negated;
