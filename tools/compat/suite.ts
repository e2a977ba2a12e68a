/** A suite of an ordinary program: one command, run in an empty folder, and what its output says of each test. */

/** Outcomes by the names of tests. */
export type Outcomes = ReadonlyMap<string, string>;

export interface Suite {
  readonly name: string;
  /** Programs and files without which it cannot run, and the Debian package that has each. */
  readonly needs: readonly (readonly [path: string, debianPackage: string])[];
  /** For `sh -c`, in an empty folder that everybody may write to. */
  readonly script: string;
  /** @param folder in which the script ran, @param output what it printed */
  readonly outcomes: (folder: string, output: string) => Outcomes;
}

/**
 * A suite of steps: each is a command, and its outcome is its status and, where it prints something, what it prints. Steps
 * must print the same whenever they run.
 */
export const steps = (name: string, needs: Suite['needs'], commands: Readonly<Record<string, string>>): Suite => ({
  name,
  needs,
  script: Object.entries(commands)
    .map(
      ([step, command]) =>
        `step_output=$( { ${command}\n} 2>&1 )\nprintf '@%s\\n%s\\n%s\\n' '${step}' "$?" "$step_output"`,
    )
    .join('\n'),
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
