/** The documents (semantics, section 4; contract, "A policy"): every key, its shape, and what it means. */
import { KINDS, KIND_CLASSES } from '../../vm/spec/kinds.ts';
import { ACTIONS, EFFECTS, ERRNOS, LOGS, MODES, SEVERITIES, TIERS } from '../../vm/spec/verdict.ts';
import {
  any,
  boolean,
  choice,
  constant,
  either,
  expression,
  integer,
  list,
  map,
  object,
  oneOrMore,
  optional,
  required,
  some,
  text,
  type Field,
  type ObjectShape,
  type Read,
} from './shape.ts';

export const API_VERSION = 'lictor.dev/v1';

const NAME = text('[A-Za-z0-9_.-]+', 'letters, digits, `_`, `.` and `-`');
const ANY_TEXT = text();
/** What expressions can say: lists and macros may have `-`, parameters not. */
const WORD = text('[A-Za-z_][A-Za-z0-9_-]*', 'letters, digits, `_` and `-`, not starting with a digit or `-`');
const IDENTIFIER = text('[A-Za-z_][A-Za-z0-9_]*', 'letters, digits and `_`, not starting with a digit');
const FILLED = text('[^]*\\S[^]*', 'a text');
const RATE_LIMIT = text(
  '[1-9][0-9]{0,4}[smh]( per workload)?',
  'a time such as `30s`, `1m` or `2h`, or `1m per workload`',
);
const DATE = text('[0-9]{4}-[0-9]{2}-[0-9]{2}', 'a date, `YYYY-MM-DD`');
const ACTION = choice(ACTIONS);
const KIND = choice([...KINDS.map(({ name }) => name), ...Object.keys(KIND_CLASSES)]);
const ORDER = 2 ** 31 - 1;

const globs = oneOrMore(ANY_TEXT);
const labels = map(ANY_TEXT, globs, true);

const scopeParts = {
  host: optional(boolean, 'true: processes outside containers; false: containers only'),
  class: optional(globs, 'host, container, kubernetes, serverless'),
  namespace: optional(globs, 'Kubernetes namespaces'),
  labels: optional(labels, 'labels of the pod'),
  matchExpressions: optional(
    some(
      object({
        key: required(ANY_TEXT, 'a label of the pod'),
        operator: required(choice(['In', 'NotIn', 'Exists', 'DoesNotExist']), 'as in Kubernetes'),
        values: optional(list(ANY_TEXT), 'for In and NotIn'),
      }),
    ),
    'label selectors as in Kubernetes; all must hold',
  ),
  image: optional(globs, 'image references; a pattern without tag or digest ignores the tag'),
  container: optional(globs, 'container names'),
  node: optional(labels, 'labels of the host'),
  cluster: optional(labels, 'labels of the cluster'),
};
const scope = object({
  ...scopeParts,
  except: optional(object(scopeParts, true), 'the same parts; one that holds takes the workload out'),
});

const named = object({
  name: required(NAME, 'shown when the exception is the reason'),
  when: required(expression, 'where the rule does not count'),
});

const metadata = {
  description: optional(ANY_TEXT, 'what it is for'),
  annotations: optional(map(ANY_TEXT, ANY_TEXT), 'free texts: owner, ticket, …'),
};
const ownMetadata = required(
  object({ name: required(NAME, 'unique in a build, per kind of document'), ...metadata }),
  'name and notes',
);
const freeMetadata = optional(
  object({ name: optional(NAME, 'unique in a build, per kind of document'), ...metadata }),
  'name and notes',
);

const ruleName = { name: required(NAME, 'unique in the policy') };
const ruleBody = {
  on: required(oneOrMore(KIND), 'a kind of event, a class (file, file.modify, net, proc), or a list'),
  when: required(expression, 'the condition; `true` for always'),
  unless: optional(list(named), 'exceptions: the rule does not match where one of them holds'),
  action: required(ACTION, 'what happens when the rule decides'),
  errno: optional(choice(Object.keys(ERRNOS)), 'error of a failing operation; default EPERM'),
  continue: optional(boolean, 'true: note the match and go on; only with audit'),
  severity: optional(choice(SEVERITIES), 'how bad a match is'),
  tags: optional(list(ANY_TEXT), 'labels for reports: mitre:T1059.004, cis:docker-5.4'),
  message: optional(ANY_TEXT, '`{field}` stands for the field of the event'),
  log: optional(choice(LOGS), 'where a match is reported; default audit'),
  rateLimit: optional(RATE_LIMIT, 'a process that is let through is recorded once in this time for the same object'),
  enabled: optional(boolean, 'false leaves the rule out'),
};
const rule = object({ ...ruleName, ...ruleBody });
const use = object({
  use: required(NAME, 'name of a rule of a library; the rule keeps it'),
  action: optional(ACTION, 'instead of the action of the library'),
  severity: optional(choice(SEVERITIES), 'instead of the severity of the library'),
  enabled: optional(boolean, 'false leaves the rule out'),
});
const target = object({
  policy: required(NAME, 'name of a policy'),
  rule: required(NAME, 'name of a rule of that policy'),
});

const matched = object(
  {
    policy: optional(NAME, 'name of the policy'),
    rule: optional(NAME, 'name of the rule'),
    severity: optional(any, 'its severity'),
    tags: optional(list(ANY_TEXT), 'its tags'),
    message: optional(any, 'its message'),
  },
  true,
);
const expectation = object(
  {
    action: optional(ACTION, 'what the deciding rule or default says'),
    effect: optional(choice(EFFECTS), 'what happens to the operation'),
    policy: optional(any, 'name of the deciding policy, or null'),
    rule: optional(any, 'name of the deciding rule, or null for a default or nothing'),
    default: optional(boolean, 'whether a default decides'),
    severity: optional(any, 'of the deciding rule'),
    tags: optional(list(ANY_TEXT), 'of the deciding rule'),
    message: optional(any, 'of the deciding rule, its fields filled in'),
    log: optional(any, 'of the deciding rule'),
    errno: optional(any, 'name of the error, or null'),
    would: optional(any, 'the parts of the as-if decision that matter, or null where it does not differ'),
    matches: optional(list(matched), 'rules that were noted: all of them, in order'),
    assumed: optional(list(NAME), 'policies that were assumed to hold'),
  },
  true,
);

const document = <K extends string, M extends Field, S extends ObjectShape>(kind: K, meta: M, spec: S) =>
  object({
    apiVersion: required(choice([API_VERSION]), 'version of the documents'),
    kind: required(choice([kind]), 'kind of document'),
    metadata: meta,
    spec: required(spec, 'the body'),
  });

/** By kind of document. The order of keys is the canonical one. */
export const DOCUMENTS = {
  Policy: document(
    'Policy',
    ownMetadata,
    object({
      mode: required(choice(MODES), 'enforce, observe (only say what would happen) or off'),
      tier: optional(choice(TIERS), 'admin before default before baseline; default: default'),
      order: optional(integer(-ORDER, ORDER), 'lower first in its tier; default 1000'),
      scope: optional(scope, 'workloads that the policy is for: all given parts must hold; default: every workload'),
      defaults: optional(map(KIND, ACTION), 'what happens where no rule decides; the narrower name wins'),
      rules: optional(list(either('use', use, rule)), 'in order: the first that matches decides'),
    }),
  ),
  Library: document(
    'Library',
    ownMetadata,
    object({
      lists: optional(map(WORD, list(constant)), 'sets of strings, integers, addresses and networks'),
      macros: optional(map(WORD, expression), 'named conditions'),
      parameters: optional(
        map(
          IDENTIFIER,
          object({
            type: required(choice(['string', 'integer', 'boolean', 'address', 'list']), 'type of the value'),
            default: optional(any, 'the value unless a build or a Bundle sets one; without it one must be set'),
          }),
        ),
        'values that a build sets with `--set name=value`, or a Bundle',
      ),
      rules: optional(map(NAME, object(ruleBody)), 'rules for `use: name` in policies'),
    }),
  ),
  Exception: document(
    'Exception',
    ownMetadata,
    object({
      target: required(target, 'the rule that does not count where the exception holds'),
      when: required(expression, 'where the exception holds'),
      owner: required(FILLED, 'who answers for it'),
      reason: required(FILLED, 'why it is needed'),
      expires: optional(DATE, 'last day, UTC'),
    }),
  ),
  Overlay: document(
    'Overlay',
    freeMetadata,
    object({
      target: required(
        object({ policy: target.fields.policy, rule: optional(NAME, 'name of a rule of that policy') }),
        'what is changed: a policy (its mode) or one of its rules',
      ),
      enabled: optional(boolean, 'of the rule'),
      action: optional(ACTION, 'of the rule'),
      mode: optional(choice(MODES), 'of the policy'),
    }),
  ),
  PolicyTest: document(
    'PolicyTest',
    freeMetadata,
    object({
      policy: required(NAME, 'name of the policy that is tested'),
      cases: required(
        some(
          object({
            name: required(ANY_TEXT, 'what the case shows'),
            event: required(any, 'an event record, as in the contract'),
            expect: required(expectation, 'the parts of the verdict record that matter'),
          }),
        ),
        'events and what is expected of them',
      ),
    }),
  ),
  Bundle: document(
    'Bundle',
    freeMetadata,
    object({
      name: optional(NAME, 'name of the bundle; default: that of the metadata'),
      version: optional(ANY_TEXT, 'version of the bundle'),
      policies: optional(some(NAME), 'names of the policies to build in; default: all of the sources'),
      libraries: optional(some(NAME), 'names of the libraries to build in; default: all of the sources'),
      parameters: optional(map(IDENTIFIER, any), 'values of parameters of the libraries'),
      labels: optional(map(ANY_TEXT, ANY_TEXT), 'free texts that the bundle carries'),
    }),
  ),
} as const;

export type DocumentKind = keyof typeof DOCUMENTS;
export const DOCUMENT_KINDS = Object.keys(DOCUMENTS) as DocumentKind[];
export type PolicyDocument = Read<(typeof DOCUMENTS)['Policy']>;
export type LibraryDocument = Read<(typeof DOCUMENTS)['Library']>;
export type ExceptionDocument = Read<(typeof DOCUMENTS)['Exception']>;
export type OverlayDocument = Read<(typeof DOCUMENTS)['Overlay']>;
export type PolicyTestDocument = Read<(typeof DOCUMENTS)['PolicyTest']>;
export type BundleDocument = Read<(typeof DOCUMENTS)['Bundle']>;
export type ScopeBody = Read<typeof scope>;
export type ScopePartsBody = NonNullable<ScopeBody['except']>;
export type RuleBody = Read<typeof rule>;
export type LibraryRuleBody = Omit<RuleBody, 'name'>;
export type UseBody = Read<typeof use>;
