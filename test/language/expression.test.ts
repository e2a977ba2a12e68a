/** Expressions: text to tree to text. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  hasComment,
  isName,
  parseExpression,
  printExpression,
  type ExprNode,
} from '../../compiler/expression/index.ts';
import { checkExpression } from '../../compiler/check/index.ts';
import { renderDiagnostics } from '../../compiler/diagnostics/index.ts';
import { environment, place } from './environment.ts';
import { matchesGolden } from './golden.ts';
import { tree, withoutSpans } from './tree.ts';

function parsed(text: string): ExprNode {
  const { value, diagnostics } = parseExpression(text, place);
  assert.equal(
    diagnostics.map((diagnostic) => diagnostic.message),
    [],
    text,
  );
  return value!;
}

test('reading what was printed gives the same tree', () => {
  fc.assert(
    fc.property(tree, (node) => {
      const text = printExpression(node);
      assert.equal(withoutSpans(parsed(text)), withoutSpans(node), text);
      assert.is(printExpression(parsed(text)), text);
    }),
    { numRuns: 1500 },
  );
});

test('canonical text', () => {
  const cases: [written: string, printed: string][] = [
    ['  a.b  ==  "x"  # why', 'a.b = "x"'],
    ['((a.b))', 'a.b'],
    ['(a.b and c.d) or e.f', 'a.b and c.d or e.f'],
    ['a.b and (c.d or e.f)', 'a.b and (c.d or e.f)'],
    ['not (a.b = 1)', 'not a.b = 1'],
    ['not (a.b and c.d)', 'not (a.b and c.d)'],
    ['(a.b or c.d) or e.f', '(a.b or c.d) or e.f'],
    ['a.b in("x","y")', 'a.b in ("x", "y")'],
    ['a.b&0xFF=0O'.replace('0O', '0o17'), 'a.b & 0xff = 0o17'],
    ['k8s . labels'.replaceAll(' ', '') + '["a\\x41\\n"]="\\x00\\xff"', 'k8s.labels["aA\\n"] = "\\x00\\xff"'],
    ['any(proc.args,not in("a"))', 'any(proc.args, not in ("a"))'],
    ['a.b matches r"\\d+"', 'a.b matches r"\\d+"'],
    ['a.b = "é\u0001\\""', 'a.b = "é\\x01\\""'],
    ['a.b = 1 # and c.d\n  or # e\n c.d', 'a.b = 1 or c.d'],
    ['a.b iglob x-1', 'a.b iglob x-1'],
  ];
  for (const [written, printed] of cases) assert.is(printExpression(parsed(written)), printed, written);
});

test('spans are those of the text', () => {
  const text = 'not a.b = "x" and ( any(c.d, in (1, 2)) or exists(e.f["k"]) )';
  const seen: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { kind, span } = value as { kind?: string; span?: { start: number; end: number } };
    if (kind && span) seen.push(`${kind}: ${text.slice(span.start, span.end)}`);
    for (const part of Object.values(value)) walk(part);
  };
  walk(parsed(text));
  assert.equal(seen, [
    'and: not a.b = "x" and ( any(c.d, in (1, 2)) or exists(e.f["k"]) )',
    'not: not a.b = "x"',
    'test: a.b = "x"',
    'field: a.b',
    'compare: = "x"',
    'text: "x"',
    'or: any(c.d, in (1, 2)) or exists(e.f["k"])',
    'any: any(c.d, in (1, 2))',
    'field: c.d',
    'in: in (1, 2)',
    'members: (1, 2)',
    'integer: 1',
    'integer: 2',
    'exists: exists(e.f["k"])',
    'field: e.f["k"]',
    'text: "k"',
  ]);
});

test('names, keywords and comments', () => {
  for (const name of ['a', '_x', 'web-ports', 'a-', 'orange', 'inn']) assert.ok(isName(name), name);
  for (const name of ['', '1a', '-a', 'a.b', 'and', 'AND', 'istartswith', 'iContains', 'true', 'a b'])
    assert.not.ok(isName(name), name);
  assert.ok(hasComment('a.b # c'));
  assert.not.ok(hasComment('a.b = "#" and c.d = r"#"'));
});

const MISTAKES = [
  "proc.name = 'sh' && file.path =~ /etc/x || !net.private",
  'proc.name = “sh” and proc.uid ≥ 5 and proc.uid <> 3',
  'fd.name pmatch ("/etc") and proc.uid = 1 = 2',
  'proc.name startsWith "x" AND NOT proc.name in "x" proc.memfd',
  'net.remote_ip = 10.0.0.1 and file.mode = 0755 and proc.uid = 1_000 and proc.uid = 1.5 and proc.uid = -0x1',
  'proc.name = "a\\d" and proc.name = bash and evt.dir exists',
  'proc.uid = 99999999999999999999 and (proc.name = "x and proc.uid = 1',
  '((proc.memfd',
  'proc.memfd)) or proc.uid =',
  ')',
  '',
  '  # nothing',
  'not',
  'proc.name in () or proc.name in ("a" "b") or proc.name in ["a"] or proc.name in ("a",)',
  'starts(proc.name, "x") or startswith(proc.name, "x")',
  '(proc.name) = "x" or name = "x" or proc.name not or proc.name not foo "x" or proc.name starswith "x"',
  'any(proc.args, = "a" or = "b") or any(proc.args) or any(proc.args, has "x") or exists(file.mode & 1) or exists proc.name',
  'proc.args[ or proc.args["x" or file.mode & x or file.mode & -',
  'proc.name = {x} or proc.name == @x or $1 or $ or proc.',
  'proc.name like "x" and proc.name is "y" and proc.name regex "z" and proc.args intersects ("x")',
];

test('every mistake is told with its place and what to write', () => {
  const shown = MISTAKES.map((text) => {
    const { diagnostics } = parseExpression(text, place);
    assert.ok(diagnostics.length > 0, text);
    return renderDiagnostics(diagnostics, [{ path: 'when', text }], { color: false });
  });
  matchesGolden('mistakes.txt', shown.join('\n\n————————\n\n') + '\n');
});

test('half of a surrogate pair is not text', () => {
  assert.is(parseExpression('proc.name = "\ud800"', place).diagnostics[0].code, 'L2014');
});

test('hostile sizes end in a clear error', () => {
  const codes = (text: string): string[] =>
    parseExpression(text, place).diagnostics.map((diagnostic) => diagnostic.code);
  const parentheses = 10_000;
  assert.equal(codes('('.repeat(parentheses) + 'a.b' + ')'.repeat(parentheses)), ['L2007']);
  assert.equal(codes('('.repeat(1_000_000)), ['L2007', 'L2011']);
  assert.equal(codes('not '.repeat(10_000) + 'a.b'), ['L2007']);
  assert.equal(codes('not ('.repeat(10_000) + 'a.b'), ['L2007', 'L2011']);
  assert.equal(codes(')'.repeat(100_000)).at(-1), 'L2013');
  assert.equal(codes('a.b '.repeat(100_000)).at(-1), 'L2013');
  assert.equal(codes(`"${'a'.repeat(8_000_000)}`), ['L2002']);
  assert.equal(codes(`a.b = ${'1'.repeat(8_000_000)}`), ['L2005']);
  assert.equal(codes(`a.b in (${'"x",'.repeat(300_000)}"x")`), ['L2012']);
  assert.equal(codes(`${'a.b or '.repeat(300_000)} a.b`), ['L2012']);
});

test('a long chain is one node, 256 levels are allowed', () => {
  const chain = parsed(Array.from({ length: 100_000 }, (_, i) => `a.b = ${i}`).join(' or '));
  assert.is(chain.kind === 'or' && chain.args.length, 100_000);
  assert.is(parsed('('.repeat(256) + 'a.b' + ')'.repeat(256)).kind, 'test');
  assert.is(parsed('not '.repeat(256) + 'a.b').kind, 'not');
});

test('no text is an exception, and every span lies in the text', () => {
  const pieces = fc.constantFrom(
    ...['(', ')', '[', ']', ',', '&', '&&', '=', '!=', '<', '"', "'", 'r"', '\\', '$', '#', '\n', '-', '.', ' ', '/x'],
    ...['and', 'or', 'not', 'in', 'any(', 'exists(', 'true', 'has', 'glob', 'matches', 'within', 'AND', 'pmatch', 'is'],
    ...[
      'proc.name',
      'proc.args',
      'file.mode',
      'net.remote_ip',
      'k8s.labels',
      'fd.name',
      'shells',
      'shell',
      '$word',
      '$several',
    ],
    ...['"x"', '"10.0.0.0/8"', '1', '0x', '-5', '(1, "a")', '[0]', '["k"]', '"[a"', 'circle', 'broken', '\ud800', 'é'],
  );
  const soup = fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join(' '));
  fc.assert(
    fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), (text) => {
      const { value, diagnostics } = parseExpression(text, place);
      const checked = value && checkExpression(value, environment('exec'));
      if (checked && diagnostics.length === 0) {
        const errors = checked.diagnostics.filter(({ severity }) => severity === 'error');
        assert.is(checked.value === null, errors.length > 0, text);
      }
      if (diagnostics.length > 0) assert.is(checked?.value ?? null, null, text);
      for (const { span } of diagnostics) {
        assert.ok(span !== null && span.start >= 0 && span.start <= span.end && span.end <= text.length, text);
      }
      renderDiagnostics(diagnostics, [{ path: 'when', text }], { color: true });
    }),
    { numRuns: 4000 },
  );
});

test.run();
