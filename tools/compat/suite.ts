/** A suite of an ordinary program: shell scripts, and what they say of each test. */

/** Outcomes by the names of tests. */
export type Outcomes = ReadonlyMap<string, string>;

/** Run in an empty folder that everybody may write to, bare and guarded in turns. */
export interface Part {
  readonly name: string;
  /** For `sh -c`. `SOURCE` is the folder of the suite's source package, where it has one. */
  readonly script: string;
}

/** A source package of Debian, of the version that is installed, and how to build of it what its tests need. */
export interface Source {
  readonly package: string;
  /** For `sh -c`, in the folder of the source. */
  readonly build: string;
}

export interface Suite {
  readonly name: string;
  /** Programs and files without which it cannot run, and the Debian package that has each. */
  readonly needs: readonly (readonly [path: string, debianPackage: string])[];
  readonly source: Source | null;
  /** @param source folder of the source package */
  readonly parts: (source: string) => readonly Part[];
  /** @param folder in which a part ran, @param output what it printed */
  readonly outcomes: (folder: string, output: string) => Outcomes;
}

export const NOBODY = 'setpriv --reuid=nobody --regid=nogroup --clear-groups';

/** @returns lists of at most `size` items, in their order */
export const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

/**
 * A suite of steps: each is a command, and its outcome is its status and, where it prints something, what it prints. Steps
 * must print the same whenever they run.
 */
export const steps = (name: string, needs: Suite['needs'], commands: Readonly<Record<string, string>>): Suite => ({
  name,
  needs,
  source: null,
  parts: () => [
    {
      name,
      script: Object.entries(commands)
        .map(
          ([step, command]) =>
            `step_output=$( { ${command}\n} 2>&1 )\nprintf '@%s\\n%s\\n%s\\n' '${step}' "$?" "$step_output"`,
        )
        .join('\n'),
    },
  ],
  outcomes: (_, output) =>
    new Map(
      output
        .split(/^@/m)
        .slice(1)
        .map((part) => {
          const [step, ...rest] = part.trimEnd().split('\n');
          return [step, rest.join('\n')];
        }),
    ),
});
