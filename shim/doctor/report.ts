/** What works on this machine. Each probe tries the thing itself and undoes it; none reads a list of features. */
import { release } from 'node:os';
import { bpfProbes } from './bpf-probes.ts';
import { launchProbes } from './launch-probes.ts';
import { systemProbes } from './system-probes.ts';

export interface Probe {
  readonly name: string;
  readonly works: boolean;
  /** What was found, or what is lacking, in words. */
  readonly detail: string;
  /** What to do where it does not work; null where nothing helps on this kernel. */
  readonly help: string | null;
}

export interface DoctorReport {
  /** Release of the kernel. */
  readonly kernel: string;
  readonly arch: string;
  readonly probes: readonly Probe[];
  /** A workload can be launched under guard. */
  readonly canRun: boolean;
}

/** What `run` cannot do without. */
const REQUIRED = ['privileges', 'launcher', 'cgroup', 'fanotify', 'seccomp', 'pidfd', 'sensors', 'gate'];

/** To be called in the main thread. */
export const doctor = async (): Promise<DoctorReport> => {
  const probes = [...systemProbes(), ...bpfProbes(), ...(await launchProbes())];
  const canRun = REQUIRED.every((name) => probes.some((probe) => probe.name === name && probe.works));
  return { kernel: release(), arch: process.arch, probes, canRun };
};
