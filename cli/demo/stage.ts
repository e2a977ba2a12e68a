/** The demo's stage: a directory of its own, the backend and the attacker's server as real sockets on loopback. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Stage {
  readonly directory: string;
  readonly backendPort: number;
  /** `host:port` of the attacker's server. */
  readonly attacker: string;
  /** A file for the documents and records of one round. */
  file(name: string): string;
  close(): void;
}

/** Any address of 127/8 is loopback: this one plays the outside. */
const OUTSIDE = '127.66.6.6';

function serve(host: string, text: string): Promise<Server> {
  const server = createServer((_request, response) => response.end(text));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => resolve(server));
  });
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Sets the stage up. Everything the demo touches lies in one temporary directory, which `close` removes. */
export async function setStage(): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'lictor-demo-'));
  for (const name of ['pages', 'uploads', 'secrets', 'system', 'tools']) mkdirSync(join(directory, name));
  writeFileSync(join(directory, 'pages/index.html'), '<h1>Welcome</h1>\n');
  writeFileSync(join(directory, 'secrets/api-key'), 'sk_live_51Hc0ffee\n', { mode: 0o600 });
  writeFileSync(join(directory, 'system/backup'), '#!/bin/sh\necho backup\n', { mode: 0o755 });
  const backend = await serve('127.0.0.1', '42 in stock');
  const outside = await serve(OUTSIDE, 'welcome home');
  return {
    directory,
    backendPort: portOf(backend),
    attacker: `${OUTSIDE}:${portOf(outside)}`,
    file: (name) => join(directory, name),
    close() {
      for (const server of [backend, outside]) {
        server.closeAllConnections();
        server.close();
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
