/** Events that pass the hooks of a policy of Tetragon: what its selectors ask for, and what misses it by one value. */
import type { Random } from '../../../generators/random.ts';
import type { ModelEvent } from '../event.ts';
import { knownHook } from './hooks.ts';
import type { Filter, Hook, Policy } from './policies.ts';

type Bare = Omit<ModelEvent, 'container' | 'k8s' | 'host'>;

const MOST = 150;

/** @returns some of the events for each hook that the model knows, in workloads that the policy is for and in others */
export const eventsFor = (policy: Policy, random: Random): ModelEvent[] => {
  const homes = workloads(policy);
  const about = policy.hooks
    .filter((hook) => knownHook(hook) !== undefined)
    .flatMap((hook) => sample(random, ofHook(hook, random), MOST));
  return [
    ...about.map((event) => ({ ...event, ...homes[0] })),
    ...homes.slice(1).flatMap((home) => sample(random, about, 6).map((event) => ({ ...event, ...home }))),
  ];
};

const sample = <T>(random: Random, items: readonly T[], most: number): T[] => {
  const rest = [...items];
  while (rest.length > most) rest.splice(random.below(rest.length), 1);
  return rest;
};

type Workload = Pick<ModelEvent, 'container' | 'k8s' | 'host'>;

/** The first is one that the policy is for. */
const workloads = ({ namespace, labels }: Policy): Workload[] => {
  const pod = (where: string, given: Readonly<Record<string, string>>): Workload => ({
    container: { id: 'c0ffee', name: 'main', image: 'registry.example/app:1' },
    k8s: { namespace: where, pod: 'pod-1', labels: given },
  });
  const home = namespace ?? 'default';
  const others = [pod(`${home}x`, labels ?? {}), pod(home, { other: 'label' }), { host: { name: 'node-1' } }];
  return namespace === null && labels === null ? [others[2], others[0]] : [pod(home, labels ?? {}), ...others];
};

const filtersOf = (hook: Hook, part: 'args' | 'binaries' | 'parents'): Filter[] =>
  hook.selectors.flatMap((selector) => selector[part]);

const valuesOf = (filters: readonly Filter[], operators: RegExp): string[] => [
  ...new Set(filters.filter(({ operator }) => operators.test(operator)).flatMap(({ values }) => values)),
];

/** Paths that filters on texts ask for, each with a near miss. */
const pathsOf = (filters: readonly Filter[], random: Random): string[] => {
  const word = random.pick(['alpha', 'beta', 'gamma']);
  const exact = valuesOf(filters, /^(Not)?(Equal|In)$/).filter((value) => value.startsWith('/'));
  const starts = valuesOf(filters, /^(Not)?Prefix$/);
  const ends = valuesOf(filters, /^(Not)?Postfix$/);
  return [
    ...exact.flatMap((value) => [value, `${value}x`, `/${word}${value}`]),
    ...starts
      .flatMap((value) => [`${value}/${word}`, `${value}${word}`, `/${word}${value}`])
      .map((path) => path.replace(/^(?!\/)/, '/')),
    ...ends.flatMap((value) => [`/home/${word}/${value}`, `/home/${value}x`, `/${word}${value}`]),
    `/opt/${word}`,
  ];
};

const ofHook = (hook: Hook, random: Random): Bare[] => {
  const args = filtersOf(hook, 'args');
  const binaries = [...pathsOf(filtersOf(hook, 'binaries'), random).slice(0, 4), '/usr/bin/other'];
  const parent = pathsOf(filtersOf(hook, 'parents'), random)[0];
  const all = shapes(hook, args, random).flatMap((shape) =>
    binaries.map((path) => {
      const proc = { uid: 0, ppath: parent, ancestors: [parent, '/usr/lib/systemd/systemd'], args: ['a', 'b'] };
      return shape.kind === 'exec'
        ? { ...shape, proc: { ...proc, ...shape.proc, caller_path: path } }
        : { ...shape, proc: { ...proc, path, caps: ['net_raw'] } };
    }),
  );
  return all.filter((event) => knownHook(hook)!.passes(event) || random.chance(0.2));
};

/** Events without their programs. */
const shapes = (hook: Hook, args: readonly Filter[], random: Random): Bare[] => {
  const paths = pathsOf(args, random);
  if (/bprm|sched_process_exec/.test(hook.name)) return paths.map((path) => ({ kind: 'exec', proc: { path } }));
  if (/mmap/.test(hook.name)) return paths.map((path) => ({ kind: 'file.map_exec', file: { path } }));
  if (/file/.test(hook.name)) {
    return paths.flatMap((path) => ['file.read', 'file.write'].map((kind) => ({ kind, file: { path } })));
  }
  if (/listen|connect/.test(hook.name)) return flows(hook, args);
  if (/capable/.test(hook.name))
    return ['net_raw', 'sys_admin', 'kill'].map((name) => ({ kind: 'cap', cap: { name } }));
  return calls(hook, args, paths, random);
};

const flows = (hook: Hook, args: readonly Filter[]): Bare[] => {
  const networks = valuesOf(args, /Addr$/)
    .filter((value) => /^[\da-f.:/]+$/i.test(value))
    .map((value) => value.replace(/\/\d+$/, '').replace(/\.0$/, '.7'));
  const ports = valuesOf(args, /Port$/).flatMap((value) => [Number(value), Number(value) + 1]);
  const listening = /listen/.test(hook.name);
  return [...networks, '203.0.113.9', '2001:db8::1'].flatMap((address) =>
    [...ports, 4433].flatMap((port) =>
      (listening ? ['tcp'] : ['tcp', 'udp']).map((protocol) => ({
        kind: listening ? 'net.listen' : 'net.connect',
        net: listening
          ? { local_ip: address, local_port: port, protocol }
          : {
              remote_ip: address,
              remote_port: port,
              local_ip: address.includes(':') ? '2001:db8::2' : '10.1.2.3',
              local_port: 40000,
              protocol,
            },
      })),
    ),
  );
};

const calls = (hook: Hook, args: readonly Filter[], paths: readonly string[], random: Random): Bare[] => {
  const name = hook.name.replace(/^(__x64_)?sys_/, '');
  const numbers = [
    ...args.flatMap(({ values }) => values.filter((value) => /^\d+$/.test(value)).map(Number)),
    0,
    1,
    77,
  ];
  return [name, 'getpid'].flatMap((call) =>
    paths.map((path) => {
      const given = [...hook.types].map(([index, type]) =>
        /^(string|char_buf|path|file|filename)$/.test(type)
          ? [`sarg${index}`, path]
          : [`arg${index}`, random.pick(numbers)],
      );
      return {
        kind: 'syscall',
        syscall: { name: call, ...(Object.fromEntries(given) as Record<string, string | number>) },
      };
    }),
  );
};
