/** L50xx: what every frontend may find; each system has its own codes beside it. */
import type { CatalogueEntry } from './catalogue.ts';

export const FOREIGN_CODES = {
  L5001: {
    title: 'unknown setting of a frontend',
    severity: 'error',
    text: 'Settings are given as `--foreign SYSTEM.NAME=VALUE`; `lictor import` lists them.',
  },
  L5002: {
    title: 'unknown key in a foreign document',
    severity: 'warning',
    text: 'The other system has no such key at this place, and it is ignored, as it is there. It may be misspelt: then the policy does not do what it seems to.',
  },
  L5003: {
    title: 'not carried over',
    severity: 'warning',
    text: 'Lictor has nothing that this could become. The rest of the document counts as if it were not there.',
  },
  L5004: {
    title: 'wrong value in a foreign document',
    severity: 'error',
    text: 'The other system takes other values at this place.',
  },
  L5005: {
    title: 'key missing in a foreign document',
    severity: 'error',
    text: 'The other system requires the key.',
  },
  L5006: {
    title: 'cannot be decided here',
    severity: 'error',
    text: 'The rule needs events or facts that Lictor does not have. Carrying it over would make a rule that never acts, which is worse than none: it is refused by name.',
  },
  L5007: {
    title: 'resource that is left out',
    severity: 'warning',
    text: 'A document with another `apiVersion` than those that are read: manifests of Kubernetes may stand beside policies. If it is a policy, nothing of it is enforced.',
  },
} as const satisfies Record<string, CatalogueEntry>;
