/**
 * A process that guards a storm and is killed. Arguments: folder, policy, command. One word on standard input breaks its
 * guard's thread: `terminate` ends the thread, `fanotify` takes its questions away.
 */
import { openSync, readdirSync, readlinkSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import koffi from 'koffi';
import { runUnder } from '../workload.ts';

const workers: Worker[] = [];
process.on('worker', (worker) => workers.push(worker));

/** The descriptors of the process that are a fanotify group: threads share them. */
const groups = (): readonly number[] =>
  readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === 'anon_inode:[fanotify]';
      } catch {
        return false; // the one that listed the folder
      }
    });

/** Put in the place of a group: a number that is only closed can be that of something else at once. */
const unreadable = openSync('/', 'r');
const dup2 = koffi.load('libc.so.6').func('int dup2(int from, int to)');

process.stdin.setEncoding('utf8').on('data', (word) => {
  if (String(word).trim() === 'terminate') for (const worker of workers) void worker.terminate();
  else for (const group of groups()) dup2(unreadable, group);
});
process.stdin.unref();

const [folder, text, ...command] = process.argv.slice(2);
const { exitCode, error } = await runUnder(folder, text, command);
console.log(JSON.stringify({ exitCode, error }));
