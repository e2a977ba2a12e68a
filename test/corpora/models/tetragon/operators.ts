/** Tetragon's operators (documentation, "Tracing Policy: Selectors"). */
import ipaddr from 'ipaddr.js';
import type { Argument, Socket } from './hooks.ts';
import type { Filter } from './policies.ts';

/** @returns whether an argument passes a filter; undefined where the model does not know the operator or the value */
export const passes = ({ operator, values }: Filter, argument: Argument): boolean | undefined => {
  const negated = /^Not(?!if)/.test(operator);
  const word = operator.replace(/^Not(?!if)/, '');
  const test =
    typeof argument === 'string' ? TEXTS[word] : typeof argument === 'number' ? NUMBERS[word] : SOCKETS[word];
  if (test === undefined) return undefined;
  const found = values.map((value) => test(argument as never, value));
  if (found.includes(undefined)) return undefined;
  return found.includes(true) !== negated;
};

type Test<T> = (argument: T, value: string) => boolean | undefined;

const TEXTS: Readonly<Record<string, Test<string>>> = {
  Equal: (argument, value) => argument === value,
  In: (argument, value) => argument === value,
  Prefix: (argument, value) => argument.startsWith(value),
  Postfix: (argument, value) => argument.endsWith(value),
  SubString: (argument, value) => argument.includes(value),
};

const number = (value: string): number | undefined => (/^-?(\d+|0x[\da-f]+)$/i.test(value) ? Number(value) : undefined);
const numeric =
  (test: (argument: number, value: number) => boolean): Test<number> =>
  (argument, value) => {
    const wanted = number(value);
    return wanted === undefined ? undefined : test(argument, wanted);
  };

const NUMBERS: Readonly<Record<string, Test<number>>> = {
  Equal: numeric((argument, value) => argument === value),
  GT: numeric((argument, value) => argument > value),
  GreaterThan: numeric((argument, value) => argument > value),
  LT: numeric((argument, value) => argument < value),
  LessThan: numeric((argument, value) => argument < value),
  Mask: numeric((argument, value) => (argument & value) !== 0),
};

const within = (address: string | undefined, value: string): boolean | undefined => {
  const [network, bits] = value.split('/');
  if (!ipaddr.isValid(network)) return undefined;
  if (address === undefined) return false;
  const parsed = ipaddr.parse(address);
  const other = ipaddr.parse(network);
  return (
    parsed.kind() === other.kind() &&
    parsed.match(other, bits === undefined ? (other.kind() === 'ipv4' ? 32 : 128) : Number(bits))
  );
};

/** A port, or a range `from:to`. */
const port = (argument: number | undefined, value: string): boolean | undefined => {
  const [first, last = first] = value.split(':').map(number);
  if (first === undefined || last === undefined) return undefined;
  return argument !== undefined && argument >= first && argument <= last;
};

const FAMILIES: Readonly<Record<string, Socket['family']>> = { '1': 'AF_UNIX', '2': 'AF_INET', '10': 'AF_INET6' };

const SOCKETS: Readonly<Record<string, Test<Socket>>> = {
  SAddr: ({ source }, value) => within(source.address, value),
  DAddr: ({ destination }, value) => within(destination.address, value),
  SPort: ({ source }, value) => port(source.port, value),
  DPort: ({ destination }, value) => port(destination.port, value),
  Protocol: ({ protocol }, value) => protocol === value.replace(/^IPPROTO_/, '').toLowerCase(),
  Family: (socket, value) => socket.family === (FAMILIES[value] ?? value),
};
