/** What the library that reads permission events (C) and the guard (TypeScript) say to each other. `generated/opened.h` is made from it. */
import { PATH_ROOM } from '../performer/layout.ts';
import { member } from '../sensors/layout.ts';

/** What an event is about, in the order of their numbers, from 0. */
export const OPENED_EVENTS = ['other', 'open', 'exec', 'overflow'] as const;
/** `call` where the registers cannot be seen. */
export const NO_CALL = 0xffffffff;

/** The event that waits for its answer. */
export const OPENED = [
  member('what', 'u32', 'number of OPENED_EVENTS'),
  member('fd', 'u32', 'signed: the object, negative where it could not be opened'),
  member('tid', 'u32', 'thread that asks'),
  member('call', 'u32', 'number of its system call, or NO_CALL'),
  member('same_thread', 'u32', 'not 0: it is the thread that asked before under this number'),
  member('path_length', 'u32', 'bytes of `path`'),
  member('argument', 'u64', 'of the system call', 6),
  member('status', 'u8', 'struct stat of the object', 144),
  member('path', 'u8', 'of the object, as the workload names it', PATH_ROOM),
];
