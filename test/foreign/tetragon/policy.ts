/** Policies of Tetragon as tests write them. */
import { stringify } from 'yaml';
import type { Bundle } from '../../../vm/bundle/index.ts';
import { bundleOf, briefly, decide, eventOf, findingsOf, sourcesOf, type Settings } from '../support.ts';

/** A policy with this spec, as JSON; values that are texts stay so. */
export const policy = (spec: object, metadata: object = {}, kind = 'TracingPolicy'): string =>
  stringify({ apiVersion: 'cilium.io/v1alpha1', kind, metadata: { name: 'p', ...metadata }, spec });

export const kprobe = (hook: object): string => policy({ kprobes: [hook] });

/** A hook on a call with one argument and one selector that kills where the argument compares. */
export const comparing = (
  call: string,
  arg: { index: number; type: string },
  operator: string,
  values: unknown,
): string =>
  kprobe({ call, args: [arg], selectors: [killing({ matchArgs: [{ index: arg.index, operator, values }] })] });

export const killing = (filters: object): object => ({ ...filters, matchActions: [{ action: 'Sigkill' }] });

export const built = (text: string, foreign: Settings = {}): Bundle => bundleOf(sourcesOf(text), foreign);

/** The actions that events get. */
export const actions = (bundle: Bundle, events: readonly object[]): string[] =>
  decide(bundle, events.map(eventOf)).map(({ actual }) => actual.action);

/** Names of the rules that an event is noted for. */
export const noted = (bundle: Bundle, event: object): string[] => {
  const [{ actual }] = decide(bundle, [eventOf(event)]);
  return actual.matches.map((rule) => bundle.manifest.rules[rule].name);
};

/** What is said of a policy, but what its conditions make the lints say. */
export const said = (text: string, foreign: Settings = {}): string[] => {
  const sources = sourcesOf(text);
  return briefly(sources, findingsOf(sources, foreign)).filter((line) => line.startsWith('L5'));
};
