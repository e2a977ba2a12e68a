/** What a field of Falco is for an event of ours. */
import type { Condition } from '../condition.ts';
import type { Names } from './constants.ts';

export type Target =
  /** A field or an element of a list. */
  | { readonly is: 'text' | 'integer' | 'boolean'; readonly operand: string }
  /** Name of a program: Falco's is the comm, of at most 15 bytes. */
  | { readonly is: 'program'; readonly operand: string }
  /** The same, as the end of a path. */
  | { readonly is: 'program of path'; readonly operand: string }
  /** One of the elements of a list: programs of paths, or texts. */
  | { readonly is: 'any program' | 'any text'; readonly operand: string }
  /** The command line without its first word. */
  | { readonly is: 'arguments' }
  /** A directory that Falco ends with a slash. */
  | { readonly is: 'directory'; readonly operand: string }
  /** The image without tag and digest. */
  | { readonly is: 'repository' }
  /** A field that says `host` outside of containers. */
  | { readonly is: 'or host'; readonly operand: string }
  /** One of several addresses or ports. */
  | { readonly is: 'address' | 'port'; readonly operands: readonly string[] }
  /** A text with few values, each with its condition. */
  | { readonly is: 'choice'; readonly values: readonly { readonly text: string; readonly when: Condition }[] }
  /** Names of a flag set, and ours for them: `O_CREAT`, `CAP_BPF`. */
  | { readonly is: 'flags'; readonly operand: string; readonly names: Readonly<Record<string, string>> }
  /** Names of bits of a number, or of numbers. */
  | { readonly is: 'bits' | 'enumeration'; readonly operand: string; readonly names: Names }
  /** What is the same for all such events; a number of which its least value is known, and the field that may have it. */
  | { readonly is: 'constant'; readonly value: string | boolean }
  | { readonly is: 'at least'; readonly value: bigint; readonly recorded?: string }
  /** A text with few values, and ours for each; of those that are not told apart here nothing is known. */
  | {
      readonly is: 'named';
      readonly operand: string;
      readonly names: Readonly<Record<string, readonly string[]>>;
      readonly untold: readonly string[];
    }
  /** The environment joined by blanks; the value of a variable of it. */
  | { readonly is: 'environment'; readonly operand: string }
  | { readonly is: 'variable'; readonly operand: string; readonly name: string }
  /** Name of the user who has the id. */
  | { readonly is: 'user'; readonly operand: string }
  /** `true` where a condition holds, else `false`. */
  | { readonly is: 'condition'; readonly when: Condition }
  /** Names of Falco's events. */
  | { readonly is: 'event' }
  /** Falco does not have the field for such events. */
  | { readonly is: 'nothing' }
  /** Falco has the field, and we do not. */
  | { readonly is: 'lacking' };

export const NOTHING: Target = { is: 'nothing' };
export const LACKING: Target = { is: 'lacking' };

/** @returns the field in a message, null where nothing of ours is the field's text */
export function placeholderOf(target: Target): string | null {
  switch (target.is) {
    case 'text':
    case 'integer':
    case 'boolean':
    case 'program':
    case 'program of path':
    case 'any program':
    case 'any text':
    case 'directory':
    case 'or host':
    case 'flags':
    case 'bits':
    case 'enumeration':
    case 'named':
    case 'environment':
    case 'variable':
    case 'user':
      return `{${target.operand}}`;
    case 'arguments':
      return '{proc.cmdline}';
    case 'repository':
      return '{container.image}';
    case 'address':
    case 'port':
      return `{${target.operands[0]}}`;
    case 'event':
      return '{event.kind}';
    default:
      return null;
  }
}
