/** What all sections of a policy become: entries, each with what it looks up, where it stands in the order, and what then happens. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { Report } from '../../schema/read.ts';
import type { Spanned, Text } from '../../schema/shape.ts';

/** What KubeArmor keeps allow-lists of, each by itself. */
export type Subject = 'process' | 'file' | 'network' | 'dns' | 'capabilities' | 'syscalls';
export type EntryAction = 'Allow' | 'Audit' | 'Block';

/** What an entry looks up. Directories are without their last slash. */
export interface Target {
  readonly is:
    | 'path'
    | 'name'
    | 'directory'
    | 'pattern'
    | 'protocol'
    | 'every-protocol'
    | 'domain'
    | 'capability'
    | 'call'
    | 'preset';
  readonly text: Text;
  readonly recursive?: boolean;
}

/** A program, or a directory of programs, that acts. */
export interface SourceProgram {
  readonly path: Text;
  /** Absent: this very program. */
  readonly directory?: 'recursive' | 'immediate';
}

export interface Entry {
  readonly subject: Subject;
  readonly target: Target;
  /** Programs that it holds for; null: all. */
  readonly sources: readonly SourceProgram[] | null;
  readonly action: EntryAction;
  readonly ownerOnly: boolean;
  readonly readOnly: boolean;
  /** Not from a terminal. */
  readonly offTerminal: boolean;
  /** The arguments that a program may have; null: any. */
  readonly args: readonly Text[] | null;
  /** Of a system call: the paths that it is about. */
  readonly paths: Target | null;
  readonly severity: number | null;
  readonly tags: readonly string[];
  readonly message: Text | null;
  /** Nothing else is said of what it blocks: what it lets through needs no rule. */
  readonly alone: boolean;
  readonly span: Span;
}

/** What a policy, a section and an entry may all say. */
export interface Notes {
  readonly severity?: Spanned<number>;
  readonly tags?: Spanned<readonly Text[]>;
  readonly message?: Text;
  readonly action?: Text;
}

/** What the innermost of the places says that says something. */
export function notesOf(levels: readonly (Notes | undefined)[], report: Report) {
  const innermost = <T>(of: (notes: Notes) => T | undefined): T | undefined =>
    levels.map((level) => level && of(level)).find((value) => value !== undefined);
  return {
    severity: innermost((level) => level.severity)?.value ?? null,
    tags: innermost((level) => level.tags)?.value.map(({ value }) => value) ?? [],
    message: innermost((level) => level.message) ?? null,
    action: actionOf(
      innermost((level) => level.action),
      report,
    ),
  };
}

/** @returns what it says in any case of letters; Block where nothing is said */
export function actionOf(text: Text | undefined, report: Report): EntryAction {
  switch (text?.value.toLowerCase()) {
    case 'allow':
      return 'Allow';
    case 'audit':
      return 'Audit';
    case 'block':
    case undefined:
      return 'Block';
    default:
      report(
        diagnose('L5004', `unknown action \`${text?.value}\``, text?.span ?? null, 'it is `Allow`, `Audit` or `Block`'),
      );
      return 'Block';
  }
}

export const PLAIN = {
  sources: null,
  ownerOnly: false,
  readOnly: false,
  offTerminal: false,
  args: null,
  paths: null,
  alone: false,
} as const;
