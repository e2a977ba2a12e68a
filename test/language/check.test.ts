/** Checking: what expressions become, and what is refused. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkExpression, checkMacro, type Environment } from '../../compiler/check/index.ts';
import type { Diagnostic } from '../../compiler/diagnostics/index.ts';
import { parseExpression } from '../../compiler/expression/index.ts';
import { reference } from '../../vm/reference/index.ts';
import type { Event, Value } from '../../vm/event/event.ts';
import type { Expr } from '../../vm/bundle/normal.ts';
import { FIELDS } from '../../vm/spec/fields.ts';
import { environment, place } from './environment.ts';
import { matchesGolden } from './golden.ts';
import { lowered } from './lowered.ts';

function checked(text: string, env: Environment): { expr: Expr | null; diagnostics: readonly Diagnostic[] } {
  const tree = parseExpression(text, place);
  assert.equal(tree.diagnostics, [], text);
  const { value, diagnostics } = checkExpression(tree.value!, env);
  assert.is(
    value === null,
    diagnostics.some(({ severity }) => severity === 'error'),
    text,
  );
  return { expr: value, diagnostics };
}

const ACCEPTED: readonly (readonly [text: string, becomes: string])[] = [
  ['proc.name = "sh"', 'proc.name = "sh"'],
  ['proc.name == "sh"', 'proc.name = "sh"'],
  ['proc.name != "sh"', 'not proc.name = "sh"'],
  ['"sh" = proc.name', 'proc.name = "sh"'],
  ['5 < proc.uid', 'proc.uid > 5'],
  ['5 >= proc.uid', 'proc.uid <= 5'],
  ['proc.name = "é"', 'proc.name = "Ã©"'],
  ['proc.name = "\\xff"', 'proc.name = "ÿ"'],
  ['proc.pname != proc.name', 'not proc.pname = proc.name'],
  ['proc.uid < proc.euid', 'proc.uid < proc.euid'],
  ['proc.interactive', 'truth(proc.interactive)'],
  ['proc.interactive = false', 'proc.interactive = false'],
  ['not not proc.interactive', 'truth(proc.interactive)'],
  ['file.mode & 0o4000', 'truth(file.mode&2048)'],
  ['file.mode & 0o6000 = 0o4000', 'file.mode&3072 = 2048'],
  ['file.mode & -1 != 0', 'not file.mode&-1 = 0'],
  ['proc.uid = -1', 'proc.uid = -1'],
  ['syscall.arg0 = 18446744073709551615', 'syscall.arg0 = 18446744073709551615'],
  ['syscall.arg1 & 0xffffffffffffffff >= syscall.arg2', 'syscall.arg1&18446744073709551615 >= syscall.arg2'],
  ['event.time >= "1970-01-01T01:00:00.5+01:00"', 'event.time >= 500000000'],
  ['event.time < 5', 'event.time < 5'],
  ['event.kind = "exec"', 'event.kind = "exec"'],
  ['net.private_subnet or net.outgoing_port = 80', '(truth(net.private) or net.remote_port = 80)'],
  ['k8s.labels["app"] = "x"', 'k8s.labels["app"] = "x"'],
  ['proc.args[1] startswith "-"', 'proc.args[1] startswith "-"'],
  ['proc.name in ("a", "b", "a")', 'proc.name in {"a", "b"}'],
  ['proc.name in ("a")', 'proc.name = "a"'],
  ['proc.name not in ("a", "b")', 'not proc.name in {"a", "b"}'],
  ['proc.name in shells', 'proc.name in {"sh", "bash"}'],
  ['net.remote_port in web-ports', 'net.remote_port in {80, 443}'],
  ['proc.name in empty', 'FALSE'],
  ['proc.name not in empty', 'TRUE'],
  ['proc.name in (proc.pname, "a", "b")', '(proc.name in {"a", "b"} or proc.name = proc.pname)'],
  ['"a" in (proc.pname, proc.name)', '(proc.pname = "a" or proc.name = "a")'],
  ['proc.name istartswith ("a", proc.pname)', '(proc.name istartswith "a" or proc.name istartswith proc.pname)'],
  ['proc.name not endswith shells', 'not (proc.name endswith "sh" or proc.name endswith "bash")'],
  ['proc.name contains $several', '(proc.name contains "a" or proc.name contains "b")'],
  ['file.path glob patterns', '(file.path glob "/etc/*" or file.path glob "/usr/**")'],
  ['file.path imatches r"/a\\d"', 'file.path imatches "/a\\\\d"'],
  ['"/usr/bin/x" startswith proc.cwd', '"/usr/bin/x" startswith proc.cwd'],
  ['file.path within "/etc/"', 'file.path within "/etc"'],
  ['file.path within "/"', 'file.path within "/"'],
  ['file.path within proc.cwd', 'file.path within proc.cwd'],
  ['net.remote_ip = "10.0.0.1"', 'net.remote_ip = 00000000000000000000ffff0a000001'],
  ['net.remote_ip = "::ffff:10.0.0.1"', 'net.remote_ip = 00000000000000000000ffff0a000001'],
  ['net.remote_ip >= "2001:db8::1"', 'net.remote_ip >= 20010db8000000000000000000000001'],
  ['net.remote_ip = $peer', 'net.remote_ip = 00000000000000000000ffff0a010203'],
  ['net.remote_ip within "10.0.0.0/8"', 'net.remote_ip within 00000000000000000000ffff0a000000/104'],
  ['net.remote_ip within "10.0.0.1"', 'net.remote_ip within 00000000000000000000ffff0a000001/128'],
  ['net.remote_ip in ("fc00::/7")', 'net.remote_ip within fc000000000000000000000000000000/7'],
  ['net.remote_ip within "0.0.0.0/0"', 'net.remote_ip within 00000000000000000000ffff00000000/96'],
  [
    'net.remote_ip within "::/0"',
    '(net.remote_ip within 00000000000000000000000000000000/0 and not net.remote_ip within 00000000000000000000ffff00000000/96)',
  ],
  [
    'net.remote_ip in networks',
    'net.remote_ip in {00000000000000000000ffff0a000000/104, 00000000000000000000000000000001}',
  ],
  ['file.type has "elf"', 'file.type flag 6'],
  ['proc.caps hasany ("net_raw", "sys_admin")', '(proc.caps flag 13 or proc.caps flag 21)'],
  ['proc.caps not hasall ("net_raw", "sys_admin")', 'not (proc.caps flag 13 and proc.caps flag 21)'],
  ['proc.args has "-c"', 'proc.args has "-c"'],
  ['proc.ancestors has proc.path', 'proc.ancestors has proc.path'],
  ['proc.args hasall empty', 'exists(proc.args)'],
  ['proc.args hasany empty', 'FALSE'],
  ['event.truncated has "proc.cmdline"', 'event.truncated has "proc.cmdline"'],
  ['any(proc.args, startswith "-")', 'any(proc.args, @ startswith "-")'],
  ['any(proc.args, != "x")', 'any(proc.args, not @ = "x")'],
  ['any(proc.args, not in ("x", "y"))', 'any(proc.args, not @ in {"x", "y"})'],
  ['any(proc.args, = proc.name)', 'any(proc.args, @ = proc.name)'],
  ['any(proc.args, glob ("a*", "b*"))', 'any(proc.args, (@ glob "a*" or @ glob "b*"))'],
  ['exists(k8s.labels["a"]) and exists(proc.args)', '(exists(k8s.labels["a"]) and exists(proc.args))'],
  ['shell', 'proc.name in {"sh", "bash"}'],
  ['not either', 'not (proc.name in {"sh", "bash"} or truth(proc.interactive))'],
  [
    '(proc.memfd and (shell and true)) and proc.uid = 1',
    '(truth(proc.memfd) and proc.name in {"sh", "bash"} and proc.uid = 1)',
  ],
  ['proc.memfd and false', 'FALSE'],
  ['proc.memfd or not false', 'TRUE'],
  ['$yes and $number = 5 and $word = "Prod"', 'TRUE'],
  ['$number in (1, 2)', 'FALSE'],
  ['$word istartswith "prod" and $word not startswith "prod"', 'TRUE'],
  ['$word glob "P*" and $word matches "P[a-z]+"', 'TRUE'],
  ['$peer within "10.0.0.0/8" and $peer in ("10.1.2.3") and $peer not within "::/0" and $peer > "9.0.0.0"', 'TRUE'],
  ['$peer < "::1"', 'FALSE'],
  ['"/a/b" within "/a/" and "/ab" not within "/a"', 'TRUE'],
  ['proc.uid = $number', 'proc.uid = 5'],
];

test('expressions become the normal form', () => {
  for (const [text, becomes] of ACCEPTED) {
    const { expr, diagnostics } = checked(text, environment());
    assert.equal(diagnostics, [], text);
    assert.is(lowered(expr!), becomes, text);
  }
});

const REFUSED = [
  'prc.name = "x" and fd.name = "y" and k8s.labels.app = "z" and nothing.like_it',
  'proc.args = "x" or proc.args contains "x" or proc.args or k8s.labels = "x" or file.type = "elf" or proc.caps in ("x")',
  'proc.name[0] = "a" or proc.args["x"] = "a" or k8s.labels[1] = "a" or proc.args[-1] = "a" or proc.args[65536] = "a"',
  'proc.name & 1 or file.type & 1 or syscall.arg0 & -1 or proc.uid & 0xffffffffffffffff',
  'syscall.arg0 = -1 or proc.uid = 9223372036854775808 or proc.uid in (-9223372036854775808, 18446744073709551615)',
  'proc.name < "x" or proc.interactive > true or "a" < "b" or proc.name >= proc.pname',
  'proc.name = 5 or proc.uid = "5" or proc.interactive = "yes" or proc.name = true or syscall.arg0 = proc.uid or proc.name = net.remote_ip',
  'net.remote_ip = "10.0.0.0/8" or net.remote_ip = "localhost" or net.remote_ip = "10.1" or net.remote_ip = "010.0.0.1" or net.remote_ip = "::1%lo"',
  'net.remote_ip in ("10.0.0.0/33", "a", 5) or net.remote_ip in shells or net.remote_ip within net.local_ip or net.remote_ip startswith "10."',
  'proc.uid startswith "1" or proc.name startswith 5 or proc.name startswith net.remote_ip or file.path within "" or proc.memfd glob "x"',
  'file.path glob "/etc/[" or file.path matches "(?=a)" or file.path matches r"(a)\\1" or file.path glob proc.name or file.path matches ("a{1001}", "b")',
  'proc.args has ("a") or proc.args hasany "a" or proc.args has 5 or proc.name has "x" or k8s.labels has "x" or file.type has proc.name',
  'file.type has "elff" or proc.caps has "CAP_NET_RAW" or file.flags hasany ("O_CREAT", "zzz")',
  'any(proc.name, = "x") or any(proc.args, = 5) or any(proc.args[0], = "x") or any(proc.args, > "x")',
  'proc.name or 5 or "x" or $number or $peer or net.remote_ip',
  'shel or proc.name in shels or shells or proc.name in shell or $wrd = "x" or proc.name = $several or proc.name in $word or proc.name in nowhere',
  'circle',
  'broken',
  'double39 or deep599 or chain9999',
  'event.time = "yesterday" or event.time = "2026-02-30T00:00:00Z" or event.time = "2026-01-01T00:00:60Z" or event.time = "9999-01-01T00:00:00Z"',
  'proc.name in mixed',
];

const list = (text: string, diagnostics: readonly Diagnostic[]): string =>
  [
    text,
    ...diagnostics.map(
      ({ code, message, span, help }) =>
        `  ${code} [${text.slice(span!.start, span!.end)}] ${message}${help === null ? '' : ` — ${help}`}`,
    ),
  ].join('\n');

test('what does not fit is refused, all of it in one run', () => {
  const shown = REFUSED.map((text) => {
    const { expr, diagnostics } = checked(text, environment());
    assert.is(expr, null, text);
    return list(text, diagnostics);
  });
  matchesGolden('refused.txt', shown.join('\n\n') + '\n');
});

test('what is suspicious is warned of', () => {
  const shown = [
    [
      'net.protocol = "TCP" or cap.name in ("CAP_SYS_ADMIN", "net_raw") or event.kind = "file" or event.kind = "execve"',
      'cap',
    ],
    ['net.remote_ip within "10.0.0.1/8" or net.remote_ip in ("fe80::1/10")', 'net.connect'],
    ['event.truncated has "proc.name" or file.side = "old"', 'file.rename'],
    [
      'file.path = "/x" and file.path != "/y" and proc.caller_name = "x" and syscall.nr = 1 and file',
      'net.connect',
      'exec',
    ],
    ['file.side = "source"', 'file.read', 'file.write', 'file.create', 'file.delete'],
  ].map(([text, ...kinds]) => {
    const { expr, diagnostics } = checked(text, environment(...kinds));
    assert.ok(expr, text);
    return list(text, diagnostics);
  });
  matchesGolden('warned.txt', shown.join('\n\n') + '\n');
});

test('a macro is reported once: for its own sake, or where it is used first', () => {
  const env = environment('exec');
  assert.equal(
    checkMacro('broken', env).map(({ code }) => code),
    ['L2101', 'L2102'],
  );
  const tree = parseExpression('broken or proc.name', place).value!;
  assert.equal(
    checkExpression(tree, env).diagnostics.map(({ code }) => code),
    ['L2111'],
  );
  assert.equal(
    checkMacro('circle', env).map(({ message }) => message),
    ['the macro `circle` uses itself: circle → circle-b → circle'],
  );
  assert.equal(checkMacro('circle-b', env), []);
  assert.equal(checkMacro('shell', env), []);
});

test('macros inside each other end at the limit, in whatever order they are checked', () => {
  const env = environment('exec');
  const found = Array.from({ length: 600 }, (_, i) => checkMacro(`deep${i}`, env).map(({ code }) => code)).flat();
  assert.equal(found, ['L2007']);
});

const fieldId = (name: string): number => FIELDS.find((field) => field.name === name)!.id;

/** Whether the reference interpreter finds the expression true of an event with these fields. */
function holds(when: Expr, values: Record<string, Value>): boolean {
  const rule = { name: 'r', kinds: [1], when, unless: [], action: 'deny', errno: 1, continue: false } as const;
  const policy = {
    name: 'p',
    mode: 'enforce',
    tier: 'default',
    order: 1,
    scope: {},
    defaults: {},
    rules: [rule],
  } as const;
  const event: Event = {
    kind: 1,
    time: undefined,
    values: new Map(Object.entries(values).map(([name, value]) => [fieldId(name), value])),
  };
  return reference({ version: 1, policies: [policy] }).decide(event).actual.action === 'deny';
}

test('a test of two constants is decided as the reference decides it of a field', () => {
  const text = fc.constantFrom('', '/', '/a', '/a/', '/a/b', '/A/b', 'a', 'ab', 'AB', 'b', 'aXb', 'é');
  const operator = fc.constantFrom(
    ...[
      '=',
      '!=',
      'startswith',
      'endswith',
      'contains',
      'within',
      'istartswith',
      'iendswith',
      'icontains',
      'glob',
      'matches',
    ],
    ...['not startswith', 'not within', 'iglob', 'imatches'],
  );
  fc.assert(
    fc.property(text, operator, text, (left, op, right) => {
      if (op.endsWith('within') && right === '') return;
      const env: Environment = { ...environment(), parameter: () => ({ type: 'string', value: left, span: null }) };
      const folded = checked(`$it ${op} "${right}"`, env).expr!;
      const asked = checked(`proc.name ${op} "${right}"`, env).expr!;
      const value = Buffer.from(left, 'utf8').toString('latin1');
      assert.is(lowered(folded), holds(asked, { 'proc.name': value }) ? 'TRUE' : 'FALSE', `${left} ${op} ${right}`);
    }),
    { numRuns: 1000 },
  );
});

test('addresses and integers likewise', () => {
  const address = fc.constantFrom('10.0.0.1', '10.0.0.2', '::1', '::ffff:10.0.0.1', '2001:db8::1', '0.0.0.0', '::');
  const network = fc.constantFrom(
    '10.0.0.0/8',
    '0.0.0.0/0',
    '::/0',
    '::/64',
    '2001:db8::/32',
    '10.0.0.1/32',
    '::ffff:0:0/96',
  );
  const cmp = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');
  const env = (value: string): Environment => ({
    ...environment(),
    parameter: () => ({ type: 'address', value, span: null }),
  });
  const event = (text: string): Record<string, Value> => {
    const field = checked(`net.remote_ip = "${text}"`, environment()).expr as { right: { value: string } };
    return { 'net.remote_ip': field.right.value };
  };
  fc.assert(
    fc.property(address, cmp, address, network, (left, op, right, net) => {
      for (const test of [`${op} "${right}"`, `within "${net}"`, `in ("${net}", "${right}")`]) {
        const folded = lowered(checked(`$it ${test}`, env(left)).expr!);
        const asked = holds(checked(`net.remote_ip ${test}`, env(left)).expr!, event(left));
        assert.is(folded, asked ? 'TRUE' : 'FALSE', `${left} ${test}`);
      }
    }),
    { numRuns: 300 },
  );
});

test.run();
