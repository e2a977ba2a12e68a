/** The model of KubeArmor against KubeArmor's own tests: what each step came to on their machines. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sharedTest } from '../../../support/shared.ts';
import { readText } from '../../files.ts';
import type { ModelEvent } from '../event.ts';
import { decide, type Posture } from './decide.ts';
import { globMatches } from './glob.ts';
import { readPolicies, type Policy } from './policies.ts';

/** A line of `scenarios.jsonl`. `default` stands for whatever the posture is. */
interface Step {
  readonly source: string;
  readonly cmd: string;
  readonly result: 'passed' | 'failed' | 'default';
  readonly operation: 'Process' | 'File' | 'Network';
  readonly condition: string;
  readonly scenario: string;
  readonly policies: readonly string[];
}

const BLOCK: Posture = { file: 'block', network: 'block', capabilities: 'block' };

const PROGRAMS: Readonly<Record<string, string>> = {
  arping: '/usr/sbin/arping',
  bash: '/bin/bash',
  curl: '/usr/bin/curl',
  diff: '/usr/bin/diff',
  head: '/usr/bin/head',
  '/readwrite': '/readwrite',
  route: '/sbin/route',
  wget: '/usr/bin/wget',
};
const program = (name: string): string => PROGRAMS[name] ?? `/bin/${name}`;

const workload = ({ source, scenario }: Step): Pick<ModelEvent, 'container' | 'k8s' | 'host'> => {
  if (source.startsWith('kubearmor-dev')) {
    const name = scenario.replace(/_test_.*/, '');
    return { host: { name, labels: { 'kubernetes.io/hostname': name } } };
  }
  const container = source.replace('-deployment', '');
  const group = Number(container.at(-1)) <= 3 ? 'group-1' : 'group-2';
  return {
    container: { id: 'c0ffee', name: container },
    k8s: { namespace: scenario.replace(/_test_.*/, ''), pod: source, labels: { container, group } },
  };
};

/** The operation of a step that its result is about. */
const operation = (step: Step): Omit<ModelEvent, 'container' | 'k8s' | 'host'> => {
  const { cmd, condition } = step;
  const asUser = cmd.startsWith('su - user1');
  const words = cmd
    .replace(/^su - user1 -c /, '')
    .replaceAll('"', '')
    .split(' ');
  if (step.operation === 'Process') {
    return { kind: 'exec', proc: { path: program(condition), ppath: program(words[0]), args: [condition] } };
  }
  if (step.operation === 'Network') {
    if (step.scenario === 'multiubuntu_test_03') return { kind: 'cap', cap: { name: 'net_raw' } };
    const protocol = { SOCK_STREAM: 'tcp', SOCK_DGRAM: 'udp', SOCK_RAW: 'raw', 'protocol=ICMP': 'icmp' }[condition]!;
    return { kind: 'net.connect', proc: { path: program(words[0]) }, net: { protocol, remote_ip: '142.250.193.46' } };
  }
  const path = words.findLast((word) => word.startsWith('/'))!;
  return {
    kind: words.includes('>>') || words.includes('-w') ? 'file.write' : 'file.read',
    proc: { path: words.includes('>>') ? '/bin/bash' : program(words[0]), uid: asUser ? 1000 : 0 },
    file: { path, owner_uid: path.startsWith('/home/user1/') ? 1000 : 0 },
  };
};

/** Steps whose policies are raw AppArmor, or are not those that they were tested with (links of the corpus, by their names). */
const left = ({ scenario, policies }: Step): boolean =>
  scenario.startsWith('kubearmor-dev_') || policies.some((path) => /\/nsp-[^/]*$/.test(path));

/** What the model says where it is not what came of the step, else null. */
const complaint = (step: Step, policies: readonly Policy[]): string | null => {
  const event = { ...operation(step), ...workload(step) };
  const decision = decide(policies, event, BLOCK);
  if ('unclear' in decision) {
    const reported = /host policy/.test(decision.unclear);
    return reported ? null : `${step.scenario}, ${step.cmd}: ${decision.unclear}`;
  }
  const expected = step.result === 'passed' ? /allow|audit/ : /deny/;
  return expected.test(decision.effect)
    ? null
    : `${step.scenario}, ${step.cmd}: ${step.result}, not ${JSON.stringify(decision)}`;
};

test("AppArmor's globs", () => {
  for (const [glob, path, expected] of [
    ['/etc/*hado?', '/etc/shadow', true],
    ['/etc/*hado?', '/etc/hadox', true],
    ['/etc/*hado?', '/etc/x/shadow', false],
    ['/etc/*hado?', '/etc/hado', false],
    ['/home/**/.profile', '/home/a/b/.profile', true],
    ['/home/**/.profile', '/home/.profile', false],
    ['/tmp/*', '/tmp/', false],
    ['/a.b', '/axb', false],
    ['/{a,b*}/c', '/bcd/c', true],
    ['/[!a]', '/!', true],
    ['/[^a]', '/b', true],
    ['/[^a]', '/a', false],
  ] as const) {
    assert.is(globMatches(glob, path), expected, `${glob} ${path}`);
  }
});

sharedTest('the model says what came of the steps', 'corpora/kubearmor-examples', (folder) => {
  const steps = readText(folder, 'scenarios.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Step);
  const judged = steps.filter((step) => !left(step));
  assert.ok(judged.length > 60, `${judged.length} steps`);
  const complaints = judged.map((step) =>
    complaint(
      step,
      step.policies.flatMap((path) => readPolicies(readText(folder, path))),
    ),
  );
  assert.equal(
    complaints.filter((wrong) => wrong !== null),
    [],
  );
  console.log(`KubeArmor's own tests: ${judged.length} of ${steps.length} steps judged`);
});

test.run();
