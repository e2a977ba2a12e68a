/** Conditions that frontends make, and the places of their parts. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ALWAYS,
  NEVER,
  all,
  globOf,
  not,
  oneOf,
  quoted,
  regexOf,
  some,
  test as asks,
  written,
} from '../../compiler/foreign/condition.ts';

const at = (start: number, end: number) => ({ source: 0, start, end });
const a = asks('proc.uid = 1', at(10, 12));
const b = asks('proc.gid = 2', at(20, 22));
const c = asks('proc.pid = 3', at(30, 32));
const text = (condition: typeof a): string => written(condition, at(0, 99)).text;

test('only the parentheses that are needed', () => {
  assert.is(text(all([a, some([b, c])])), 'proc.uid = 1 and (proc.gid = 2 or proc.pid = 3)');
  assert.is(text(some([a, all([b, c])])), 'proc.uid = 1 or proc.gid = 2 and proc.pid = 3');
  assert.is(text(not(all([a, b]))), 'not (proc.uid = 1 and proc.gid = 2)');
  assert.is(text(not(not(some([a, b])))), text(some([a, b])));
});

test('what does not matter is left out', () => {
  assert.is(all([]), ALWAYS);
  assert.is(some([]), NEVER);
  assert.is(all([ALWAYS, a]), a);
  assert.is(all([a, NEVER]), NEVER);
  assert.is(some([a, ALWAYS]), ALWAYS);
  assert.is(some([NEVER, a]), a);
  assert.is(not(ALWAYS), NEVER);
  assert.is(text(oneOf('proc.name', [])), 'false');
  assert.is(text(oneOf('proc.name', ['a', 'a'])), 'proc.name = "a"');
  assert.is(text(oneOf('proc.name', ['a', 'b"'])), 'proc.name in ("a", "b\\"")');
});

test('a part has the place that it follows from', () => {
  const whole = written(all([a, not(b)]), at(0, 99));
  const place = (part: string) => whole.place(whole.text.indexOf(part), whole.text.indexOf(part) + part.length);
  assert.equal(place('proc.uid'), at(10, 12));
  assert.equal(place('proc.gid = 2'), at(20, 22));
  assert.equal(whole.place(0, whole.text.length), at(10, 22));
  assert.equal(written(ALWAYS, at(0, 99)).place(0, 4), at(0, 99));
});

test('texts are escaped for what they stand in', () => {
  assert.is(quoted('a"\\\n'), '"a\\"\\\\\\n"');
  assert.is(globOf('/a*[b]{c}?\\'), '/a\\*\\[b\\]\\{c\\}\\?\\\\');
  assert.is(regexOf('a.b+(c)'), 'a\\.b\\+\\(c\\)');
});

test.run();
