/**
 * Filter sets and traces in the format of ClassBench (Taylor and Turner, INFOCOM 2005): a filter is a line
 *
 *     @192.0.2.0/24	198.51.100.7/32	0 : 65535	80 : 80	0x06/0xFF	0x0000/0x0000
 *
 * source, destination, source ports, destination ports, protocol, and flags, which no field of ours has and which are left
 * out; a header of a trace is a line of source, destination, both ports and the protocol, and whatever follows.
 */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { masked, parseAddress } from './address.ts';
import { BadInput } from './input.ts';

export interface Network {
  readonly value: Bytes;
  /** In the 128-bit form; 0 and 96 (any IPv4 address) alike say nothing within one family. */
  readonly bits: number;
}
export interface Ports {
  readonly low: number;
  readonly high: number;
}
export interface Filter {
  readonly source: Network;
  readonly destination: Network;
  readonly sourcePorts: Ports;
  readonly destinationPorts: Ports;
  /** Number; undefined: any. */
  readonly protocol: number | undefined;
}
export interface Header {
  readonly source: Bytes;
  readonly destination: Bytes;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
}

type Fail = (what: string) => BadInput;

const FILTER =
  /^@(\S+)\s+(\S+)\s+(\d+)\s*:\s*(\d+)\s+(\d+)\s*:\s*(\d+)\s+0[xX]([0-9a-fA-F]{1,2})\/0[xX]([0-9a-fA-F]{1,2})(\s+\S+)*\s*$/;

/** Calls `parse` with each line that is not empty. */
const linesOf = <T>(path: string, text: string, parse: (line: string, fail: Fail) => T): T[] =>
  text.split('\n').flatMap((raw, i) => {
    const line = raw.trim();
    return line === '' ? [] : [parse(line, (what) => new BadInput(path, i + 1, what))];
  });

const network = (text: string, fail: Fail): Network => {
  const [, address, length] = /^(\S+)\/(\d{1,3})$/.exec(text) ?? [];
  const found = address === undefined ? null : parseAddress(address);
  if (!found) throw fail(`\`${text}\` is no network: an address, a slash and the bits of its prefix are wanted`);
  const most = found.isIPv4 ? 32 : 128;
  if (Number(length) > most) throw fail(`\`${text}\`: a prefix has ${most} bits at most`);
  const bits = Number(length) + 128 - most;
  return { value: masked(found.bytes, bits), bits };
};

const number = (text: string, most: number, what: string, fail: Fail): number => {
  if (!/^\d+$/.test(text) || Number(text) > most) throw fail(`\`${text}\` is no ${what}: 0 to ${most} is wanted`);
  return Number(text);
};

const ports = (low: string, high: string, fail: Fail): Ports => {
  const range = { low: number(low, 65535, 'port', fail), high: number(high, 65535, 'port', fail) };
  if (range.low > range.high) throw fail(`the ports \`${low} : ${high}\` run backwards`);
  return range;
};

const protocol = (value: string, mask: string, fail: Fail): number | undefined => {
  if (Number.parseInt(mask, 16) === 0) return undefined;
  if (Number.parseInt(mask, 16) !== 0xff) throw fail(`a protocol mask other than 0x00 and 0xFF: \`0x${mask}\``);
  return Number.parseInt(value, 16);
};

/** @throws BadInput at the first line that is no filter */
export const parseFilters = (path: string, text: string): Filter[] => {
  const filters = linesOf(path, text, (line, fail): Filter => {
    const found = FILTER.exec(line);
    if (!found) throw fail('no filter: `@source destination low : high low : high 0xprotocol/0xmask` is wanted');
    const [, source, destination, ...rest] = found;
    return {
      source: network(source, fail),
      destination: network(destination, fail),
      sourcePorts: ports(rest[0], rest[1], fail),
      destinationPorts: ports(rest[2], rest[3], fail),
      protocol: protocol(rest[4], rest[5], fail),
    };
  });
  if (filters.length === 0) throw new BadInput(path, 1, 'no filters');
  return filters;
};

/** @throws BadInput at the first line that is no header */
export const parseHeaders = (path: string, text: string): Header[] => {
  const headers = linesOf(path, text, (line, fail): Header => {
    const cells = line.split(/\s+/);
    if (cells.length < 5) throw fail('no header: source, destination, both ports and the protocol are wanted');
    const [source, destination] = cells.slice(0, 2).map((cell) => {
      const address = parseAddress(cell);
      if (!address) throw fail(`\`${cell}\` is no address`);
      return address.bytes;
    });
    return {
      source,
      destination,
      sourcePort: number(cells[2], 65535, 'port', fail),
      destinationPort: number(cells[3], 65535, 'port', fail),
      protocol: number(cells[4], 255, 'protocol', fail),
    };
  });
  if (headers.length === 0) throw new BadInput(path, 1, 'no headers');
  return headers;
};

/** Whether a file looks like a filter set rather than policies. */
export const isFilterSet = (text: string): boolean => /^\s*@[0-9a-fA-F:.]+\/\d/.test(text);
