/**
 * Texts that whatever a pattern matches has inside, told by a reader of its own: what is compared with the planner shares
 * nothing with it. Runs of plain characters alone count, so that it is enough to know where a run ends.
 */

/** @returns runs of plain characters that are outside of alternatives and classes */
export const runsOfGlob = (source: string): string[] => {
  const runs = new Runs();
  for (let i = 0; i < source.length; i++) {
    const c = source[i];
    if (c === '\\') runs.add(source[++i]);
    else if (c === '[') i = runs.skip(endOfClass(source, i));
    else if (c === '{') i = runs.skip(endOfGroup(source, i, '}'));
    else if (c === '?') runs.end();
    else if (c !== '*') runs.add(c);
    else {
      // a slash beside two stars may be missing
      const isTwo = source[i + 1] === '*';
      if (isTwo) runs.dropSlash();
      runs.end();
      while (source[i + 1] === '*') i++;
      if (isTwo && source[i + 1] === '/') i++;
    }
  }
  return runs.all();
};

/** The same for an expression; none where it has alternatives outside of groups, flags, or classes that have names. */
export const runsOfExpression = (source: string): string[] => {
  const runs = new Runs();
  if (source.includes('[:')) return [];
  for (let i = 0; i < source.length; i++) {
    const c = source[i];
    if (c === '|' || source.startsWith('(?', i)) return [];
    if (c === '(') i = runs.skip(endOfGroup(source, i, ')'));
    else if (c === '[') i = runs.skip(endOfClass(source, i));
    else if (c === '\\') {
      if (/[a-zA-Z0-9]/.test(source[++i])) return [];
      runs.add(source[i]);
    } else if ('*?{'.includes(c)) {
      runs.dropLast();
      if (c === '{') i = endOfGroup(source, i, '}');
    } else if ('.+^$'.includes(c)) runs.end();
    else runs.add(c);
  }
  return runs.all();
};

/** The place where a class ends that begins at a place: a bracket that comes first in it stands for itself. */
const endOfClass = (source: string, at: number): number => {
  const first = '^!'.includes(source[at + 1]) ? at + 2 : at + 1;
  for (let i = first; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === ']' && i > first) return i;
  }
  return source.length;
};

/** The same for a group, in which there can be others. */
const endOfGroup = (source: string, at: number, close: string): number => {
  for (let i = at + 1; i < source.length; i++) {
    if (source[i] === close) return i;
    if (source[i] === '\\') i++;
    else if (source[i] === '[') i = endOfClass(source, i);
    else if (source[i] === source[at]) i = endOfGroup(source, i, close);
  }
  return source.length;
};

class Runs {
  readonly #all: string[] = [];
  #run = '';

  add(c: string): void {
    this.#run += c;
  }

  /** Ends a run before what is passed over up to a place. */
  skip(to: number): number {
    this.end();
    return to;
  }

  end(): void {
    this.#all.push(this.#run);
    this.#run = '';
  }

  dropLast(): void {
    this.#run = this.#run.slice(0, -1);
    this.end();
  }

  dropSlash(): void {
    if (this.#run.endsWith('/')) this.dropLast();
  }

  all(): string[] {
    this.end();
    return this.#all.filter((run) => run !== '');
  }
}
