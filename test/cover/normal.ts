/** Normal forms of policies that are written as rules in flow style, one a line. */
import { compile } from '../../compiler/index.ts';
import type { NormalForm } from '../../vm/bundle/normal.ts';

/** @throws where the rules do not compile */
export const normalOf = (rules: string, head = 'mode: enforce'): NormalForm => {
  // conditions stand without quotes of their own
  const quoted = rules.replace(/when: (.+?)(?=, action|\}\]|$)/gm, (_, when: string) => `when: '${when}'`);
  const lines = quoted.split('\n').map((line) => `    - ${line}`);
  const text = [
    'apiVersion: lictor.dev/v1',
    'kind: Policy',
    'metadata: {name: test}',
    'spec:',
    `  ${head}`,
    '  rules:',
    ...lines,
  ].join('\n');
  const { value, diagnostics } = compile([{ path: 'test.yaml', text }], { today: '2026-01-01' });
  if (!value) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value.normal;
};
