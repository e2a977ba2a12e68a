/** Foreign documents of a build to documents of ours, a system at a time. */
import { diagnose, nearest } from '../diagnostics/index.ts';
import type { Diagnostic, Staged } from '../diagnostics/diagnostic.ts';
import type { Report } from '../schema/read.ts';
import type { ForeignDocument, Lowered, System } from './system.ts';
import { SYSTEMS } from './systems.ts';

/** `SYSTEM.NAME` to a value, as `--foreign` gives it. */
export type ForeignSettings = Readonly<Record<string, string>>;

/** A foreign document with its system. */
export interface Foreign extends ForeignDocument {
  readonly system: System;
}

/**
 * @param documents in document order, of any systems
 * @param settings of all systems; one that no system has is reported
 */
export function lowerForeign(
  documents: readonly Foreign[],
  settings: ForeignSettings = {},
): Staged<readonly Lowered[]> {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (diagnostic) => void diagnostics.push(diagnostic);
  judgeSettings(settings, report);
  const value = SYSTEMS.flatMap((system) => {
    const own = documents.filter((document) => document.system === system);
    return own.length === 0 ? [] : system.lower(own, optionsOf(system, settings), report);
  });
  return { value, diagnostics };
}

function optionsOf({ name, options }: System, settings: ForeignSettings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).map(([key, option]) => {
      const given = settings[`${name}.${key}`];
      const allowed = given !== undefined && (option.values?.includes(given) ?? true);
      return [key, allowed ? given : option.default];
    }),
  );
}

function judgeSettings(settings: ForeignSettings, report: Report): void {
  const known = new Map(
    SYSTEMS.flatMap(({ name, options }) => Object.entries(options).map(([key, option]) => [`${name}.${key}`, option])),
  );
  for (const [key, value] of Object.entries(settings)) {
    const option = known.get(key);
    if (option === undefined) {
      const near = nearest(key, known.keys());
      const help = near === null ? `settings are ${sequence([...known.keys()])}` : `did you mean \`${near}\`?`;
      report(diagnose('L5001', `\`--foreign ${key}\`: there is no such setting`, null, help));
    } else if (option.values?.includes(value) === false) {
      report(diagnose('L5001', `\`--foreign ${key}=${value}\``, null, `it is one of ${sequence(option.values)}`));
    }
  }
}

const sequence = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
