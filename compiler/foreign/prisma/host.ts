/** The sections of a runtime rule for hosts. */
import { diagnose } from '../../diagnostics/index.ts';
import type { LocatedMap } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import { all, globOf, not, quoted, quotedSet, some, test, type Condition } from '../condition.ts';
import { FEEDS, MALWARE, refuseDetections } from './detections.ts';
import { effectAt, type Said } from './effects.ts';
import { isDomain, isPeer, isPort, isProcess } from './lists.ts';
import { flagAt, judgeKeys, keySpan, listAt, mapAt, mapsAt, textAt, textsAt } from './reader.ts';
import { KINDS, WRITES, type MadeRule } from './rules.ts';

const rule = (name: string, on: readonly string[], when: Condition, said: Said): readonly MadeRule[] =>
  when.is === 'false' || said === null ? [] : [{ name, on, when, action: said.action, span: said.span }];

/** What denies programs. Those that are allowed are safe from it. */
export function malwareRules(map: LocatedMap, report: Report): readonly MadeRule[] {
  const part = mapAt(map, 'antiMalware', report);
  if (part === undefined) return [];
  const known = ['allowedProcesses', 'deniedProcesses', 'detectCompilerGeneratedBinary', 'skipSSHTracking'];
  judgeKeys(part, [...known, ...Object.keys(MALWARE)], report);
  refuseDetections(part, MALWARE, report);
  const list = mapAt(part, 'deniedProcesses', report);
  if (list === undefined) return [];
  judgeKeys(list, ['effect', 'paths'], report);
  const allowed = isProcess(textsAt(part, 'allowedProcesses', report));
  const denied = isProcess(textsAt(list, 'paths', report));
  const said = effectAt(list, 'effect', 'alert', 'processes', 'host', report);
  return rule('denied-processes', KINDS.processes, all([denied, not(allowed)]), said);
}

export function hostNetworkRules(map: LocatedMap, report: Report): readonly MadeRule[] {
  const part = mapAt(map, 'network', report);
  if (part === undefined) return [];
  const known = [
    'allowedOutboundIPs',
    'deniedListeningPorts',
    'deniedOutboundIPs',
    'deniedOutboundPorts',
    'denyListEffect',
  ];
  judgeKeys(part, [...known, ...Object.keys(FEEDS)], report);
  refuseDetections(part, FEEDS, report);
  const said = effectAt(part, 'denyListEffect', 'alert', 'network-outgoing', 'host', report);
  const ports = (key: string, field: string): Condition => {
    const ranges = mapsAt(part, key, report);
    for (const range of ranges) judgeKeys(range, ['start', 'end', 'deny'], report);
    return isPort(field, ranges, report);
  };
  const allowed = isPeer(textsAt(part, 'allowedOutboundIPs', report), report);
  const addresses = isPeer(textsAt(part, 'deniedOutboundIPs', report), report);
  const outgoing = KINDS['network-outgoing'];
  return [
    ...rule('denied-addresses', outgoing, addresses, said),
    ...rule(
      'denied-outbound-ports',
      outgoing,
      all([ports('deniedOutboundPorts', 'net.remote_port'), not(allowed)]),
      said,
    ),
    ...rule('denied-listening-ports', ['net.listen'], ports('deniedListeningPorts', 'net.local_port'), said),
  ];
}

export function hostDomainRules(map: LocatedMap, report: Report): readonly MadeRule[] {
  const part = mapAt(map, 'dns', report);
  if (part === undefined) return [];
  judgeKeys(part, ['allow', 'deny', 'denyListEffect', 'intelligenceFeed'], report);
  refuseDetections(part, { intelligenceFeed: FEEDS.intelligenceFeed }, report);
  const said = effectAt(part, 'denyListEffect', 'alert', 'dns', 'host', report);
  // What is allowed is safe from the feed; a name on both lists is denied.
  return rule('denied-domains', ['net.dns'], isDomain(textsAt(part, 'deny', report)), said);
}

/** File integrity monitoring only watches: its rules note what they see, and the search goes on. */
export function integrityRules(map: LocatedMap, report: Report): readonly MadeRule[] {
  return mapsAt(map, 'fileIntegrityRules', report).flatMap((part, n): MadeRule[] => {
    judgeKeys(part, ['path', 'recursive', 'read', 'write', 'metadata', 'procWhitelist', 'exclusions'], report);
    const path = textAt(part, 'path', report);
    if (path === undefined) {
      report(diagnose('L5005', 'the key `path` is missing', headOf(part)));
      return [];
    }
    const kinds = [
      ...(flagAt(part, 'read', report) ? ['file.read'] : []),
      ...(flagAt(part, 'write', report) ? WRITES : []),
      ...(flagAt(part, 'metadata', report) ? ['file.attr'] : []),
    ];
    const text = path.text.replace(/(?<=.)\/+$/, '');
    const own = flagAt(part, 'recursive', report)
      ? test(`file.path within ${quoted(text)}`, path.span)
      : some([test(`file.path = ${quoted(text)}`, path.span), test(`file.dir = ${quoted(text)}`, path.span)]);
    const excluded = textsAt(part, 'exclusions', report).map(({ text: name }) => name.split('*').map(globOf).join('*'));
    const free = excluded.length === 0 ? some([]) : test(`file.name glob ${quotedSet(excluded)}`, path.span);
    const when = all([own, not(free), not(isProcess(textsAt(part, 'procWhitelist', report)))]);
    const name = n === 0 ? 'file-integrity' : `file-integrity-${n + 1}`;
    return kinds.length === 0 ? [] : [{ name, on: kinds, when, action: 'audit', continue: true, span: path.span }];
  });
}

/** What a rule for hosts has beside its lists. */
export function refuseHostParts(map: LocatedMap, report: Report): void {
  if (listAt(map, 'logInspectionRules', report).length > 0) {
    const help = 'what programs write into their logs is no event';
    report(diagnose('L5003', '`logInspectionRules` are not carried over', keySpan(map, 'logInspectionRules'), help));
  }
}
