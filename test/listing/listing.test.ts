/** Listings of one small bundle that has every form of key, as golden texts. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { build } from '../../compiler/build.ts';
import { disassemble, dot, placement } from '../../vm/listing/index.ts';

const test = suite('listing');
const golden = join(import.meta.dirname, 'golden');

const POLICY = `apiVersion: lictor.dev/v1
kind: Policy
metadata: {name: sample}
spec:
  mode: enforce
  scope: {namespace: [payments, "team-*"]}
  defaults: {exec: audit}
  rules:
    - {name: text, on: exec, when: 'proc.name in ("sh", "bash") and proc.user != "root"', action: deny}
    - {name: below, on: file.write, when: 'file.path within "/etc" and not file.name endswith ".tmp"', action: deny}
    - {name: glob, on: file.read, when: 'file.path glob "/home/*/.ssh/**"', action: kill}
    - {name: expression, on: exec, when: 'proc.cmdline matches r".*curl .*\\|.*"', action: audit, continue: true}
    - {name: network, on: net.connect, when: 'net.remote_ip in ("10.0.0.0/8", "fd00::/8") and net.remote_port >= 1024 and net.remote_port <= 2048', action: stop}
    - {name: flag, on: exec, when: 'proc.caps has "sys_admin" or any(proc.args, = "--privileged")', action: isolate}
    - {name: always, on: exec, when: 'not exists(proc.script) and proc.args[1] istartswith proc.user', action: deny}
---
apiVersion: lictor.dev/v1
kind: Policy
metadata: {name: divided}
spec:
  mode: enforce
  rules:
    - {name: open-0, on: file.map_exec, when: 'proc.path = "/bin/env" and proc.user in ("a", "b") and file.flags has "trunc"', action: deny}
    - {name: open-1, on: file.map_exec, when: 'proc.path = "/bin/env" and proc.user in ("b", "c") and proc.uid < 100', action: audit}
    - {name: open-2, on: file.map_exec, when: 'proc.path = "/bin/env" and proc.user = "c" and not proc.interactive', action: kill}
    - {name: open-3, on: file.map_exec, when: 'proc.path = "/bin/env" and not proc.user in ("a", "c")', action: audit}
    - {name: open-4, on: file.map_exec, when: 'proc.path = "/bin/env" and not proc.interactive', action: deny}
`;

const { value, diagnostics } = build([{ path: 'sample.yaml', text: POLICY }], { today: '2026-01-01' });
if (!value) throw new Error(`BUG: the sample has errors: ${JSON.stringify(diagnostics)}`);
const { manifest, program } = value;

for (const [name, text] of Object.entries({
  'asm.txt': disassemble(program.program, manifest),
  'plan.dot': dot(program.program, manifest),
  'rules.json': `${JSON.stringify(placement(program.program, manifest), null, 2)}\n`,
})) {
  test(name, () => {
    const path = join(golden, name);
    if (process.env.UPDATE === '1' || !existsSync(path)) {
      mkdirSync(golden, { recursive: true });
      writeFileSync(path, text);
    }
    assert.fixture(text, readFileSync(path, 'utf8'));
  });
}

test.run();
