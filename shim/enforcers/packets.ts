/** IP packets that the guard sends for a DNS query that was held: the query itself, or a refusal in the name of who was asked. */
import type { QueryPacket } from '../sensors/index.ts';

const UDP = 17;
const TCP = 6;
const UDP_BYTES = 8;
const TCP_BYTES = 20;
const HOPS = 64;
const MESSAGE_HEADER = 12;
const QUESTION_TAIL = 4;
/** RFC 1035, 4.1.1: a response with recursion; opcode and RD are the query's. */
const RESPONSE = 0x8080;
const KEPT_FLAGS = 0x7900;
const REFUSED = 5;
const RST_ACK = 0x14;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const isIpv4 = (packet: Uint8Array): boolean => packet[0] >>> 4 === 4;
/** Places of source and target, and bytes of each. */
const addressesOf = (packet: Uint8Array): { from: number; to: number; size: number } =>
  isIpv4(packet) ? { from: 12, to: 16, size: 4 } : { from: 8, to: 24, size: 16 };

/** @returns the target, 4 or 16 bytes */
export const targetOf = (packet: Uint8Array): Uint8Array => {
  const { to, size } = addressesOf(packet);
  return packet.subarray(to, to + size);
};

/**
 * Writes the checksum of a UDP or TCP packet (RFC 768, RFC 9293; of IPv6 over its pseudo header, RFC 8200): the kernel leaves
 * it to the network interface, and does not touch it in packets that are sent with their headers.
 *
 * @param transport place of the UDP or TCP header
 */
export const sum = (packet: Uint8Array, transport: number, protocol: number): void => {
  const view = viewOf(packet);
  const at = transport + (protocol === UDP ? 6 : 16);
  const { from, size } = addressesOf(packet);
  view.setUint16(at, 0);
  let total = protocol + packet.length - transport;
  const add = (start: number, end: number): void => {
    for (let i = start; i < end; i += 2) total += i + 1 < end ? view.getUint16(i) : packet[i] << 8;
  };
  add(from, from + 2 * size);
  add(transport, packet.length);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  const result = ~total & 0xffff;
  view.setUint16(at, protocol === UDP && result === 0 ? 0xffff : result);
};

/** An IP header for the way back, and zeros behind it. */
const reply = (packet: Uint8Array, transport: number, protocol: number, bytes: number): Uint8Array => {
  const { from, to, size } = addressesOf(packet);
  const back = new Uint8Array(transport + bytes);
  back[0] = packet[0];
  if (isIpv4(packet)) {
    viewOf(back).setUint16(2, back.length);
    back[8] = HOPS;
    back[9] = protocol;
  } else {
    viewOf(back).setUint16(4, bytes);
    back[6] = protocol;
    back[7] = HOPS;
  }
  back.set(packet.subarray(to, to + size), from);
  back.set(packet.subarray(from, from + size), to);
  // ports
  back.set(packet.subarray(transport + 2, transport + 4), transport);
  back.set(packet.subarray(transport, transport + 2), transport + 2);
  return back;
};

/** @returns bytes of a message up to the end of its question, which stands in it whole */
const questionEnd = (message: Uint8Array): number => {
  let at = MESSAGE_HEADER;
  while (message[at] !== 0) at += 1 + message[at];
  return at + 1 + QUESTION_TAIL;
};

/** @returns the packet of a server that answers REFUSED to a query over UDP whose question was read */
export const refusalOf = ({ bytes: packet, transport, message }: QueryPacket): Uint8Array => {
  const end = questionEnd(message);
  const back = reply(packet, transport, UDP, UDP_BYTES + end);
  const answer = back.subarray(transport + UDP_BYTES);
  answer.set(message.subarray(0, end));
  answer.fill(0, 6, MESSAGE_HEADER); // no records
  const view = viewOf(answer);
  view.setUint16(2, (view.getUint16(2) & KEPT_FLAGS) | RESPONSE | REFUSED);
  viewOf(back).setUint16(transport + 4, UDP_BYTES + end);
  sum(back, transport, UDP);
  return back;
};

/** @returns the packet of a server that ends the TCP connection that a query came by */
export const resetOf = ({ bytes: packet, transport }: QueryPacket): Uint8Array => {
  const back = reply(packet, transport, TCP, TCP_BYTES);
  const [view, query] = [viewOf(back), viewOf(packet)];
  view.setUint32(transport + 4, query.getUint32(transport + 8)); // what the client waits for next
  view.setUint32(transport + 8, query.getUint32(transport + 4));
  back[transport + 12] = (TCP_BYTES / 4) << 4;
  back[transport + 13] = RST_ACK;
  sum(back, transport, TCP);
  return back;
};

/** @returns a copy of the packet as it can be sent with its headers */
export const sendable = ({ bytes, transport }: QueryPacket): Uint8Array => {
  const packet = Uint8Array.from(bytes);
  sum(packet, transport, UDP);
  return packet;
};
