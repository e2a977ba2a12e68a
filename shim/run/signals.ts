/** Signals that Lictor gets are meant for the workload. */

const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGINT', 'SIGQUIT'] as const;

/** A terminal sends these to the whole foreground group, the workload's processes included. */
const FROM_TERMINAL: readonly string[] = ['SIGINT', 'SIGQUIT'];

/**
 * @param pid of the workload's first process
 * @returns a function that ends it
 */
export const forwardSignals = (pid: number): (() => void) => {
  const terminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  const handlers = FORWARDED.map((signal) => {
    const handler = (): void => {
      if (terminal && FROM_TERMINAL.includes(signal)) return;
      try {
        process.kill(pid, signal);
      } catch {
        // it ended meanwhile
      }
    };
    process.on(signal, handler);
    return [signal, handler] as const;
  });
  return () => handlers.forEach(([signal, handler]) => process.off(signal, handler));
};
