/**
 * Many live processes: the events of rule family (a), each of a process whose program it names. The facts of a process are
 * its program alone, so that what is saved is the hash and the lookup, or all that a sensor says of a process.
 */
import type { Event, Value } from '../../vm/event/index.ts';
import { batchSeed, Random } from '../../test/generators/random.ts';
import { values } from '../families/build.ts';
import type { Family } from '../families/index.ts';
import type { Happening } from './comparison.ts';

const PROGRAM = [...values({ 'proc.path': '' }).keys()][0];
const WORKLOADS = 40;

/** What a sensor says of a process beside its program. */
const describedProcess = (program: string, i: number): Readonly<Record<string, Value>> => ({
  'proc.path': program,
  'proc.comm': `service-${i}`.slice(0, 15),
  'proc.invoked': program,
  'proc.cwd': `/srv/application-${i % 100}`,
  'proc.user': `user-${i % 50}`,
  'proc.args': [program, '--config', `/etc/service/instance-${i}.conf`, '--foreground'],
  'proc.pid': BigInt(1000 + i),
  'proc.ppid': BigInt(900 + (i % 100)),
  'proc.uid': BigInt(1000 + (i % 50)),
  'proc.euid': BigInt(1000 + (i % 50)),
  'proc.gid': BigInt(100),
  'proc.interactive': false,
  'proc.memfd': false,
  'proc.caps': 0n,
  'proc.ppath': '/usr/lib/systemd/systemd',
  'proc.pcmdline': '/usr/lib/systemd/systemd --system --deserialize 33',
  'proc.ancestors': ['/usr/lib/systemd/systemd'],
});
const describedWorkload = (i: number): Readonly<Record<string, Value>> => ({
  'container.id': i.toString(16).padStart(64, 'c'),
  'container.image': `registry.example/team/service-${i}:1.${i}`,
  'k8s.namespace': `team-${i % 8}`,
  'k8s.pod': `service-${i}-7d4b9c`,
});

/**
 * @param family (a), every event with a program
 * @param processes live at once
 * @param full all that a sensor says, or the program alone
 */
export const syntheticHappenings = (family: Family, events: number, processes: number, full: boolean): Happening[] => {
  const r = new Random(batchSeed(1, processes));
  const asked = family.events(events);
  // programs that several events share are running programs; the others share the rest of the processes
  const uses = new Map<string, number>();
  for (const { event } of asked) uses.set(programOf(event), (uses.get(programOf(event)) ?? 0) + 1);
  const running = [...uses].filter(([, n]) => n > 2).map(([program]) => program);
  const each = Math.max(1, Math.floor((processes * 0.8) / running.length));
  const others = processes - each * running.length;
  if (others < 1) throw new Error(`${running.length} programs are too many for ${processes} processes`);
  const first = new Map(running.map((program, i) => [program, 1 + i * each]));
  const programs = new Map<number, string>();
  const happenings = asked.map(({ event }): Happening => {
    const program = programOf(event);
    const begin = first.get(program);
    const key = begin === undefined ? 1 + each * running.length + r.below(others) : begin + r.below(each);
    if (!programs.has(key)) programs.set(key, program);
    const rest = new Map([...event.values].filter(([field]) => field !== PROGRAM));
    const workload = full ? BigInt(1 + (key % WORKLOADS)) : 0n;
    return { is: 'event', event: { ...event, values: rest }, subject: BigInt(key), workload };
  });
  const facts = [...programs].map(([key, program]): Happening => {
    const given = full ? describedProcess(program, key) : { 'proc.path': program };
    return { is: 'subject', key: BigInt(key), facts: { kind: 0, time: undefined, values: values(given) } };
  });
  const workloads = Array.from({ length: full ? WORKLOADS : 0 }, (_, i): Happening => {
    return {
      is: 'workload',
      key: BigInt(i + 1),
      facts: { kind: 0, time: undefined, values: values(describedWorkload(i)) },
    };
  });
  return [...workloads, ...facts, ...happenings];
};

const programOf = (event: Event): string => event.values.get(PROGRAM) as string;
