/** The keys of a policy and its rules, by the names of the runtime API; beside them those of the console and of the centralized policies. */

export const POLICY_KEYS = {
  name: ['policyName'],
  description: [],
  policyMode: ['mode', 'enforcementMode', 'policyEnforcementMode'],
  defaultNetworkAction: ['networkDefaultAction'],
  defaultFileAction: ['fileDefaultAction'],
  defaultExecuteAction: ['defaultApplicationAction', 'applicationDefaultAction'],
  defaultActions: ['defaultActionsByRuleType'],
  ignoredSyscalls: ['ignoredSystemCalls'],
  rules: ['policyRules'],
  images: ['appliedTo', 'appliedImages'],
  id: ['policyId', 'uuid'],
  created: ['createdBy', 'createdDate'],
  updated: ['updatedBy', 'updatedDate', 'lastUpdated'],
  policyType: [],
  behavioralLearning: ['behavioralLearningMode', 'behaviouralLearning'],
} as const;

export const DEFAULT_KEYS = { network: [], file: [], application: ['execute'] } as const;

export const RULE_KEYS = {
  name: ['ruleName'],
  ruleType: ['type'],
  action: ['ruleAction'],
  inactive: [],
  enabled: ['isEnabled'],
  program: [],
  file: [],
  ipAddress: ['ip'],
  port: [],
  syscall: ['systemCall'],
  arg1: ['argument1'],
  arg2: ['argument2'],
  arg3: ['argument3'],
  id: ['ruleId'],
  created: [],
  updated: [],
} as const;

/** What a value that stands for `rules` may be called in the console: types by category and name. */
export const RULE_TYPES = {
  NETWORK_OUTBOUND: 'outbound',
  NETWORK_INBOUND: 'inbound',
  READ: 'read',
  WRITE: 'write',
  SYSCALL: 'syscall',
  'Network Outbound': 'outbound',
  'Network Inbound': 'inbound',
  Outbound: 'outbound',
  Inbound: 'inbound',
  'File Read': 'read',
  'File Write': 'write',
  Application: 'syscall',
} as const;
export type RuleType = (typeof RULE_TYPES)[keyof typeof RULE_TYPES];

export const MODES = { ACTIVE: 'enforce', PERMISSIVE: 'observe', INACTIVE: 'off' } as const;

export const ACTIONS = { ALLOW: 'allow', DENY: 'deny', MONITOR: 'monitor' } as const;
export type QualysAction = (typeof ACTIONS)[keyof typeof ACTIONS];
