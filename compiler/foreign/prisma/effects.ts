/** Effects: their words, our actions, and where each is taken. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { LocatedMap } from '../../document/located.ts';
import type { Report } from '../../schema/read.ts';
import type { RuntimeType } from './attributes.ts';
import { keySpan, wordAt } from './reader.ts';

/** Of what Defender guards. */
export type Target = 'container' | 'host' | 'app-embedded';

export const EFFECTS = ['disable', 'allow', 'alert', 'prevent', 'block', 'ban'] as const;
export type Effect = (typeof EFFECTS)[number];

/** `ban` shuts a client out of a web application; in a rule about the runtime it is taken for the strictest effect. */
const ACTIONS = { allow: 'allow', alert: 'audit', prevent: 'deny', block: 'stop', ban: 'stop' } as const;
export type Action = (typeof ACTIONS)[keyof typeof ACTIONS];

/** What happens, and where that is said. Null: nothing. */
export type Said = { readonly effect: Exclude<Effect, 'disable'>; readonly action: Action; readonly span: Span } | null;

/** Parts of a runtime rule, as far as they differ in the effects that they take. */
export type Part = RuntimeType | 'dns';

/**
 * The effect under a key, where it is taken there.
 * @param fallback where nothing is said
 */
export function effectAt(
  map: LocatedMap,
  key: string,
  fallback: Effect,
  part: Part,
  target: Target,
  report: Report,
): Said {
  const effect = wordAt(map, key, EFFECTS, report) ?? fallback;
  return judged(effect, keySpan(map, key), part, target, report);
}

export function judged(effect: Effect, span: Span, part: Part, target: Target, report: Report): Said {
  if (effect === 'disable') return null;
  const why = whyNot(effect, part, target);
  if (why !== null) {
    report(diagnose('L5306', `\`${effect}\` is not supported here: ${why.message}`, span, why.help));
    return null;
  }
  if (effect === 'ban') {
    const message = '`ban` shuts clients out of web applications; here it counts as `block`';
    report(diagnose('L5003', message, span, 'write `block`'));
  }
  return { effect, action: ACTIONS[effect], span };
}

function whyNot(effect: Effect, part: Part, target: Target): { message: string; help: string } | null {
  const stops = effect === 'block' || effect === 'ban';
  if (stops && target === 'host') return { message: 'a host is never stopped', help: 'write `prevent`' };
  if (stops && target === 'app-embedded') {
    return { message: 'App-Embedded Defenders do not block', help: 'write `prevent`' };
  }
  if (effect === 'prevent' && part === 'network-outgoing' && target !== 'app-embedded') {
    const help = target === 'host' ? 'write `alert`' : 'write `block` or `alert`';
    return { message: 'connections are not prevented', help };
  }
  return null;
}
