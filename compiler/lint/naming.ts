/** Names of policies by the scheme `namespace.intent.version`. */
import { diagnose } from '../diagnostics/index.ts';
import type { ResolvedPolicy } from '../resolve/index.ts';
import type { Warn } from './facts.ts';

const SCHEME = /^(?<intent>[a-z0-9-]+\.[a-z0-9-]+)\.v[0-9]+$/;
const HELP = 'lower case letters, digits and `-`, then `v` and a number, as in `payments.exec-deny.v2`';

/** Names outside of the scheme, and further versions of an intent that is in the build already. */
export function lintNaming(policies: readonly ResolvedPolicy[], warn: Warn): void {
  const versions = new Map<string, ResolvedPolicy>();
  for (const policy of policies) {
    const { value, span } = policy.name;
    const intent = SCHEME.exec(value)?.groups?.['intent'];
    if (intent === undefined) {
      warn(diagnose('L3113', `\`${value}\` is not \`namespace.intent.version\``, span, HELP));
      continue;
    }
    const other = versions.get(intent);
    if (other === undefined) versions.set(intent, policy);
    else {
      const message = `\`${value}\` and \`${other.name.value}\` are versions of one intent`;
      const related = [{ message: 'the other version', span: other.name.span }];
      warn(diagnose('L3114', message, span, 'take the older one out, or set its mode to `off`', related));
    }
  }
}
