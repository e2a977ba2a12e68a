/** Entry of the guard's thread. It blocks in the kernel: the main thread speaks to it by a port and an eventfd. */
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { createVm } from '../../vm/host/index.ts';
import { EventFd } from '../kernel/epoll.ts';
import { linuxKernel } from '../kernel/linux.ts';
import { killCgroup } from '../workloads/cgroup.ts';
import type { GuardConfig } from './config.ts';
import { Guard } from './guard.ts';
import { RecordingEngine } from './recording-engine.ts';
import type { Report } from './report.ts';

export interface GuardData {
  readonly config: GuardConfig;
  /** The VM's program; null: nothing is decided, everything allowed. */
  readonly program: Uint8Array | null;
  /** The bundle's program about directories; null: every open asks. */
  readonly cover: Uint8Array | null;
  readonly port: MessagePort;
}

export type Command = { readonly type: 'end' } | { readonly type: 'isolate'; readonly on: boolean };

const { config, program, cover, port } = workerData as GuardData;
const report = (message: Report): void => parentPort!.postMessage(message);

const main = (): string | null => {
  let guard: Guard | null = null;
  try {
    const vm = createVm();
    const engine = program ? vm.load(program) : new RecordingEngine();
    guard = new Guard(linuxKernel(), engine, cover && vm.load(cover), config, report);
    const standing = guard;
    const wake = EventFd.of(config.wake);
    report({ type: 'ready' });
    standing.run(() => {
      wake.clear();
      for (let received = receiveMessageOnPort(port); received; received = receiveMessageOnPort(port)) {
        const command = received.message as Command;
        if (command.type === 'end') return true;
        const problem = standing.isolate(command.on);
        if (problem !== null) report({ type: 'notice', text: problem });
      }
      return false;
    });
    return null;
  } catch (error) {
    // before anything is closed: a thread of the performer can wait for an answer that nobody gives any more
    killCgroup(config.cgroup);
    return error instanceof Error ? error.message : String(error);
  } finally {
    guard?.close();
  }
};

report({ type: 'end', error: main() });
port.close();
