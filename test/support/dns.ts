/** DNS messages for tests: made here, and by a workload in Python. */

/** @returns a query for a name of these labels, one char a byte, with `more` bytes behind it */
export const message = (labels: readonly string[], type: number, more = 0): Uint8Array => {
  const name = labels.map((label) => Buffer.from(String.fromCharCode(label.length) + label, 'latin1'));
  const question = Buffer.from([0, type >> 8, type & 255, 0, 1]);
  const header = Buffer.from([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Uint8Array.from(Buffer.concat([header, ...name, question, Buffer.alloc(more)]));
};

/**
 * Python: `query(name, type)`, `framed(name)` for TCP, `sendmmsg(socket, messages)`, `receiver(family, address)` for UDP
 * and `listener(family, address)`, and `alone()`, which enters a network of its own with nothing but loopback.
 */
export const PYTHON = `
import os,struct,ctypes,fcntl
from socket import *
IPV6_DSTOPTS=59
def alone():
 assert ctypes.CDLL(None).unshare(0x40000000)==0
 fcntl.ioctl(socket(AF_INET,SOCK_DGRAM),0x8914,struct.pack("16sh14x",b"lo",1))
def receiver(family,address):
 s=socket(family,SOCK_DGRAM); s.bind(address); return s
def listener(family,address):
 s=socket(family); s.bind(address); s.listen(); return s
def query(name,type=1):
 labels=b"".join(bytes([len(part)])+part.encode() for part in name.split(".") if part)
 return struct.pack(">6H",7,0x100,1,0,0,0)+labels+struct.pack(">BHH",0,type,1)
def framed(name):
 return struct.pack(">H",len(query(name)))+query(name)
def sendmmsg(socket,messages):
 keep=[ctypes.create_string_buffer(m,len(m)) for m in messages]
 vectors=[ctypes.create_string_buffer(struct.pack("PN",ctypes.addressof(k),len(k))) for k in keep]
 headers=b"".join(struct.pack("PIxxxxPNPNixxxxIxxxx",0,0,ctypes.addressof(v),1,0,0,0,0) for v in vectors)
 assert ctypes.CDLL(None).sendmmsg(socket.fileno(),ctypes.create_string_buffer(headers),len(messages),0)==len(messages)
`;
