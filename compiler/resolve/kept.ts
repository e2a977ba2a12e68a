/**
 * What policies came to, for the next build in the same process. A policy follows from its document and from what all
 * policies of a build may take from elsewhere: a document that is the same object, which reading kept, comes to the same while
 * the other documents are the same objects, too.
 */
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { PolicyDocument } from '../schema/documents.ts';
import type { Report } from '../schema/read.ts';
import type { PolicyContext, ResolvedPolicy } from './policy.ts';

/** A value, and what was reported when it was made. */
interface Made<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** Given to one build after the other. */
export class KeptPolicies {
  #inputs: readonly unknown[] = [];
  #context: Made<PolicyContext> | null = null;
  #policies = new WeakMap<PolicyDocument, Made<ResolvedPolicy>>();

  /**
   * What policies take from elsewhere; where it changed, no policy is kept.
   * @param inputs all that `make` reads, compared by identity
   */
  context(inputs: readonly unknown[], make: (report: Report) => PolicyContext, report: Report): PolicyContext {
    const same = inputs.length === this.#inputs.length && inputs.every((input, i) => input === this.#inputs[i]);
    if (!same || this.#context === null) {
      this.#inputs = inputs;
      this.#context = madeWith(make);
      this.#policies = new WeakMap();
    }
    return told(this.#context, report);
  }

  /** @param make what is kept must follow from the document and the context alone */
  policy(document: PolicyDocument, make: (report: Report) => ResolvedPolicy, report: Report): ResolvedPolicy {
    let kept = this.#policies.get(document);
    if (kept === undefined) this.#policies.set(document, (kept = madeWith(make)));
    return told(kept, report);
  }
}

function madeWith<T>(make: (report: Report) => T): Made<T> {
  const diagnostics: Diagnostic[] = [];
  return { value: make((diagnostic) => void diagnostics.push(diagnostic)), diagnostics };
}

function told<T>({ value, diagnostics }: Made<T>, report: Report): T {
  diagnostics.forEach(report);
  return value;
}
