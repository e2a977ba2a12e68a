/** Names of others as names of ours: letters, digits, `_`, `.` and `-`, each once. */

/** @returns the name with everything that a name cannot have as one `-`; `fallback` where nothing is left */
export const nameOf = (text: string, fallback: string): string =>
  text.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^-+|-+$/g, '') || fallback;

/** Names that were given out: the second one of a kind gets `-2`. */
export class UniqueNames {
  readonly #taken = new Set<string>();

  take(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.#taken.has(name); n++) name = `${wanted}-${n}`;
    this.#taken.add(name);
    return name;
  }
}
