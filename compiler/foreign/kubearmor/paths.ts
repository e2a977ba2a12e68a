/** The sections `process` and `file`: entries by path, by name, by directory and by pattern. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import { shorten } from '../../document/located.ts';
import type { Report } from '../../schema/read.ts';
import type { Spanned, Text } from '../../schema/shape.ts';
import { notesOf, PLAIN, type Entry, type Notes, type SourceProgram, type Target } from './entry.ts';
import type { Sections } from './shapes.ts';

/** What entries of the three lists have, most of them not all of it. */
interface PathEntry extends Notes {
  readonly head: Span;
  readonly path?: Text;
  readonly execname?: Text;
  readonly dir?: Text;
  readonly recursive?: Spanned<boolean>;
  readonly pattern?: Text;
  readonly ownerOnly?: Spanned<boolean>;
  readonly readOnly?: Spanned<boolean>;
  readonly pts?: Spanned<boolean>;
  readonly fromSource?: Spanned<readonly { readonly path?: Text; readonly head: Span }[]>;
  readonly allowedArgs?: Spanned<readonly Text[]>;
}

/** @param spec the body of the policy, whose notes hold where section and entry have none */
export function pathEntries(subject: 'process' | 'file', spec: Sections, report: Report): Entry[] {
  const section = spec[subject];
  if (section === undefined) return [];
  const listed: readonly PathEntry[] = [
    ...(section.matchPaths?.value ?? []),
    ...(section.matchDirectories?.value ?? []),
    ...(section.matchPatterns?.value ?? []),
  ];
  return listed.flatMap((entry) => {
    const target = targetOf(entry, report);
    const sources = sourcesOf(entry.fromSource, report);
    if (target === null) return [];
    return [
      {
        ...PLAIN,
        ...notesOf([entry, section, spec], report),
        subject,
        target,
        sources,
        ownerOnly: entry.ownerOnly?.value ?? false,
        readOnly: entry.readOnly?.value ?? false,
        offTerminal: entry.pts?.value === false,
        args: entry.allowedArgs !== undefined && entry.allowedArgs.value.length > 0 ? entry.allowedArgs.value : null,
        span: target.text.span,
      },
    ];
  });
}

function targetOf({ execname, path, dir, recursive, pattern, head }: PathEntry, report: Report): Target | null {
  if (execname !== undefined && execname.value !== '') return { is: 'name', text: execname };
  if (path !== undefined && path.value !== '') {
    judgePath(path, report);
    return { is: 'path', text: path };
  }
  if (dir !== undefined && dir.value !== '') return directoryOf(dir, recursive?.value ?? false, report);
  if (pattern !== undefined && pattern.value !== '') {
    if (!/^(\/|\*|\{|\[)/.test(pattern.value)) warnRelative(pattern, report);
    return { is: 'pattern', text: pattern };
  }
  report(diagnose('L5102', 'the entry names nothing', head, 'it is left out'));
  return null;
}

/** A directory without its last slash; the root is the empty text with one. */
export function directoryOf(dir: Text, recursive: boolean, report: Report): Target {
  if (!dir.value.startsWith('/')) warnRelative(dir, report);
  else if (!dir.value.endsWith('/')) {
    const help = `it is read as \`${shorten(dir.value)}/\``;
    report(diagnose('L5104', `the directory \`${shorten(dir.value)}\` does not end with a slash`, dir.span, help));
  }
  const value = dir.value.replace(/\/+$/, '') || '/';
  return { is: 'directory', text: { ...dir, value }, recursive };
}

function judgePath(path: Text, report: Report): void {
  if (!path.value.startsWith('/')) return warnRelative(path, report);
  if (/[*?]|\[.*\]/.test(path.value)) {
    const help = 'write it under `matchPatterns`, or name a directory under `matchDirectories`';
    report(
      diagnose('L5104', `\`${shorten(path.value)}\` is taken literally: paths have no wildcards`, path.span, help),
    );
  } else if (path.value.length > 1 && path.value.endsWith('/')) {
    const help = 'name a directory under `matchDirectories`';
    report(diagnose('L5104', `no file has the path \`${shorten(path.value)}\`: it ends with a slash`, path.span, help));
  }
}

const warnRelative = (text: Text, report: Report): void =>
  report(
    diagnose('L5104', `\`${shorten(text.value)}\` is not absolute: no path is like it`, text.span, 'begin it with `/`'),
  );

/** @returns null where every program is meant */
export function sourcesOf(
  listed: Spanned<readonly { readonly path?: Text; readonly head: Span }[]> | undefined,
  report: Report,
): readonly SourceProgram[] | null {
  if (listed === undefined || listed.value.length === 0) return null;
  return listed.value.flatMap(({ path, head }) => {
    if (path === undefined || path.value === '') {
      report(diagnose('L5005', 'the source has no `path`', head, 'name the program that acts'));
      return [];
    }
    judgePath(path, report);
    return [{ path }];
  });
}
