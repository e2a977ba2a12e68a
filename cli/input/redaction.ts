/** `--redact`: what is hidden in records. */
import { nearest } from '../../compiler/diagnostics/nearest.ts';
import { searchError } from '../../compiler/pattern/regex.ts';
import { utf8 } from '../../vm/event/bytes.ts';
import { fieldByName, fieldId } from '../../vm/event/index.ts';
import { displayText } from '../../vm/event/text.ts';
import { isRedactable, redactor, type Redact, type Redaction } from '../../vm/event/redact.ts';
import { FIELD_ALIASES, FIELDS, type FieldSpec } from '../../vm/spec/fields.ts';
import type { Option } from '../command.ts';
import { Exit, Stop } from '../exit.ts';

export const REDACT_OPTION = {
  type: 'list',
  value: 'FIELD=REGEX',
  completes: 'nothing',
  doc: 'write `***` for what the expression finds in the field, in records, messages and explanations; may be repeated',
} as const satisfies Option;

/**
 * @param given what stands behind the flags
 * @returns what is done to an event before it is written; null where no flag is given
 * @throws Stop where a field is unknown or has no text, and where an expression cannot be read
 */
export async function redaction(given: readonly string[]): Promise<Redact | null> {
  if (given.length === 0) return null;
  const read = given.map(readRedaction);
  const { regexSearch } = await import('../../vm/reference/regex.ts'); // its library is loaded where it is asked for
  return redactor(read.map(({ field, pattern }): Redaction => ({ field, find: regexSearch(pattern) })));
}

const ARGS = fieldId('proc.args');

/** @returns a command as text, with what is hidden of the arguments of any process */
export function commandText(command: readonly string[], redact: Redact | null): string {
  if (!redact) return command.join(' ');
  const { values } = redact({ kind: 0, time: undefined, values: new Map([[ARGS, command.map(utf8)]]) });
  return (values.get(ARGS) as readonly string[]).map(displayText).join(' ');
}

function readRedaction(given: string): { readonly field: FieldSpec; readonly pattern: string } {
  const wrong = (problem: string, help: string | null = null): Stop =>
    new Stop(Exit.Usage, `\`--redact ${given}\`: ${problem}`, help);
  const at = given.indexOf('=');
  if (at < 1) throw wrong('expected FIELD=REGEX');
  const name = given.slice(0, at);
  const field = fieldByName(name);
  if (!field) {
    const near = nearest(name, [...FIELDS.map((known) => known.name), ...Object.keys(FIELD_ALIASES)]);
    throw wrong(`unknown field \`${name}\``, near && `did you mean \`${near}\`?`);
  }
  if (!isRedactable(field))
    throw wrong(`\`${name}\` is not written as text`, 'texts, lists, labels and addresses can be redacted');
  const pattern = utf8(given.slice(at + 1));
  const error = pattern === '' ? 'the expression is empty' : searchError(pattern);
  if (error !== null)
    throw wrong(error, 'expressions have the syntax of `matches`, and are found anywhere in the text');
  return { field, pattern };
}
