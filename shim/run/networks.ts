/** Networks in CIDR notation, for the addresses that stay reachable in isolation. */
import ipaddr from 'ipaddr.js';
import type { Network } from '../enforcers/gate.ts';

/** @returns 16-byte forms, IPv4 as ::ffff:a.b.c.d with 96 more bits; errors: the text that is no network */
export const parseNetworks = (
  texts: readonly string[],
): { readonly networks: readonly Network[] } | { readonly error: string } => {
  const networks: Network[] = [];
  for (const text of texts) {
    try {
      const [address, bits] = ipaddr.parseCIDR(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`);
      if (address.kind() === 'ipv6') networks.push({ address: new Uint8Array(address.toByteArray()), bits });
      else {
        const mapped = new Uint8Array(16).fill(255, 10, 12);
        mapped.set(address.toByteArray(), 12);
        networks.push({ address: mapped, bits: bits + 96 });
      }
    } catch {
      return { error: `\`${text}\` is not a network` };
    }
  }
  return { networks };
};
