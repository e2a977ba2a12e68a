/** A process of a workload and what is known of its program: the facts that its events are joined with. */
import type { QuestionWriter } from '../../vm/event/generated/question-writer.ts';
import { fieldId } from '../../vm/event/index.ts';
import { padded } from '../../vm/event/sizes.ts';
import { LIMITS, RECORD } from '../../vm/spec/index.ts';
import { typeName, type Streams } from './descriptor-types.ts';
import { Lists } from './lists.ts';

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
  /** Variables of its environment, a zero byte behind each; empty where nobody asks. */
  readonly env: Text;
  readonly envCut: boolean;
  /** It lies in the writable layer of its overlay; null where that is not known. */
  readonly upper: boolean | null;
  /** User id of the file's owner and its permission bits; -1 where they are not known. */
  readonly owner: number;
  readonly mode: number;
  /** What its standard streams referred to when it started, or will when it does. */
  readonly streams: Streams;
}

export const NO_ENVIRONMENT: Pick<Image, 'env' | 'envCut'> = { env: NOTHING, envCut: false };

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
  readonly env: Text;
  readonly envCut: boolean;
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
const ENV = fieldId('proc.env');
const ANCESTORS = fieldId('proc.ancestors');
const PCMDLINE = fieldId('proc.pcmdline');
const MEMFD = Buffer.from('/memfd:');

/** At most how many fields `writeProcess` writes, with one for `event.truncated`. */
export const PROCESS_SLOTS = 34;

/** Bytes of a record's head, its slots, and short values. */
const BESIDE = RECORD.header + (PROCESS_SLOTS + 2) * RECORD.slot + 512;

const startsWith = (text: Text, prefix: Uint8Array): boolean => prefix.every((byte, i) => text[i] === byte);

/** Zero bytes between arguments become spaces. */
const commandLine = (args: Text): Text => {
  const line = args.slice(0, Math.max(0, args.length - 1));
  for (let i = 0; i < line.length; i++) if (line[i] === 0) line[i] = 32;
  return line;
};

/** What a record has room for beside what is not of a list: a head, slots, the caller's path, names of what is cut. */
const roomOf = ({ identity, parent }: Process, image: Image): number => {
  const { comm, cwd, user } = identity;
  const texts = [image.path, image.invoked, image.script, comm, cwd, user, parent?.image.path ?? NOTHING];
  const taken = texts.reduce((size, { length }) => size + padded(length), 0);
  return LIMITS.recordBytes.value - LIMITS.pathBytes.value - BESIDE - taken;
};

const writeParents = (writer: QuestionWriter, lists: Lists, parent: Process): void => {
  lists.begin(ANCESTORS);
  let at: Process | null = parent;
  for (let i = 0; at && i < MAX_ANCESTORS; i++, at = at.parent)
    if (!lists.element(at.image.path, 0, at.image.path.length)) break;
  lists.end();
  const line = commandLine(parent.image.args);
  if (line.length > 0) lists.text(PCMDLINE, line);
  if (parent.image.argsCut) writer.markCut(PCMDLINE);
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
  if (parent) text(writer.procPpath, parent.image.path);
  const lists = new Lists(writer, roomOf(process, image));
  if (image.args.length > 0) lists.texts(ARGS, image.args);
  if (image.argsCut) writer.markCut(ARGS);
  if (parent) writeParents(writer, lists, parent);
  if (image.env.length > 0) lists.texts(ENV, image.env);
  if (image.envCut) writer.markCut(ENV);
};
