/** Runs a scenario (`scenario.ts`) in a network of its own with nothing but loopback, and its own /etc/resolv.conf. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';

export interface Scenario {
  readonly policy: string;
  /** Python; what `test/support/dns.ts` defines is there. */
  readonly program: string;
  readonly command: readonly string[];
}

export interface Resolved {
  readonly exitCode: number;
  readonly error: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly notices: readonly string[];
  /** `deny, net.dns, udp a.test A, cgroup` for each. */
  readonly records: readonly string[];
  /** `udp a.test A` for each query that the resolver got. */
  readonly asked: readonly string[];
}

const ALONE = `
echo 'nameserver 127.0.0.1' > "$0" && mount --bind "$0" /etc/resolv.conf && rm "$0" &&
python3 -S -c 'import fcntl,socket,struct
fcntl.ioctl(socket.socket(socket.AF_INET,socket.SOCK_DGRAM),0x8914,struct.pack("16sh14x",b"lo",1))' &&
exec "$@"`;
const PYTHON_PROGRAM = ['/usr/bin/python3', '-S', 'program.py'];

/** @throws where the scenario says nothing */
export const resolving = async (
  policy: string,
  program: string,
  command: readonly string[] = PYTHON_PROGRAM,
): Promise<Resolved> => {
  const file = join('/tmp', `lictor-resolv-${process.pid}`);
  const node = [process.execPath, '--import', 'tsx', join(import.meta.dirname, 'scenario.ts')];
  const child = spawn('unshare', ['--mount', '--net', 'sh', '-c', ALONE, file, ...node], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const scenario: Scenario = { policy, program, command };
  child.stdin.end(JSON.stringify(scenario));
  const said = await text(child.stdout);
  if (said === '') throw new Error('the scenario says nothing');
  return JSON.parse(said) as Resolved;
};
