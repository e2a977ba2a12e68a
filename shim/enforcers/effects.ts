/** What a verdict does beside the answer: `kill` one process, `isolate` the workload's network, `stop` all of it. */
import { ACTIONS, type Action } from '../../vm/spec/index.ts';
import type { Kernel } from '../kernel/kernel.ts';

const SIGKILL = 9;
export const ACTION = Object.fromEntries(ACTIONS.map((name, rank) => [name, rank])) as Readonly<Record<Action, number>>;

/** The parts of the machine that act on a whole workload; each says null, or why it could not. */
export interface WorkloadControl {
  isolate(on: boolean): string | null;
  stop(): string | null;
}

export class Effects {
  constructor(
    readonly kernel: Kernel,
    readonly workload: WorkloadControl,
  ) {}

  /**
   * @param action rank of the action
   * @param pid process that asked
   * @returns null, or why the effect is weaker than the action
   */
  apply(action: number, pid: number): string | null {
    if (action === ACTION.kill) return this.#kill(pid);
    if (action === ACTION.isolate) return this.workload.isolate(true);
    if (action === ACTION.stop) return this.workload.stop();
    return null;
  }

  #kill(pid: number): string | null {
    const pidfd = this.kernel.pidfdOpen(pid);
    if (pidfd < 0) return 'the process was gone before it could be killed';
    const sent = this.kernel.pidfdSignal(pidfd, SIGKILL);
    this.kernel.close(pidfd);
    return sent < 0 ? 'the process was gone before it could be killed' : null;
  }
}
