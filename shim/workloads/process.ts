/** A process of a workload and what is known of its program: the facts that its events are joined with. */
import type { QuestionWriter } from '../../vm/event/generated/question-writer.ts';
import { fieldId } from '../../vm/event/index.ts';
import { typeName, type Streams } from './descriptor-types.ts';

/** Bytes of a text; the empty array where it is not known. */
export type Text = Uint8Array;
export const NOTHING: Text = new Uint8Array(0);

/** The program that a process runs, or is about to run. Strings of `args` end in a zero byte each. */
export interface Image {
  readonly path: Text;
  readonly invoked: Text;
  readonly script: Text;
  readonly args: Text;
  /** Arguments were left out. */
  readonly argsCut: boolean;
  /** It lies in the writable layer of its overlay; null where that is not known. */
  readonly upper: boolean | null;
  /** User id of the file's owner and its permission bits; -1 where they are not known. */
  readonly owner: number;
  readonly mode: number;
  /** What its standard streams referred to when it started, or will when it does. */
  readonly streams: Streams;
}

/** Identity that changes without an exec. */
export interface Identity {
  readonly ppid: number;
  readonly uid: number;
  readonly euid: number;
  readonly gid: number;
  readonly comm: Text;
  readonly cwd: Text;
  readonly user: Text;
  readonly loginuid: number;
  readonly session: number;
  readonly interactive: boolean;
  readonly capsLow: number;
  readonly capsHigh: number;
  readonly permittedLow: number;
  readonly permittedHigh: number;
  /** In its own PID namespace; 0 where it is not known. */
  readonly vpid: number;
  readonly groupLeader: boolean;
}

/** What the next exec event of a thread is about. */
export type Stage = 'object' | 'interpreter' | 'loader';

/** An execve under way in one thread. */
export interface PendingExec {
  stage: Stage;
  /** As the path was written. */
  readonly invoked: Text;
  /** What the kernel calls the file of this stage: an interpreter gets it as an argument. */
  named: Text;
  args: Text;
  readonly argsCut: boolean;
  /** What its standard streams refer to, but for those that exec closes. */
  readonly streams: Streams;
  /** The first script, once it was allowed. */
  script: Text;
}

export interface Process {
  /** Host process id. */
  readonly pid: number;
  /** Key of its facts in the VM. */
  readonly key: bigint;
  readonly keyLow: number;
  readonly keyHigh: number;
  image: Image;
  identity: Identity;
  parent: Process | null;
  /** It asked to execute something: what is known may be about the previous program. */
  stale: boolean;
  /** What it asked to execute last: `invoked` and `script` of the next image, if it came to that. */
  next: Image | null;
  /** Execs under way, by thread. */
  readonly execs: Map<number, PendingExec>;
  /** The facts as they were put into the VM. */
  facts: Uint8Array;
}

const MAX_ANCESTORS = 64;
const ARGS = fieldId('proc.args');
const PCMDLINE = fieldId('proc.pcmdline');
const MEMFD = Buffer.from('/memfd:');

/** At most how many fields `writeProcess` writes, with one for `event.truncated`. */
export const PROCESS_SLOTS = 33;

const startsWith = (text: Text, prefix: Uint8Array): boolean => prefix.every((byte, i) => text[i] === byte);

/** Zero bytes between arguments become spaces. */
const commandLine = (args: Text): Text => {
  const line = args.slice(0, Math.max(0, args.length - 1));
  for (let i = 0; i < line.length; i++) if (line[i] === 0) line[i] = 32;
  return line;
};

/**
 * Writes the fields of `proc.*` of a process that runs `image`: its facts, or the question whether it may run it.
 * The record is begun and ended by the caller.
 */
export const writeProcess = (writer: QuestionWriter, process: Process, image: Image): void => {
  const { identity, parent } = process;
  const text = (write: (bytes: Uint8Array, start: number, length: number) => void, bytes: Text): void => {
    if (bytes.length > 0) write.call(writer, bytes, 0, bytes.length);
  };
  text(writer.procPath, image.path);
  text(writer.procInvoked, image.invoked);
  text(writer.procScript, image.script);
  text(writer.procComm, identity.comm);
  text(writer.procCwd, identity.cwd);
  text(writer.procUser, identity.user);
  if (image.args.length > 0) {
    writer.procArgs();
    for (let at = 0; at < image.args.length;) {
      let end = image.args.indexOf(0, at);
      if (end < 0) end = image.args.length;
      writer.element(image.args, at, end - at);
      at = end + 1;
    }
    writer.endList();
  }
  if (image.argsCut) writer.markCut(ARGS);
  writer.procPid(process.pid);
  writer.procPpid(identity.ppid);
  writer.procUid(identity.uid);
  writer.procEuid(identity.euid);
  writer.procGid(identity.gid);
  if (identity.loginuid >= 0) writer.procLoginuid(identity.loginuid);
  if (identity.session >= 0) writer.procSession(identity.session);
  writer.procInteractive(identity.interactive);
  writer.procMemfd(startsWith(image.path, MEMFD));
  if (image.upper !== null) writer.procUpperLayer(image.upper);
  writer.procCaps(identity.capsLow, identity.capsHigh);
  writer.procPermitted(identity.permittedLow, identity.permittedHigh);
  if (identity.vpid > 0) writer.procVpid(identity.vpid);
  writer.procGroupLeader(identity.groupLeader);
  if (image.mode >= 0) {
    writer.procFileOwnerUid(image.owner);
    writer.procFileMode(image.mode);
  }
  const [input, output, error] = image.streams;
  text(writer.procStdinType, typeName(input));
  text(writer.procStdoutType, typeName(output));
  text(writer.procStderrType, typeName(error));
  if (!parent) return;
  text(writer.procPpath, parent.image.path);
  const line = commandLine(parent.image.args);
  text(writer.procPcmdline, line);
  if (parent.image.argsCut) writer.markCut(PCMDLINE);
  writer.procAncestors();
  let at: Process | null = parent;
  for (let i = 0; at && i < MAX_ANCESTORS; i++, at = at.parent) writer.element(at.image.path, 0, at.image.path.length);
  writer.endList();
};
