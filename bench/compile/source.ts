/** Rules as people write them, in YAML: a directory of policies. */
import type { Source } from '../../compiler/diagnostics/diagnostic.ts';
import { documentsOf, sayable } from '../../test/generators/document.ts';
import { Random } from '../../test/generators/random.ts';
import { filePath, programPath } from '../families/exact.ts';
import { familyOf } from '../families/index.ts';

/** `exact`: an exact program and an exact file; `mixed`: the shapes of family (h), with lists and macros of a library. */
export const SORTS = ['exact', 'mixed'] as const;
export type Sort = (typeof SORTS)[number];

/** Rules of one file. */
const RULES = 100;
const SEED = 1;

/** @param n number of rules */
export const policySources = (sort: Sort, n: number): Source[] => {
  const texts = sort === 'exact' ? exactTexts(n) : mixedTexts(n);
  return texts.map((text, i) => ({ path: `policy-${String(i).padStart(5, '0')}.yaml`, text }));
};

const exactTexts = (n: number): string[] =>
  Array.from({ length: Math.ceil(n / RULES) }, (_, file) => {
    const head = `apiVersion: lictor.dev/v1\nkind: Policy\nmetadata:\n  name: exact-${file}\nspec:\n  mode: enforce\n  rules:\n`;
    const count = Math.min(RULES, n - file * RULES);
    return `${head}${Array.from({ length: count }, (_, i) => exactRule(file * RULES + i)).join('')}`;
  });

const exactRule = (i: number): string => {
  const when = [
    ...(i % 10 === 5 ? [] : [`proc.path = "${programPath(i)}"`]),
    ...(i % 10 === 0 ? [] : [`file.path = "${filePath(i)}"`]),
  ].join(' and ');
  return `    - name: r${i}\n      on: [file.read]\n      when: ${when}\n      action: deny\n`;
};

const mixedTexts = (n: number): string[] =>
  documentsOf(new Random(SEED), sayable(familyOf('h').make(n, SEED).normal))
    .split(/^---\n/m)
    .filter((text) => text !== '');
