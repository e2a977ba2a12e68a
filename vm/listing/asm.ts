/** The program as text: entries, classifiers, tests, and the steps of each kind. */
import type { Manifest } from '../bundle/manifest.ts';
import { ACCEPT, COMPARISONS, REJECT } from '../spec/index.ts';
import { entryName } from './names.ts';
import { type CandidateRow, type Jump, ProgramReader, type StepRow, type TestRow } from './program.ts';

/**
 * @param program the program section of a bundle that the VM has loaded
 * @returns lines, the last one ended
 */
export const disassemble = (program: Uint8Array, manifest: Manifest): string => {
  const reader = new ProgramReader(program);
  const entries = reader.entries;
  const lines: string[] = ['entries'];
  entries.forEach((entry, i) => lines.push(`  ${i}  ${entryName(entry, manifest)}`));
  lines.push('', 'classifiers');
  reader.classifiers.forEach((c, i) => {
    const fold = c.fold && c.form !== 'range' ? ' folded' : '';
    lines.push(`  c${i}  ${c.form}${fold} ${c.operand}, ${c.keys.size} keys, at most ${c.cap} at once`);
  });
  lines.push('', 'tests');
  reader.tests.forEach((test, i) => lines.push(`  t${i}  ${testText(test)}`));
  for (const kind of reader.kinds) {
    lines.push('', `${kind.name}  at most ${kind.bound} steps`, ...steps(kind.known));
    if (JSON.stringify(kind.unknown) !== JSON.stringify(kind.known)) {
      const name = `${kind.name} in a workload whose metadata have not arrived`;
      lines.push(`${name}  at most ${kind.unknownBound} steps`, ...steps(kind.unknown));
    }
  }
  return `${lines.join('\n')}\n`;
};

const steps = (rows: readonly StepRow[]): string[] =>
  rows.flatMap(({ op, classifiers, lists }) => [
    `  ${[op, ...classifiers.map((c) => `c${c}`)].join(' ')}`,
    ...lists.map(({ keys, from, candidates }) => {
      const found = from === null ? candidatesText(candidates) : target(from);
      return `    ${keys.length > 0 ? `${keys.join(', ')}: ` : ''}${found}`;
    }),
  ]);

const candidatesText = (candidates: readonly CandidateRow[]): string =>
  candidates.map((c) => (c.test === ACCEPT ? `${c.entry}` : `${c.entry} if ${target(c.test)}`)).join(', ');

const OPERATORS: Readonly<Record<string, string>> = { equal: '=', before: '<', below: 'within', automaton: 'matches' };

const testText = ({ op, sub, left, right, yes, no }: TestRow): string => {
  const comparison = Object.entries(COMPARISONS).find(([, code]) => code === (sub & 7))?.[0] ?? '';
  const operator = op === 'int' || op === 'order' ? comparison : (OPERATORS[op] ?? op);
  const fold = sub === 1 && ['startswith', 'endswith', 'contains'].includes(op) ? 'i' : '';
  const test = right === '' ? `${operator} ${left}` : `${left} ${fold}${operator} ${right}`;
  return `${test} ? ${target(yes)} : ${target(no)}`;
};

const target = (to: Jump): string => {
  if (typeof to !== 'number') return `[${candidatesText(to)}]`;
  return to === ACCEPT ? 'accept' : to === REJECT ? 'reject' : `t${to}`;
};
