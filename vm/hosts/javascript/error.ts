/** Errors of the host; those of the module are `VmError`. */

/**
 * `module` other bytes than the module that this package was made for, `interface` a module with another ABI, `bundle` a file
 * that is not a sound bundle, `record` an event that does not fit a record, `busy` a call from inside of `evaluate`, `crypto` no
 * Web Crypto, which pages have over HTTPS and on the machine itself.
 */
export type LictorErrorCode = 'module' | 'interface' | 'bundle' | 'record' | 'busy' | 'crypto';

export class LictorError extends Error {
  constructor(
    readonly code: LictorErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'LictorError';
  }
}
