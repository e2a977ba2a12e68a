/** The keys of Trend's documents, by the names of its API; beside them those of its resources and its Terraform provider. */

export const RULESET_KEYS = {
  name: [],
  description: [],
  labels: [],
  rules: [],
  id: [],
  created: ['createdDateTime'],
  updated: ['updatedDateTime'],
} as const;

export const LABEL_KEYS = { key: [], value: [] } as const;

export const RULE_KEYS = { ruleID: ['id'], mitigation: ['action'], enabled: [], name: [], description: [] } as const;

export const MITIGATIONS = { log: 'log', isolate: 'isolate', terminate: 'terminate' } as const;
export type Mitigation = (typeof MITIGATIONS)[keyof typeof MITIGATIONS];
