/** What the bounds of a program multiply: the steps for each byte of a text that is searched, and tuples of globs. */
import {
  CLASSIFIER,
  CLASSIFIER_FORMS,
  GLOBS,
  KIND,
  KINDS,
  PROGRAM,
  STEP,
  STEP_OPS,
  SUBSTRINGS,
} from '../spec/index.ts';

export interface Factors {
  /** Steps at most for each byte of the texts in which substrings and expressions are looked for. */
  readonly stepsPerByte: number;
  /** Tuples of the globs that a path is looked up in. */
  readonly tuples: number;
}

/** @returns by kind name, kinds without either left out */
export const factorsOf = (program: Uint8Array): Record<string, Factors> => {
  const view = new DataView(program.buffer, program.byteOffset, program.length);
  const u32 = (at: number): number => view.getUint32(at, true);
  const u16 = (at: number): number => view.getUint16(at, true);
  const used = (classifier: number): number[] => {
    const row = u32(PROGRAM.classifiersAt) + classifier * CLASSIFIER.size;
    if (view.getUint8(row + CLASSIFIER.form) !== CLASSIFIER_FORMS.both.code) return [row];
    return [used(u16(row + CLASSIFIER.operand)), used(u16(row + CLASSIFIER.operand + 2))].flat();
  };
  const tables = (steps: number, count: number, ...forms: readonly (keyof typeof CLASSIFIER_FORMS)[]): number[] => {
    const rows = Array.from({ length: count }, (_, i) => steps + i * STEP.size).flatMap((step) => {
      const op = view.getUint8(step);
      if (op === STEP_OPS.list.code) return [];
      return [u16(step + STEP.a), ...(op === STEP_OPS.pair.code ? [u16(step + STEP.b)] : [])].flatMap(used);
    });
    const codes: readonly number[] = forms.map((form) => CLASSIFIER_FORMS[form].code);
    const ofForms = [...new Set(rows)].filter((row) => codes.includes(view.getUint8(row + CLASSIFIER.form)));
    return ofForms.map((row) => u32(row + CLASSIFIER.table));
  };
  const factors = (steps: number, count: number): Factors => ({
    stepsPerByte: tables(steps, count, 'substring').reduce((sum, at) => sum + 1 + u32(at + SUBSTRINGS.chain), 0),
    tuples: tables(steps, count, 'glob', 'floating').reduce((sum, at) => sum + u32(at + GLOBS.tuples), 0),
  });
  const found: Record<string, Factors> = {};
  for (const { id, name } of KINDS) {
    if (id >= u32(PROGRAM.kindCountAt)) continue;
    const row = u32(PROGRAM.kindsAt) + id * KIND.size;
    const known = factors(u32(row + KIND.steps), u32(row + KIND.stepCount));
    const unknown = factors(u32(row + KIND.unknownSteps), u32(row + KIND.unknownStepCount));
    const stepsPerByte = Math.max(known.stepsPerByte, unknown.stepsPerByte);
    const tuples = Math.max(known.tuples, unknown.tuples);
    if (stepsPerByte > 0 || tuples > 0) found[name] = { stepsPerByte, tuples };
  }
  return found;
};
