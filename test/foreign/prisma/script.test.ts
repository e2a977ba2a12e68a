/** Expressions of custom rules: what they become, and what is said where they are wrong. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { batchSeed, Random, runSeed } from '../../generators/random.ts';
import { briefly, findingsOf, imported } from '../support.ts';
import type { RuleType } from './random.ts';

/** A custom rule that a policy attaches, in one source. */
const attached = (type: RuleType, script: string, effect = 'alert'): { path: string; text: string }[] => [
  { path: 'rule.json', text: JSON.stringify([{ _id: 7, name: 'it', type, script }]) },
  {
    path: 'policy.json',
    text: JSON.stringify({
      rules: [{ name: 'all', collections: [{ name: 'All' }], customRules: [{ _id: 7, effect, action: 'audit' }] }],
    }),
  },
];

/** The condition that an expression becomes. */
function conditionOf(type: RuleType, script: string): string {
  const text = imported(attached(type, script), 'prisma');
  return /when: '(.*)'/.exec(text)?.[1].replace(/''/g, "'") ?? text;
}

const CONDITIONS: readonly (readonly [RuleType, string, string])[] = [
  ['processes', 'proc.name = "netcat"', 'proc.name = "netcat"'],
  ['processes', '"netcat" = proc.name', 'proc.name = "netcat"'],
  ['processes', 'proc.name == “netcat”', 'proc.name = "netcat"'],
  ['processes', 'proc.name != "netcat"', 'proc.name != "netcat"'],
  [
    'processes',
    'proc.pname in ("mysql", "sqlplus") and proc.pname != proc.name',
    'proc.pname in ("mysql", "sqlplus") and proc.pname != proc.name',
  ],
  [
    'processes',
    'proc.interactive or not proc.user = "jake" and proc.cmdline contains "-l"',
    'proc.interactive or not proc.user = "jake" and proc.cmdline contains "-l"',
  ],
  [
    'processes',
    'not (proc.name = "a" or proc.path startswith "/b")',
    'not (proc.name = "a" or proc.path startswith "/b")',
  ],
  ['processes', 'proc.pname = ""', 'not exists(proc.pname) or proc.pname = ""'],
  ['processes', 'proc.pname in ("", "sh")', 'proc.pname = "sh" or not exists(proc.pname) or proc.pname = ""'],
  ['processes', 'proc.path = "a\\\\b\\"c"', 'proc.path = "a\\\\b\\"c"'],
  ['processes', 'proc.interactive = "false"', 'not proc.interactive'],
  ['filesystem', 'file.path startswith "/etc"', 'file.path startswith "/etc"'],
  ['filesystem', 'file.dir = "/etc/"', 'file.dir = "/etc"'],
  ['filesystem', 'file.type = "elf"', 'file.type has "elf"'],
  ['filesystem', 'file.type != "regular"', 'not (file.type has "regular" and not file.type hasany ("elf", "secret"))'],
  ['filesystem', 'file.type in ("elf", "folder")', 'file.type has "elf" or file.type has "folder"'],
  [
    'network-outgoing',
    'net.outgoing_ip ⇒ "1.1.1.1" and net.outgoing_ip ⇐ "1.1.1.9"',
    'net.remote_ip >= "1.1.1.1" and net.remote_ip <= "1.1.1.9"',
  ],
  ['network-outgoing', 'net.outgoing_port = "443"', 'net.remote_port = 443'],
  ['network-outgoing', 'net.outgoing_port in (80, "443", 80)', 'net.remote_port in (80, 443)'],
  ['network-outgoing', '1024 > net.outgoing_port', 'net.remote_port < 1024'],
  ['network-outgoing', 'net.outgoing_ip startswith "10.1."', 'net.remote_ip within "10.1.0.0/16"'],
  ['network-outgoing', 'net.private_subnet', 'net.private'],
  ['network-outgoing', 'proc.name = "nc"', 'proc.name = "nc" and net.family != "unix"'],
  ['network-outgoing', 'net.outgoing_ip != "1.1.1.1"', 'net.remote_ip != "1.1.1.1" and net.family != "unix"'],
  ['network-outgoing', 'proc.name = "nc" and net.outgoing_port = 1', 'proc.name = "nc" and net.remote_port = 1'],
];

test('expressions become conditions', () => {
  for (const [type, script, condition] of CONDITIONS) assert.is(conditionOf(type, script), condition, script);
});

const FINDINGS: readonly (readonly [RuleType, string, string])[] = [
  ['processes', 'proc.name = ', 'L5301 : expected an attribute or a value, not the end of the expression'],
  ['processes', 'proc.name "nc"', 'L5301 "nc": the expression goes on where it should end'],
  ['processes', "proc.name = 'nc'", "L5301 'nc': expected an attribute or a value, not `'nc'`"],
  ['processes', 'proc.name = "nc', 'L5301 "nc: the text has no end on its line'],
  ['processes', '(proc.interactive', 'L5301 : expected `)`, not the end of the expression'],
  ['processes', 'proc.interactive AND proc.interactive', 'L5301 AND: the expression goes on where it should end'],
  ['processes', 'proc.name in (proc.pname)', 'L5301 proc.pname: a set holds texts and integers'],
  ['processes', 'proc.nam = "nc"', 'L5302 proc.nam: unknown attribute `proc.nam`'],
  ['processes', 'file.path = "/etc"', 'L5303 file.path: rules of type `processes` have no `file.path`'],
  [
    'filesystem',
    'proc.service = "x"',
    'L5304 proc.service: `proc.service` is not documented for rules of type `filesystem`',
  ],
  ['processes', 'proc.name > "a"', 'L5305 proc.name > "a": `proc.name` is a text, and texts have no order'],
  ['processes', 'proc.name = 5', 'L5305 5: `proc.name` is a text'],
  ['processes', 'proc.name contains ""', 'L5305 "": every text contains an empty one'],
  ['processes', 'proc.name', 'L5305 proc.name: `proc.name` by itself asks nothing'],
  ['processes', '"a" = "b"', 'L5305 "a" = "b": the test asks nothing of the event'],
  ['processes', 'proc.interactive = "x"', 'L5305 proc.interactive = "x": `proc.interactive` is true or false'],
  ['filesystem', 'file.type = "socket"', 'L5305 "socket": there is no type `socket` of files'],
  ['network-outgoing', 'net.outgoing_ip = "10.0.0.0/8"', 'L5305 "10.0.0.0/8": `10.0.0.0/8` is not an address'],
  ['network-outgoing', 'net.outgoing_port = 70000', 'L5305 70000: `70000` is not a port'],
  [
    'network-outgoing',
    'net.outgoing_port contains "8"',
    'L5305 net.outgoing_port contains "8": `net.outgoing_port` is a number here: it has no part',
  ],
  [
    'network-outgoing',
    'net.outgoing_ip startswith "10.1"',
    'L5305 "10.1": addresses that start with `10.1` are no network',
  ],
  [
    'network-outgoing',
    'net.outgoing_ip contains "1"',
    'L5305 net.outgoing_ip contains "1": an address has no part to look for',
  ],
];

/** Places are asked for in a file of expressions, where nothing is escaped. */
test('what is wrong in an expression is said at its place', () => {
  for (const [type, script, finding] of FINDINGS) {
    const [rule, policy] = attached(type, script);
    const text = `[{"_id": 7, "name": "it", "type": "${type}", "script": '${script.replace(/'/g, "''")}'}]`;
    const sources = [{ ...rule, text }, policy];
    const [first] = briefly(sources, findingsOf(sources)).filter((line) => line.startsWith('L53'));
    assert.is(first?.replace(/''/g, "'"), finding, script);
  }
});

test('deep nesting is refused', () => {
  const sources = attached('processes', `${'('.repeat(200)}proc.interactive${')'.repeat(200)}`);
  assert.match(briefly(sources, findingsOf(sources)).join('\n'), 'nested more than 64 deep');
  const nots = attached('processes', `${'not '.repeat(5000)}proc.interactive`);
  assert.match(briefly(nots, findingsOf(nots)).join('\n'), 'nested more than 64 deep');
});

test('a file of expressions becomes rules that nothing uses', () => {
  const text =
    '# netcat\nproc.name = "netcat"\nor proc.name = "nc"\n\n\nfile.path = "/tmp/file"\n\nnet.outgoing_port = 4444\n';
  const sources = [{ path: 'rules/attack.prisma', text }];
  const printed = imported(sources, 'prisma');
  assert.match(printed, /attack-1:\n +on: exec\n +when: 'proc\.name = "netcat" or proc\.name = "nc"'/);
  assert.match(printed, /attack-2:\n +on:\n +- file\.write/);
  assert.match(printed, /attack-3:\n +on:\n +- net\.connect/);
  assert.equal(findingsOf(sources), []);
  const wrong = [{ path: 'x.prisma', text: 'proc.name = "a"\n\nproc.nme = "b"' }];
  assert.equal(briefly(wrong, findingsOf(wrong)), ['L5302 proc.nme: unknown attribute `proc.nme`']);
});

test(`no text makes the parser throw (seed ${runSeed()})`, () => {
  const words = [
    'proc.name',
    'net.outgoing_ip',
    '=',
    '!=',
    '⇐',
    '(',
    ')',
    ',',
    '"a"',
    '“b”',
    "'",
    '7',
    '-1',
    '1.2',
    'and',
    'or',
    'not',
    'in',
    'contains',
    'startswith',
    '\\',
    '\u0000',
    'é',
  ];
  for (let n = 0; n < 400; n++) {
    const r = new Random(batchSeed(runSeed(), n));
    const text = Array.from({ length: r.below(12) }, () => r.pick(words)).join(r.pick(['', ' ']));
    const sources = [{ path: 'x.prisma', text }];
    for (const { span } of findingsOf(sources)) assert.ok(span !== null && span.end <= text.length, text);
  }
});

test.run();
