/** Random policies: decided as the model decides, imported without a change of meaning, and mutilated without an exception. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { batchSeed, Random, runSeed } from '../../generators/random.ts';
import { mutated } from '../mutate.ts';
import { bundleOf, decide, eventsFor, findingsOf, sameWhenImported, sourcesOf, rounds } from '../support.ts';
import { decideByModel, type Action, type ModelPolicy, type ModelRule } from './model.ts';

const seed = runSeed();
const PATHS = [
  '*',
  '/bin/cat',
  '/usr/bin/cat',
  '/usr/sbin/nginx',
  '/tmp/*',
  '*/cat',
  '*shadow*',
  '/etc/*/conf',
  '/a*/b/*',
];
const ACTIONS: readonly Action[] = ['ALLOW', 'DENY', 'MONITOR'];

function randomRule(r: Random, n: number): ModelRule {
  const common = { name: `rule ${n}`, action: r.pick(ACTIONS), ...(r.chance(0.1) && { inactive: true }) };
  const program = r.pick(PATHS);
  switch (r.below(5)) {
    case 0:
    case 1: {
      const ipAddress = r.pick(['*', '10.0.0.7', '10.0.0.0/8', '192.168.1.1']);
      const ruleType = r.pick(['NETWORK_OUTBOUND', 'NETWORK_INBOUND'] as const);
      return { ...common, ruleType, ipAddress, port: r.pick([0, 443, 8080]), ...(r.chance(0.2) && { program }) };
    }
    case 2:
      return { ...common, ruleType: r.pick(['READ', 'WRITE'] as const), program, file: r.pick(PATHS) };
    case 3:
      return { ...common, ruleType: 'SYSCALL', program, syscall: 'sys_execve', arg1: r.pick(PATHS) };
    default: {
      const args = r.chance(0.5)
        ? { syscall: 'sys_ptrace', arg1: r.pick(['*', '16', '4206', '-1']) }
        : { syscall: 'sys_openat', arg1: r.pick(['*', '-100']), arg2: r.pick(PATHS) };
      return { ...common, ruleType: 'SYSCALL', program, ...args };
    }
  }
}

const randomPolicy = (r: Random): ModelPolicy => ({
  policyMode: r.pick(['ACTIVE', 'ACTIVE', 'PERMISSIVE', 'INACTIVE'] as const),
  defaultNetworkAction: r.pick(ACTIONS),
  defaultFileAction: r.pick(ACTIONS),
  defaultExecuteAction: r.pick(ACTIONS),
  ignoredSyscalls: r.chance(0.3) ? [r.pick(['sys_ptrace', 'sys_execve', 'sys_openat'])] : [],
  rules: Array.from({ length: r.below(6) }, (_, n) => randomRule(r, n)),
});

test('a policy decides what the model decides', () => {
  console.log(`seed ${seed}`);
  for (let index = 0; index < rounds(25); index++) {
    const r = new Random(batchSeed(seed, index));
    const policy = randomPolicy(r);
    const bundle = bundleOf(sourcesOf(JSON.stringify(policy)));
    const events = eventsFor(bundle, r, 40);
    const decisions = decide(bundle, events);
    events.forEach((event, n) => {
      const { actual, asIf } = decisions[n];
      const side = policy.policyMode === 'PERMISSIVE' ? asIf : actual;
      const found = { passes: side.action !== 'deny', recorded: side.action !== 'allow' || side.matches.length > 0 };
      assert.equal(found, decideByModel(policy, event), `batch ${index} of seed ${seed}: ${JSON.stringify(policy)}`);
      if (policy.policyMode === 'PERMISSIVE') assert.is(actual.action, 'allow');
    });
  }
});

test('an imported policy decides the same', () => {
  for (let index = 0; index < rounds(15); index++) {
    const r = new Random(batchSeed(seed, 1000 + index));
    const policies = r.list(1 + r.below(2), () => ({ name: r.pick(['a', 'b c', '']), ...randomPolicy(r) }));
    sameWhenImported(sourcesOf(JSON.stringify(policies)), 'qualys', r, { count: 30 });
  }
});

test('nothing that is written throws, and every finding has a place', () => {
  for (let index = 0; index < rounds(60); index++) {
    const r = new Random(batchSeed(seed, 2000 + index));
    const text = JSON.stringify(mutated(r, { name: 'p', images: ['a'], ...randomPolicy(r) }));
    for (const { code, span } of findingsOf(sourcesOf(text))) {
      assert.ok(span !== null && span.end <= text.length, `${code} in ${text}`);
    }
  }
});

test.run();
