/** BPF programs: each is loaded, and so verified by this kernel; the gate is attached to a cgroup of its own. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { assetPath } from '../../vm/host/assets.ts';
import { SocketGate } from '../enforcers/gate.ts';
import { kernelErrorText } from '../kernel/bpf.ts';
import { probeSensors } from '../sensors/index.ts';
import { makeCgroup, removeCgroup } from '../workloads/cgroup.ts';
import type { Probe } from './report.ts';

const HELP = 'root, a kernel with BTF (/sys/kernel/btf/vmlinux), and libbpf1';

const gateProbe = (): Probe => {
  const made = makeCgroup(`${process.pid}-doctor-${randomBytes(4).toString('hex')}`);
  if ('error' in made) return { name: 'gate', works: false, detail: made.error, help: HELP };
  try {
    const attached = SocketGate.attach({
      cgroup: made.path,
      operations: ['connect', 'bind', 'send'],
      isolation: true,
      management: [],
    });
    if ('error' in attached) return { name: 'gate', works: false, detail: attached.error, help: HELP };
    attached.gate.close();
    return {
      name: 'gate',
      works: true,
      detail: 'connect, bind and UDP send refused in the kernel; isolation',
      help: null,
    };
  } finally {
    removeCgroup(made.path);
  }
};

export const bpfProbes = (): readonly Probe[] => {
  if (process.platform !== 'linux' || !existsSync(assetPath('bpf/gate.bpf.o')))
    return ['gate', 'sensors'].map((name) => ({
      name,
      works: false,
      detail: 'the BPF objects are not built',
      help: 'build them with `npm run build` (needs clang and libbpf-dev)',
    }));
  const kinds = Object.entries(probeSensors());
  const broken = kinds.filter(([, error]) => error !== null);
  const followed = ['exec', 'proc.fork', 'proc.exit'];
  const lost = broken.filter(([kind]) => followed.includes(kind));
  return [
    gateProbe(),
    {
      name: 'sensors',
      works: lost.length === 0,
      detail:
        lost.length === 0 ? 'processes are followed' : lost.map(([, error]) => kernelErrorText(error!)).join('; '),
      help: lost.length === 0 ? null : HELP,
    },
    ...kinds.map(([kind, error]) => ({
      name: `sensor ${kind}`,
      works: error === null,
      detail: error === null ? 'loads' : kernelErrorText(error),
      help: error === null ? null : HELP,
    })),
  ];
};
