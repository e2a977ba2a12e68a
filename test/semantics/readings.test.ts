/** Every example of docs/semantics.md, through the compiler and both engines. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { engine } from '../../cli/engines.ts';
import { build } from '../../compiler/build.ts';
import { readBundle } from '../../vm/bundle/index.ts';
import { parseEventLine } from '../../vm/event/index.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'semantics.md'), 'utf8');

/** Fenced blocks of the page, in order. */
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({ language, text }));
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** The kind that carries the object which an expression asks for. */
const kindFor = (expression: string): string => {
  if (expression.includes('file.')) return 'file.read';
  if (expression.includes('net.')) return 'net.connect';
  return expression.includes('syscall.') ? 'syscall' : 'exec';
};

const policyOf = (expression: string): string => `
apiVersion: lictor.dev/v1
kind: Policy
metadata: {name: example}
spec:
  mode: enforce
  rules:
    - {name: rule, on: ${kindFor(expression)}, when: '${expression.replaceAll("'", "''")}', action: deny}
`;

const built = (text: string) => build([{ path: 'policy.yaml', text }], { today: '2026-11-21' });
const errorsOf = (text: string): string[] =>
  built(text)
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ code }) => code);

/** The action of an event, on which both engines must agree. */
const actionFor = (policy: string, event: object): string => {
  assert.equal(errorsOf(policy), []);
  const { value } = built(policy);
  const read = readBundle(value!.file);
  if ('error' in read) throw new Error(read.error);
  const parsed = parseEventLine(JSON.stringify(event));
  if ('error' in parsed) throw new Error(parsed.error);
  return engine('both', read.bundle)([parsed.event])[0].actual.action;
};

let policy = '';
for (const { language, text } of blocks) {
  if (language === 'policy') policy = text;
  if (language === 'expressions') for (const line of lines(text)) expressionTest(line);
  if (language === 'events') for (const line of lines(text)) eventTest(line, policy);
}

function expressionTest(line: string): void {
  const [, expression, json, truth, code] = /^(.+?) {2,}(?:(\{.*\}) +(true|false)|error (L\d{4}))$/.exec(line) ?? [];
  test(line.replace(/ {2,}/g, '  '), () => {
    assert.ok(expression, 'the line is not of the form that the page describes');
    if (code)
      return assert.ok(errorsOf(policyOf(expression)).includes(code), `got ${String(errorsOf(policyOf(expression)))}`);
    const event = { kind: kindFor(expression), ...(JSON.parse(json) as object) };
    assert.is(actionFor(policyOf(expression), event), truth === 'true' ? 'deny' : 'allow');
  });
}

function eventTest(line: string, text: string): void {
  const [, json, action] = /^(\{.*\}) +(\w+)$/.exec(line) ?? [];
  test(line.replace(/ {2,}/g, '  '), () => {
    assert.ok(action, 'the line is not of the form that the page describes');
    assert.is(actionFor(text, { kind: 'exec', ...(JSON.parse(json) as object) }), action);
  });
}

test.run();
