/** SHA-256 by the engine's Web Crypto. */
import { LictorError } from './error.ts';

/** @throws LictorError `crypto` where the engine has none */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle)
    throw new LictorError('crypto', 'Web Crypto is missing: pages have it over HTTPS and on the machine itself');
  return new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

/** Bytes as hexadecimal digits. */
export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
