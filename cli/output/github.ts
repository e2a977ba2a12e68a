/** Diagnostics as workflow commands of GitHub Actions, which shows them beside the changed lines. */
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { Locate } from './diagnostics.ts';

/** Escapes of the runner's parser: in data, and further ones in properties. */
const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** @returns one `::error file=…::message` a line */
export function github(diagnostics: readonly Diagnostic[], locate: Locate): string {
  return diagnostics
    .map(({ code, severity, message, span, help }) => {
      const properties = [`title=${property(code)}`];
      if (span) {
        const { path, start, end } = locate(span);
        properties.unshift(
          `file=${property(path)}`,
          `line=${start.line}`,
          `endLine=${end.line}`,
          `col=${start.column}`,
          `endColumn=${end.column}`,
        );
      }
      return `::${severity} ${properties.join(',')}::${data(help ? `${message}\n${help}` : message)}\n`;
    })
    .join('');
}
