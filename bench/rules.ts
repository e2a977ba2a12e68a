/**
 * What a verdict costs as rules are added: the claim is the slope, not the height. One policy of the shapes that people
 * write (program and path, directory, glob, network and port), events that mostly match one rule, all in one run.
 * Usage: node --import tsx bench/rules.ts [RULES…]
 */
import { measure } from '../cli/measure/measure.ts';
import { planAndEmit } from '../compiler/backend.ts';
import { compile } from '../compiler/index.ts';
import { parseEventLine, type Event } from '../vm/event/index.ts';
import { reference } from '../vm/reference/index.ts';

const EVENTS = 2000;
/** The reference walks every rule: beyond this it is not worth the wait. */
const REFERENCE_RULES = 1000;

/** The i-th rule, and the fields of an event that it decides. */
const SHAPES: readonly ((i: number) => { on: string; when: string; event: object })[] = [
  (i) => ({
    on: 'file.read',
    when: `proc.name = "app${i}" and file.path = "/srv/data/${i}/key.pem"`,
    event: { proc: { path: `/usr/bin/app${i}` }, file: { path: `/srv/data/${i}/key.pem` } },
  }),
  (i) => ({
    on: 'file.read',
    when: `file.path within "/srv/vault/${i}" and proc.uid != 0`,
    event: { proc: { path: '/usr/bin/cat', uid: 1000 }, file: { path: `/srv/vault/${i}/a/b` } },
  }),
  (i) => ({
    on: 'file.read',
    when: `file.path glob "/home/*/project${i}/**/secret*"`,
    event: { proc: { path: '/usr/bin/cat' }, file: { path: `/home/me/project${i}/x/secrets.txt` } },
  }),
  (i) => ({
    on: 'net.connect',
    when: `net.remote_ip in ("10.${(i >> 8) & 255}.${i & 255}.0/24") and net.remote_port = ${1 + (i % 65535)}`,
    event: {
      proc: { path: '/usr/bin/curl' },
      net: { remote_ip: `10.${(i >> 8) & 255}.${i & 255}.7`, remote_port: 1 + (i % 65535) },
    },
  }),
];

const shape = (i: number) => SHAPES[i % SHAPES.length](i);

const policy = (rules: number): string => {
  const head = 'apiVersion: lictor.dev/v1\nkind: Policy\nmetadata: {name: bench}\nspec:\n  mode: enforce\n  rules:\n';
  const lines = Array.from({ length: rules }, (_, i) => {
    const { on, when } = shape(i);
    return `    - {name: r${i}, on: ${on}, when: '${when}', action: deny}\n`;
  });
  return head + lines.join('');
};

const events = (rules: number): Event[] =>
  Array.from({ length: EVENTS }, (_, n) => {
    const { on, event } = shape(Math.floor((n * 7919) % rules));
    const parsed = parseEventLine(JSON.stringify({ kind: on, ...event }));
    if ('error' in parsed) throw new Error(`BUG: ${parsed.error}`);
    return parsed.event;
  });

const cell = (value: number | string, width = 12): string =>
  (typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 1 }) : value).padStart(width);

const counts = process.argv.slice(2).map(Number);
console.log(
  ['rules', 'kind', 'ns/event', 'steps', 'most', 'bound', 'program, KB', 'build, ms', 'reference']
    .map((h) => cell(h))
    .join(''),
);
for (const rules of counts.length > 0 ? counts : [10, 100, 1000, 10_000]) {
  const begun = performance.now();
  const { value } = compile([{ path: 'bench.yaml', text: policy(rules) }], {
    today: '2026-01-01',
    maxSourceBytes: 2 ** 30,
  });
  if (!value) throw new Error('BUG: the policy of the bench has errors');
  const made = planAndEmit(value.normal, { allowSlow: true });
  if ('errors' in made) throw new Error(`BUG: no plan: ${JSON.stringify(made.errors)}`);
  const built = performance.now() - begun;
  const asked = events(rules);
  let slow: number | string = '–';
  if (rules <= REFERENCE_RULES) {
    const { decide } = reference(value.normal);
    const start = performance.now();
    for (const event of asked) decide(event);
    slow = ((performance.now() - start) * 1e6) / asked.length;
  }
  for (const cost of await measure(made.program, asked, () => {})) {
    const row = [rules, cost.kind, cost.nsPerEvent, cost.steps?.mean ?? '–', cost.steps?.most ?? '–', cost.bound];
    console.log([...row, made.program.length / 1024, built, slow].map((value) => cell(value)).join(''));
  }
}
