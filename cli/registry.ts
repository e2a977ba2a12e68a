/** The commands in the order of the manual. Each loads its file when it is called, and with it what it needs. */
import type { Command } from './command.ts';

export interface Entry {
  readonly name: string;
  /** One line, lower case. */
  readonly summary: string;
  load(): Promise<{ readonly default: Command }>;
}

export const COMMANDS: readonly Entry[] = [
  { name: 'check', summary: 'parse, type-check and lint policies', load: () => import('./commands/check.ts') },
  { name: 'new', summary: 'write a policy and its tests from a template', load: () => import('./commands/new.ts') },
  { name: 'fmt', summary: 'rewrite policies in the canonical form', load: () => import('./commands/fmt.ts') },
  { name: 'build', summary: 'compile policies to a bundle', load: () => import('./commands/build.ts') },
  { name: 'inspect', summary: 'show what is in a bundle', load: () => import('./commands/inspect.ts') },
  { name: 'eval', summary: 'decide event records, one verdict for each', load: () => import('./commands/eval.ts') },
  { name: 'explain', summary: 'say why an event gets its verdict', load: () => import('./commands/explain.ts') },
  { name: 'test', summary: 'run the policy tests', load: () => import('./commands/test.ts') },
  {
    name: 'import',
    summary: 'write policies of another system as documents of Lictor',
    load: () => import('./commands/import.ts'),
  },
  {
    name: 'export',
    summary: 'write policies as resources of another system',
    load: () => import('./commands/export.ts'),
  },
  { name: 'bench', summary: 'measure what a verdict costs', load: () => import('./commands/bench.ts') },
  { name: 'run', summary: 'launch a workload under policies', load: () => import('./commands/run.ts') },
  { name: 'record', summary: 'record real kernel events to a trace', load: () => import('./commands/record.ts') },
  { name: 'replay', summary: 'decide the events of a trace', load: () => import('./commands/replay.ts') },
  { name: 'doctor', summary: 'say what this kernel can enforce', load: () => import('./commands/doctor.ts') },
  { name: 'schema', summary: 'print JSON Schemas for editors', load: () => import('./commands/schema.ts') },
  { name: 'completion', summary: 'print a completion script', load: () => import('./commands/completion.ts') },
];

/** @returns the entry of a command, undefined where there is none */
export const findCommand = (name: string): Entry | undefined => COMMANDS.find((entry) => entry.name === name);
