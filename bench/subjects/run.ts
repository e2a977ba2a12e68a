/** What it saves to know a process and its workload once: verdicts with facts stored beside the same with facts in each event. */
import { join } from 'node:path';
import { planAndEmit } from '../../compiler/backend.ts';
import type { NormalForm } from '../../vm/bundle/normal.ts';
import { familyOf } from '../families/index.ts';
import { readPolicies } from '../outside/policies.ts';
import { compareForms, type Comparison } from './comparison.ts';
import { recordedHappenings } from './recorded.ts';
import { syntheticHappenings } from './synthetic.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PROCESSES = 5000;
const EVENTS = 50_000;
const RULES = 10_000;

export interface SubjectRow extends Comparison {
  readonly what: string;
}

/** Measures the recorded trace under the shipped rules, and many live processes under rule family (a). */
export const benchSubjects = (): SubjectRow[] => {
  const library = programOf(readPolicies(join(ROOT, 'policies')));
  const recorded = recordedHappenings(join(ROOT, 'test', 'traces', 'build.lictor-trace'));
  const family = familyOf('a-grid').make(RULES, 1);
  const rules = programOf(family.normal);
  const synthetic = (full: boolean): Comparison =>
    compareForms(rules, syntheticHappenings(family, EVENTS, PROCESSES, full));
  return [
    { what: 'recorded build, shipped rules', ...compareForms(library, recorded) },
    { what: `${PROCESSES} processes, a program each`, ...synthetic(false) },
    { what: `${PROCESSES} processes, all that a sensor says`, ...synthetic(true) },
  ];
};

const programOf = (normal: NormalForm): Uint8Array => {
  const made = planAndEmit(normal, { allowSlow: true });
  if ('errors' in made) throw new Error('BUG: the rules have no plan');
  return made.program;
};
