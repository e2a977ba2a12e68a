/** From the normal form to the program: plan, emit, and the budget that a program must keep. */
import type { NormalForm } from '../vm/bundle/normal.ts';
import { KINDS, LIMITS } from '../vm/spec/index.ts';
import { emit } from './emit/program.ts';
import { plan, type Plan } from './plan/index.ts';

export interface BackendOptions {
  /** Worst-case steps of an event; default LIMITS.stepsPerEvent. */
  readonly maxSteps?: number;
  /** Take a program that goes beyond `maxSteps`. */
  readonly allowSlow?: boolean;
}

export interface Program {
  readonly program: Uint8Array;
  /** Steps of an event in the worst case in a known workload, by kind name; kinds that nothing decides are left out. */
  readonly cost: Readonly<Record<string, number>>;
  /** The same in a workload whose metadata have not arrived. */
  readonly unknownCost: Readonly<Record<string, number>>;
  readonly plan: Plan;
}

/** Why there is no program: about rules by number, so that the caller can point at their source. */
export type BackendError =
  | {
      readonly is: 'too-slow';
      readonly kind: string;
      readonly steps: number;
      readonly maxSteps: number;
      readonly rules: readonly number[];
    }
  | { readonly is: 'too-complex'; readonly patterns: readonly string[] };

/**
 * @param normal as `compile` returns it
 * @returns the program, or the errors for which there is none
 */
export const planAndEmit = (
  normal: NormalForm,
  options: BackendOptions = {},
): Program | { readonly errors: readonly BackendError[] } => {
  const planned = plan(normal);
  const { program, cost, tooComplex, dearest } = emit(planned);
  if (tooComplex.length > 0) return { errors: [{ is: 'too-complex', patterns: tooComplex }] };
  const maxSteps = options.maxSteps ?? LIMITS.stepsPerEvent.value;
  const used = planned.kinds.filter(({ known, unknown }) => known.length + unknown.length > 0);
  const bounds = used.map(({ kind }) => ({ kind: KINDS.find((k) => k.id === kind)!.name, ...cost.get(kind)! }));
  const slow = options.allowSlow ? [] : bounds.filter(({ known, unknown }) => Math.max(known, unknown) > maxSteps);
  if (slow.length > 0) {
    const rules = dearest.map(({ entry }) => planned.entries[entry].rule).filter((rule) => rule >= 0);
    return {
      errors: slow.map(({ kind, known, unknown }) => ({
        is: 'too-slow',
        kind,
        steps: Math.max(known, unknown),
        maxSteps,
        rules: [...new Set(rules)],
      })),
    };
  }
  return {
    program,
    cost: Object.fromEntries(bounds.map(({ kind, known }) => [kind, known])),
    unknownCost: Object.fromEntries(bounds.map(({ kind, unknown }) => [kind, unknown])),
    plan: planned,
  };
};
