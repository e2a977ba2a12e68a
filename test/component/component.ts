/** The component as jco translates it, and what is in it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ERRORS } from '../../vm/spec/index.ts';

const root = join(import.meta.dirname, '../..');
export const dist = join(root, 'dist');
const TRANSLATED = join(dist, 'component');

/** The interface of vm/component/lictor-policy.wit, as jco spells it. Calls throw where the result is an error. */
export interface Engine {
  load(program: Uint8Array): number;
  unload(program: number): void;
  cost(program: number, kind: number, unknown: boolean): number;
  subjectPut(program: number, key: bigint, facts: Uint8Array): void;
  subjectDrop(program: number, key: bigint): void;
  workloadPut(program: number, key: bigint, facts: Uint8Array): void;
  workloadDrop(program: number, key: bigint): void;
  evaluate(program: number, records: Uint8Array): Batch;
  evaluateRing(program: number, span: Uint8Array): Batch;
  matches(program: number, verdict: number): Uint32Array;
  assumed(program: number, verdict: number): Uint32Array;
}

export interface Batch {
  readonly verdicts: Uint8Array;
  readonly consumed: number;
}

interface Translated {
  instantiate(
    getCoreModule: (path: string) => WebAssembly.Module,
    imports: object,
    instantiateCore: (module: WebAssembly.Module) => WebAssembly.Instance,
  ): { readonly engine: Engine };
}

const { instantiate } = (await import(pathToFileURL(join(TRANSLATED, 'lictor-policy.js')).href)) as Translated;

/** @returns an instance of its own, and its memory */
export const newEngine = (): { readonly engine: Engine; readonly memory: WebAssembly.Memory } => {
  let memory: WebAssembly.Memory | undefined;
  const { engine } = instantiate(
    (path) => new WebAssembly.Module(readFileSync(join(TRANSLATED, path))),
    {},
    (module) => {
      const instance = new WebAssembly.Instance(module);
      memory = instance.exports['memory'] as WebAssembly.Memory;
      return instance;
    },
  );
  if (memory === undefined) throw new Error('BUG: the component has no memory');
  return { engine, memory };
};

/** @returns the status of the core module that a call ends with, 0 where it is fine */
export const statusOf = (call: () => unknown): number => {
  try {
    call();
    return 0;
  } catch (error) {
    const { payload } = error as { payload?: unknown };
    if (typeof payload === 'string' && payload in ERRORS) return ERRORS[payload as keyof typeof ERRORS].code;
    throw error;
  }
};

interface Tools {
  componentWit(component: Uint8Array): Promise<string>;
}

/** @returns the world of a component, as text */
export const witOf = async (component: Uint8Array): Promise<string> => {
  const packages = createRequire(join(root, 'tools/jco/package.json'));
  const path = packages.resolve('@bytecodealliance/jco-transpile/wasm-tools');
  const { componentWit } = (await import(pathToFileURL(path).href)) as Tools;
  return componentWit(component);
};
