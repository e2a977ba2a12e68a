/** L51xx: what was written for KubeArmor. */
import type { CatalogueEntry } from './catalogue.ts';

export const KUBEARMOR_CODES = {
  L5101: {
    title: 'no policy that KubeArmor would take',
    severity: 'error',
    text: 'What is written looks like a policy of KubeArmor, but means something that KubeArmor has no words for: a `match` around the sections, or workloads where it asks for programs. The help says what was probably meant.',
  },
  L5102: {
    title: 'an entry that names nothing',
    severity: 'warning',
    text: 'The entry has neither a path nor another name of what it is about. KubeArmor takes it and never matches it; it is left out.',
  },
  L5103: {
    title: 'an entry that a later one replaces',
    severity: 'warning',
    text: 'KubeArmor keeps one entry for each path and source: where the same is named twice, what is read last counts, and the first is left out.',
  },
  L5104: {
    title: 'a path that is not what it looks like',
    severity: 'warning',
    text: 'Paths of `matchPaths` are absolute and taken literally: `*` is an asterisk there, and a relative path is never met. Directories end with a slash. Globs stand in `matchPatterns`.',
  },
  L5106: {
    title: 'nothing of the policy is left',
    severity: 'warning',
    text: 'The policy has no entry that could be carried over, so it becomes no policy.',
  },
  L5107: {
    title: 'a policy that a later one replaces',
    severity: 'warning',
    text: 'A cluster keeps one policy for each kind, namespace and name. Of several the last counts, and the others are left out.',
  },
} as const satisfies Record<string, CatalogueEntry>;
