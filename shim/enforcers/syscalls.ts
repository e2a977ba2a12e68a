/** Numbers of x86-64 that the enforcers look at. */
export const NR = {
  open: 2,
  rtSigreturn: 15,
  connect: 42,
  accept: 43,
  sendto: 44,
  sendmsg: 46,
  bind: 49,
  listen: 50,
  execve: 59,
  exit: 60,
  creat: 85,
  exitGroup: 231,
  openat: 257,
  accept4: 288,
  sendmmsg: 307,
  execveat: 322,
} as const;
