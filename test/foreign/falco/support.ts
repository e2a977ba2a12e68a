/** Rule sets of Falco as tests write them. */
import type { Source } from '../../../compiler/diagnostics/diagnostic.ts';
import { bundleOf, decide, eventOf, sourcesOf, type Settings } from '../support.ts';

/** A rule with what every rule must have. */
export const rule = (name: string, condition: string, more = ''): string =>
  [
    `- rule: ${name}`,
    '  desc: a rule',
    `  condition: ${JSON.stringify(condition)}`,
    '  output: it happened',
    '  priority: WARNING',
    ...(more === '' ? [] : more.split('\n').map((line) => `  ${line}`)),
    '',
  ].join('\n');

export const one = (condition: string): Source[] => sourcesOf(rule('r', condition));

/** The names of the rules that match each event: the one that decides, or all that are noted. */
export function matching(sources: readonly Source[], events: readonly object[], foreign: Settings = {}): string[][] {
  const bundle = bundleOf(sources, foreign);
  return decide(bundle, events.map(eventOf)).map(({ actual }) => {
    const names = [...actual.matches, ...(actual.rule >= 0 ? [actual.rule] : [])];
    return names.map((number) => bundle.manifest.rules[number].name);
  });
}

/** Whether a condition holds for each event. */
export const holds = (condition: string, events: readonly object[], more = ''): boolean[] =>
  matching(sourcesOf(more + rule('r', condition)), events).map((names) => names.length > 0);
