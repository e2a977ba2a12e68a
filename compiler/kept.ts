/**
 * What a build found out, for the next one in the same process: given to one build after the other, it makes what did not
 * change cost next to nothing. The outcome is that of a build from the beginning, byte for byte: what is kept hangs on the
 * text of its source, or on objects that nobody changes, and never on a time or a name.
 */
import { KeptElements } from '../vm/bundle/pack.ts';
import { KeptSources } from './document/kept.ts';
import { KeptPolicies } from './resolve/kept.ts';

export class Kept {
  readonly sources = new KeptSources();
  readonly policies = new KeptPolicies();
  readonly elements = new KeptElements();
}
