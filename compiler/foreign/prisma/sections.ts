/** The sections of a runtime rule for containers: what is denied, what is allowed, and what happens with the rest. */
import type { LocatedMap } from '../../document/located.ts';
import type { Report } from '../../schema/read.ts';
import { all, some, test, type Condition } from '../condition.ts';
import { IN_SECTIONS, refuseDetections } from './detections.ts';
import { effectAt, type Effect, type Part, type Said, type Target } from './effects.ts';
import { isBelow, isDomain, isPeer, isPort, isProcess } from './lists.ts';
import type { Model } from './model.ts';
import { flagAt, judgeKeys, mapAt, mapsAt, textsAt } from './reader.ts';
import { KINDS, otherwise, reportExisting, writeRules, type Learned, type MadeRule, type RuleParts } from './rules.ts';

export interface Surroundings {
  readonly target: Target;
  readonly better: boolean;
  readonly models: readonly Model[];
  readonly report: Report;
}

/** Turns a condition into rules that do what is said. */
type Make = (parts: RuleParts, said: NonNullable<Said>) => readonly MadeRule[];

const on =
  (kinds: readonly string[]): Make =>
  (parts, { action, span }) => [{ ...parts, on: kinds, action, span }];

/** A section that is there and not switched off. */
function section(rule: LocatedMap, key: string, keys: readonly string[], report: Report): LocatedMap | undefined {
  const map = mapAt(rule, key, report);
  if (map === undefined) return undefined;
  judgeKeys(map, ['disabled', 'defaultEffect', ...keys, ...Object.keys(IN_SECTIONS)], report);
  if (flagAt(map, 'disabled', report)) return undefined;
  refuseDetections(map, IN_SECTIONS, report);
  return map;
}

function denied(name: string, when: Condition, said: Said, make: Make): readonly MadeRule[] {
  return when.is === 'false' || said === null ? [] : make({ name, when }, said);
}

function others(
  name: string,
  listed: Condition,
  learned: readonly Learned[],
  said: Said,
  make: Make,
): readonly MadeRule[] {
  if (said === null) return [];
  const parts = otherwise(name, listed.is === 'false' ? undefined : listed, learned);
  return parts.flatMap((one) => make(one, said));
}

const learnedOf = (models: readonly Model[], of: (model: Model) => Condition | undefined): readonly Learned[] =>
  models.map((model) => ({ name: model.name, guard: model.guard, allowed: of(model) }));

const ALERT: Effect = 'alert';

/** A list of what is denied with its effect, as processes and file systems have it. */
function deniedList(map: LocatedMap, part: Part, { target, report }: Surroundings) {
  const list = mapAt(map, 'deniedList', report);
  if (list === undefined) return { paths: [], said: null };
  judgeKeys(list, ['effect', 'paths'], report);
  return { paths: textsAt(list, 'paths', report), said: effectAt(list, 'effect', ALERT, part, target, report) };
}

export function processRules(rule: LocatedMap, about: Surroundings): readonly MadeRule[] {
  const { target, models, report } = about;
  const map = section(rule, 'processes', ['allowedList', 'deniedList', 'checkParentChild'], report);
  if (map === undefined) return [];
  const { paths, said } = deniedList(map, 'processes', about);
  const withParents = flagAt(map, 'checkParentChild', report);
  const rest = effectAt(map, 'defaultEffect', ALERT, 'processes', target, report);
  return [
    ...denied('denied-processes', isProcess(paths), said, on(KINDS.processes)),
    ...others(
      'other-processes',
      isProcess(textsAt(map, 'allowedList', report)),
      learnedOf(models, ({ processes }) => processes?.(withParents)),
      rest,
      on(KINDS.processes),
    ),
  ];
}

export function networkRules(rule: LocatedMap, about: Surroundings): readonly MadeRule[] {
  const { target, models, report } = about;
  const keys = ['allowedIPs', 'deniedIPs', 'deniedIPsEffect', 'listeningPorts', 'outboundPorts'];
  const map = section(rule, 'network', keys, report);
  if (map === undefined) return [];
  const effect = (of: LocatedMap, key: string): Said => effectAt(of, key, ALERT, 'network-outgoing', target, report);
  const outgoing = on(KINDS['network-outgoing']);
  const listening = on(['net.listen']);
  const rest = effect(map, 'defaultEffect');
  const out = ports(map, 'outboundPorts', 'net.remote_port', about);
  const own = ports(map, 'listeningPorts', 'net.local_port', about);
  return [
    ...denied(
      'denied-addresses',
      isPeer(textsAt(map, 'deniedIPs', report), report),
      effect(map, 'deniedIPsEffect'),
      outgoing,
    ),
    ...denied('denied-outbound-ports', out.denied, out.said, outgoing),
    ...others(
      'other-connections',
      some([isPeer(textsAt(map, 'allowedIPs', report), report), out.allowed]),
      learnedOf(models, ({ outbound }) => outbound),
      rest,
      // Sockets of the file system lead nowhere outside.
      (parts, said) => outgoing({ ...parts, when: inNetwork(parts.when) }, said),
    ),
    ...denied('denied-listening-ports', own.denied, own.said, listening),
    ...others(
      'other-listening-ports',
      own.allowed,
      learnedOf(models, ({ listening: learned }) => learned),
      rest,
      (parts, said) => listening({ ...parts, when: inNetwork(parts.when) }, said),
    ),
  ];
}

const inNetwork = (when: Condition): Condition => all([when, test('net.family != "unix"')]);

function ports(map: LocatedMap, key: string, field: string, { target, report }: Surroundings) {
  const list = mapAt(map, key, report);
  if (list === undefined) return { allowed: some([]), denied: some([]), said: null };
  judgeKeys(list, ['allowed', 'denied', 'effect'], report);
  const of = (which: string): Condition => {
    const ranges = mapsAt(list, which, report);
    for (const range of ranges) judgeKeys(range, ['start', 'end', 'deny'], report);
    return isPort(field, ranges, report);
  };
  return {
    allowed: of('allowed'),
    denied: of('denied'),
    said: effectAt(list, 'effect', ALERT, 'network-outgoing', target, report),
  };
}

export function domainRules(rule: LocatedMap, { target, models, report }: Surroundings): readonly MadeRule[] {
  const map = section(rule, 'dns', ['domainList'], report);
  if (map === undefined) return [];
  const list = mapAt(map, 'domainList', report);
  if (list !== undefined) judgeKeys(list, ['allowed', 'denied', 'effect'], report);
  const domains = (key: string): Condition => (list === undefined ? some([]) : isDomain(textsAt(list, key, report)));
  const said = list === undefined ? null : effectAt(list, 'effect', ALERT, 'dns', target, report);
  const rest = effectAt(map, 'defaultEffect', ALERT, 'dns', target, report);
  const make = on(['net.dns']);
  return [
    ...denied('denied-domains', domains('denied'), said, make),
    ...others(
      'other-domains',
      domains('allowed'),
      learnedOf(models, ({ domains: learned }) => learned),
      rest,
      make,
    ),
  ];
}

export function fileRules(rule: LocatedMap, about: Surroundings): readonly MadeRule[] {
  const { target, better, models, report } = about;
  const map = section(rule, 'filesystem', ['allowedList', 'deniedList'], report);
  if (map === undefined) return [];
  const { paths, said } = deniedList(map, 'filesystem', about);
  const rest = effectAt(map, 'defaultEffect', ALERT, 'filesystem', target, report);
  const make: Make = (parts, effect) => {
    if (effect.effect === 'prevent' && !better) reportExisting(effect.span, report);
    return writeRules(parts, effect, better);
  };
  return [
    ...denied('denied-paths', isBelow(paths), said, make),
    ...others(
      'other-paths',
      isBelow(textsAt(map, 'allowedList', report)),
      learnedOf(models, ({ paths: learned }) => learned),
      rest,
      make,
    ),
  ];
}
