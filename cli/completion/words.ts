/** What the completion scripts of all shells need to know of a command. */
import { allOptions } from '../arguments.ts';
import type { Command, Completes, Option } from '../command.ts';
import type { Entry } from '../registry.ts';

export type Commands = readonly (readonly [Entry, Command])[];

export interface Flag {
  readonly long: string;
  readonly short: string | undefined;
  readonly doc: string;
  /** Absent: the flag takes no value. */
  readonly value?: { readonly name: string; readonly completes: Completes };
}

function flagOf(name: string, option: Option): Flag {
  const flag = { long: `--${name}`, short: option.short && `-${option.short}`, doc: option.doc };
  switch (option.type) {
    case 'flag':
      return flag;
    case 'choice':
      return { ...flag, value: { name: name.toUpperCase(), completes: { oneOf: option.choices } } };
    case 'number':
      return { ...flag, value: { name: option.value, completes: 'nothing' } };
    default:
      return { ...flag, value: { name: option.value, completes: option.completes ?? 'file' } };
  }
}

/** @returns the flags of a command, the common ones included */
export const flagsOf = (command: Command): Flag[] =>
  Object.entries(allOptions(command)).map(([name, option]) => flagOf(name, option));
