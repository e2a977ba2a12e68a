/**
 * Decides on events by compiled policies, in Node, Deno, Bun and browsers: the TypeScript host of the core module.
 *
 * @packageDocumentation
 */
export { VmBundle } from '../../host/bundle.ts';
export { VmError } from '../../host/vm.ts';
export type { Decision, PlaneDecision } from '../../event/decision.ts';
export { Bundle } from './bundle.ts';
export { Engine } from './engine.ts';
export { LictorError, type LictorErrorCode } from './error.ts';
export {
  Action,
  type AddressField,
  type BoolField,
  Field,
  type FlagsField,
  Kind,
  type ListField,
  MODULE_DIGEST,
  NO_POLICY,
  NO_RULE,
  type NumberField,
  type StringField,
  VerdictFlag,
} from './generated/spec.ts';
export { Host } from './host.ts';
export type { BundleManifest } from './manifest.ts';
export { Records } from './records.ts';
