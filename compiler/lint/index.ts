/** Warnings about what rules mean together. */
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ResolvedPolicy } from '../resolve/index.ts';

/** @param policies in the order of decision, without errors */
export function lint(policies: readonly ResolvedPolicy[]): Diagnostic[] {
  return policies.flatMap(() => []);
}
