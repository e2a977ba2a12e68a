#!/usr/bin/env node
/** The program `lictor`: finds the command, parses its arguments, runs it, and leaves with its exit code. */
import type { Options, Values } from './command.ts';
import { Exit, Stop } from './exit.ts';
import { parseArguments } from './arguments.ts';
import { COMMANDS, findCommand } from './registry.ts';
import { nearest } from '../compiler/diagnostics/nearest.ts';
import { commandHelp, programHelp } from './help.ts';
import { processIo, type Io } from './output/io.ts';
import { version } from './version.ts';

/** Prints why it ends, on stderr, and @returns the exit code. No stack trace reaches a user. */
async function report(error: unknown, io: Io, command: string | null): Promise<Exit> {
  const { style } = io.err;
  if (error instanceof Stop) {
    await io.err.write(`${style.bad('error:')} ${error.message}\n`);
    if (error.help) await io.err.write(`  ${style.name('help:')} ${error.help}\n`);
    if (error.exit === Exit.Usage) {
      await io.err.write(`  ${style.name('help:')} \`lictor ${command ? `${command} ` : ''}--help\` shows the usage\n`);
    }
    return error.exit;
  }
  const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
  await io.err.write(`${style.bad('lictor failed:')} ${message}\n`);
  return Exit.Failed;
}

async function dispatch(argv: readonly string[]): Promise<Exit> {
  let io = processIo('auto');
  const [name, ...rest] = argv;
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      const help = programHelp(io.out);
      await (name === undefined ? io.err : io.out).write(help);
      return name === undefined ? Exit.Usage : Exit.Ok;
    }
    if (name === '--version' || name === '-V') {
      await io.out.write(`lictor ${version()}\n`);
      return Exit.Ok;
    }
    const entry = findCommand(name);
    if (!entry) throw unknownCommand(name);
    const command = (await entry.load()).default;
    const { values, operands, trailing, help, color, format } = parseArguments(command, rest);
    io = processIo(color);
    if (help) {
      await io.out.write(commandHelp(entry, command, io.out));
      return Exit.Ok;
    }
    const [onTerminal, elsewhere] = command.formats ?? ['human', 'human'];
    return await command.run({
      values: values as Values<Options>,
      operands,
      trailing,
      format: format ?? (io.out.terminal ? onTerminal : elsewhere),
      io,
    });
  } catch (error) {
    return report(error, io, name !== undefined && findCommand(name) ? name : null);
  }
}

function unknownCommand(name: string): Stop {
  if (name.startsWith('-')) {
    const near = nearest(name, ['--help', '--version']);
    return new Stop(Exit.Usage, `unknown flag \`${name}\``, near && `did you mean \`${near}\`?`);
  }
  const near = nearest(
    name,
    COMMANDS.map((entry) => entry.name),
  );
  return new Stop(Exit.Usage, `unknown command \`${name}\``, near && `did you mean \`${near}\`?`);
}

/** A reader that went away (`lictor eval | head`) wants nothing more: that is no failure. */
function leaveWhenClosed(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? Exit.Ok : Exit.Failed);
  });
}

leaveWhenClosed(process.stdout);
leaveWhenClosed(process.stderr);
const fail = async (error: unknown): Promise<never> => process.exit(await report(error, processIo('auto'), null));
process.on('uncaughtException', (error) => void fail(error));
process.on('unhandledRejection', (error) => void fail(error));
process.exit(await dispatch(process.argv.slice(2)));
