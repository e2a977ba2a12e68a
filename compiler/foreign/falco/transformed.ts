/** Comparisons of a field through a function: folding, the last component of a path, the length. */
import { NEVER, globOf, quoted, some, test, type Condition } from '../condition.ts';
import { compareText } from './compare-text.ts';
import { integerOf } from './compare-number.ts';
import { textsOf, type Comparison, type Context, type Said } from './comparison.ts';
import type { Target } from './target.ts';

/** Longest text whose length a pattern can ask for. */
const LENGTH = 255;

/** @param target of the field inside the function */
export function compareTransformed(by: string, target: Target, comparison: Comparison, context: Context): Said {
  if (target.is === 'nothing') return NEVER;
  if (target.is !== 'text' && target.is !== 'program') return null;
  const { operand } = target;
  if (comparison.op === 'exists') return test(`exists(${operand})`);
  switch (by) {
    case 'tolower':
      return folded(operand, comparison, (text) => text === text.toLowerCase());
    case 'toupper':
      return folded(operand, comparison, (text) => text === text.toUpperCase());
    case 'basename': {
      const base = BASE[operand];
      return base === undefined ? null : compareText(base, comparison, context);
    }
    case 'len':
      return lengthOf(operand, comparison);
    default:
      return null;
  }
}

const BASE: Readonly<Record<string, string>> = {
  'file.path': 'file.name',
  'proc.path': 'proc.name',
  'proc.ppath': 'proc.pname',
};

/** A text in the other case equals nothing that was folded. */
function folded(operand: string, { op, values }: Comparison, could: (text: string) => boolean): Said {
  const texts = textsOf(values).filter(could);
  const tests = (say: (text: string) => string): Condition =>
    some(texts.map((text) => test(`${operand} ${say(text)}`)));
  switch (op) {
    case '=':
    case '==':
    case 'in':
    case 'intersects':
      return tests((text) => `iglob ${quoted(globOf(text))}`);
    case 'contains':
    case 'icontains':
    case 'startswith':
    case 'endswith':
      return tests((text) => `${op === 'icontains' ? op : `i${op}`} ${quoted(text)}`);
    default:
      return null;
  }
}

function lengthOf(operand: string, { op, values }: Comparison): Said {
  const tests = textsOf(values).map((text): Said => {
    const length = integerOf(text);
    if (length === null || length < 0n || length > LENGTH) return null;
    const n = Number(length);
    const range = {
      '=': `${n}`,
      '==': `${n}`,
      in: `${n}`,
      '<=': `0,${n}`,
      '<': `0,${n - 1}`,
      '>=': `${n},`,
      '>': `${n + 1},`,
    }[op];
    if (range === undefined) return null;
    if (op === '<' && n === 0) return NEVER;
    return test(`${operand} matches r"(?s).{${range}}"`);
  });
  return tests.includes(null) ? null : some(tests.map((one) => one ?? NEVER));
}
