/** What a command is: its operands and flags as data (help, parsing, completion and manual come from it), and its run. */
import type { Exit } from './exit.ts';
import type { Io } from './output/io.ts';

/** What the shell should offer for a value. */
export type Completes = 'file' | 'directory' | 'nothing' | { readonly oneOf: readonly string[] };

interface OptionBase {
  /** One letter. */
  readonly short?: string;
  readonly doc: string;
  readonly required?: true;
}
export type Option =
  | (OptionBase & { readonly type: 'flag' })
  | (OptionBase & { readonly type: 'text'; readonly value: string; readonly completes?: Completes })
  | (OptionBase & { readonly type: 'list'; readonly value: string; readonly completes?: Completes })
  | (OptionBase & { readonly type: 'number'; readonly value: string; readonly min: number; readonly max: number })
  | (OptionBase & { readonly type: 'choice'; readonly choices: readonly string[]; readonly default?: string });
export type Options = Readonly<Record<string, Option>>;

/** The value of a flag after parsing, by its type. */
type ValueOf<O extends Option> = O extends { type: 'flag' }
  ? boolean
  : O extends { type: 'list' }
    ? readonly string[]
    : O extends { type: 'number' }
      ? number | undefined
      : O extends { type: 'choice'; choices: readonly (infer C)[] }
        ? O extends { default: string }
          ? C
          : C | undefined
        : O extends { required: true }
          ? string
          : string | undefined;
export type Values<O extends Options> = { readonly [K in keyof O]: ValueOf<O[K]> };

export interface Operands {
  /** Upper case, as in the usage line. */
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly completes: Completes;
  readonly doc: string;
}

export interface Invocation<O extends Options> {
  readonly values: Values<O>;
  readonly operands: readonly string[];
  /** What stood after `--`. */
  readonly trailing: readonly string[];
  /** One of the command's formats; 'human' where it has none. */
  readonly format: string;
  readonly io: Io;
}

export interface Command<O extends Options = Options> {
  /** Paragraphs under the summary. */
  readonly about?: string;
  readonly operands?: Operands;
  /** Operands after `--`. */
  readonly trailing?: Operands;
  readonly options: O;
  /** What a repeatable option takes, where its names are many: a title, and rows of a term and its meaning. */
  readonly settings?: { readonly title: string; readonly rows: readonly (readonly [string, string])[] };
  /** Of `--format`: the first is the default on a terminal, the second elsewhere. */
  readonly formats?: readonly [string, string, ...string[]];
  /** What each exit code but 1 and 64 means here. */
  readonly exits: Partial<Record<Exit, string>>;
  readonly examples: readonly { readonly line: string; readonly doc: string }[];
  run(invocation: Invocation<O>): Promise<Exit>;
}

/** Infers the types of the values that `run` receives. */
export const defineCommand = <const O extends Options>(command: Command<O>): Command => command;
