/** Defaults of ours as allow-lists of KubeArmor: it keeps one as soon as an entry allows, and one posture says what becomes of the rest. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Diagnostic, Span } from '../../diagnostics/diagnostic.ts';
import type { ResolvedPolicy } from '../../resolve/index.ts';
import { kindsOf } from '../../resolve/rule.ts';
import type { Report } from '../../schema/read.ts';
import { KINDS as EVENT_KINDS } from '../../../vm/spec/kinds.ts';
import type { Action } from '../../../vm/spec/verdict.ts';
import { KINDS } from '../kubearmor/conditions.ts';
import type { Subject } from '../kubearmor/entry.ts';
import { DEFAULTS } from '../kubearmor/policy.ts';
import type { Posture } from '../kubearmor/posture.ts';
import type { Leaving } from './kubearmor.ts';

type Listed = keyof typeof DEFAULTS;
const LISTED = Object.keys(DEFAULTS) as Listed[];
const POSTURES: { readonly [K in Action]?: Posture } = { allow: 'allow', audit: 'audit', deny: 'block' };

/** Key in the ConfigMap to its posture. */
export type ExportedPostures = ReadonlyMap<string, Posture>;

/** What a policy has a default for. */
export const listedIn = ({ defaults }: ResolvedPolicy): ReadonlySet<Subject> =>
  new Set(LISTED.filter((subject) => kindsOfSubject(subject).some((kind) => kind in defaults)));

const kindsOfSubject = (subject: Subject): readonly number[] => KINDS[subject].flatMap(kindsOf);

/** @returns the postures that all policies agree on; where they do not, that is reported */
export function judgeDefaults(leaving: readonly Leaving[], report: Report): ExportedPostures {
  const postures = new Map<string, Posture>();
  for (const { policy, selection, entries } of leaving) {
    judgeKinds(policy, report);
    for (const subject of LISTED) {
      const given = defaultOf(policy, subject, report);
      const isListed = entries.some(({ entry }) => entry.subject === subject && entry.action === 'Allow');
      if (!isListed) {
        if (given !== null) report(withoutEntry(policy, subject));
        continue;
      }
      const key = `${selection.host ? 'hostDefault' : 'default'}${titled(DEFAULTS[subject].of)}Posture`;
      const posture = given ?? 'allow';
      const first = postures.get(key) ?? posture;
      postures.set(key, first);
      if (first === posture) continue;
      const help = `\`${key}\` is one for all: programs and files share it, and connections and DNS queries`;
      const message = `the defaults of \`${policy.name.value}\` are not those of others: \`${posture}\` beside \`${first}\``;
      report(diagnose('L5706', message, placeOf(policy), help));
    }
  }
  return postures;
}

function withoutEntry(policy: ResolvedPolicy, subject: Listed): Diagnostic {
  const help = `allow something of ${KINDS[subject].join(', ')} in this policy, or deny all of it by a rule`;
  const message = `KubeArmor keeps no allow-list where nothing is allowed, as by \`${policy.name.value}\``;
  return diagnose('L5706', message, placeOf(policy), help);
}

const titled = (text: string): string => `${text[0].toUpperCase()}${text.slice(1)}`;
const placeOf = ({ document, name }: ResolvedPolicy): Span => document.spec.defaults?.span ?? name.span;

/** @returns null where it says nothing of the subject, or what is no posture, which is reported */
function defaultOf(policy: ResolvedPolicy, subject: Listed, report: Report): Posture | null {
  const actions = new Set(kindsOfSubject(subject).map((kind): Action | undefined => policy.defaults[kind]));
  const [action] = actions;
  if (actions.size === 1 && action === undefined) return null;
  const posture = action && POSTURES[action];
  if (actions.size === 1 && posture !== undefined) return posture;
  const help = `give ${KINDS[subject].join(', ')} the same default: allow, audit or deny`;
  report(diagnose('L5706', `no posture is what the defaults of \`${policy.name.value}\` say`, placeOf(policy), help));
  return null;
}

/** Defaults for events that KubeArmor keeps no lists of. */
function judgeKinds(policy: ResolvedPolicy, report: Report): void {
  const listed = new Set(LISTED.flatMap(kindsOfSubject));
  const others = EVENT_KINDS.filter(({ id }) => id in policy.defaults && !listed.has(id)).map(
    ({ name }) => `\`${name}\``,
  );
  if (others.length === 0) return;
  const help = `defaults are for ${LISTED.flatMap((subject) => KINDS[subject]).join(', ')}`;
  report(diagnose('L5706', `KubeArmor has no allow-lists of ${others.join(', ')}`, placeOf(policy), help));
}

/** The cluster's postures; null: nothing depends on them. */
export const configurationOf = (postures: ExportedPostures): object | null =>
  postures.size === 0
    ? null
    : {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'kubearmor-config', namespace: 'kubearmor' },
        data: Object.fromEntries([...postures].sort(([a], [b]) => (a < b ? -1 : 1))),
      };
