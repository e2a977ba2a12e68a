/** Presets: protections that KubeArmor has ready. Of the five one can be said with our events. */
import { diagnose, nearest } from '../../diagnostics/index.ts';
import type { Report } from '../../schema/read.ts';
import { notesOf, PLAIN, type Entry } from './entry.ts';
import type { Sections } from './shapes.ts';

export const FILELESS = 'filelessExec';

/** Why the others cannot. */
const MISSING: Readonly<Record<string, string>> = {
  anonymousMapExec: 'no event is about memory that is mapped without a file',
  protectEnv: 'conditions cannot tell the `/proc` files of a process from those of others',
  protectProc: 'conditions cannot tell the `/proc` files of a process from those of others',
  exec: 'no event says that a program came into the container from outside',
};

/** @param spec of a policy for containers */
export function presetEntries(spec: Sections, report: Report): Entry[] {
  return (spec.presets?.value ?? []).flatMap(({ name, action, head }): Entry[] => {
    if (name === undefined) {
      report(diagnose('L5102', 'the preset has no name', head, 'it is left out'));
      return [];
    }
    if (name.value === FILELESS) {
      const notes = notesOf([{ action }, spec], report);
      return notes.action === 'Allow'
        ? []
        : [{ ...PLAIN, ...notes, subject: 'process', target: { is: 'preset', text: name }, span: name.span }];
    }
    if (Object.hasOwn(MISSING, name.value)) {
      report(diagnose('L5003', `the preset \`${name.value}\` is not carried over`, name.span, MISSING[name.value]));
      return [];
    }
    const known = [FILELESS, ...Object.keys(MISSING)];
    const near = nearest(name.value, known);
    const help = near === null ? `presets are ${known.join(', ')}` : `did you mean \`${near}\`?`;
    report(diagnose('L5004', `unknown preset \`${name.value}\``, name.span, help));
    return [];
  });
}
