/** Rules of an exact program and an exact file as people write them: a policy in YAML. */
import { filePath, programPath } from '../families/exact.ts';

/** @param n number of rules */
export const policyText = (n: number): string => {
  const rules = Array.from({ length: n }, (_, i) => {
    const when = [
      ...(i % 10 === 5 ? [] : [`proc.path = "${programPath(i)}"`]),
      ...(i % 10 === 0 ? [] : [`file.path = "${filePath(i)}"`]),
    ].join(' and ');
    return `    - name: r${i}\n      on: [file.read]\n      when: ${when}\n      action: deny\n`;
  });
  const head = 'apiVersion: lictor.dev/v1\nkind: Policy\nmetadata:\n  name: exact\nspec:\n  mode: enforce\n  rules:\n';
  return `${head}${rules.join('')}`;
};
