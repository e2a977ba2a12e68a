/** A page in a headless Chromium, which is the system's, served over the loopback. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { requirePackage } from './packages.ts';

/** What is used of Playwright; its own types come only with its package, which nobody needs to check types. */
export interface Page {
  goto(url: string): Promise<unknown>;
  /** @param code an expression, whose promise is waited for */
  evaluate(code: string): Promise<unknown>;
  setInputFiles(selector: string, path: string): Promise<void>;
  setViewportSize(size: { readonly width: number; readonly height: number }): Promise<void>;
  emulateMedia(media: { readonly colorScheme: 'light' | 'dark' }): Promise<void>;
  screenshot(options: { readonly path: string; readonly fullPage: boolean }): Promise<unknown>;
  textContent(selector: string): Promise<string | null>;
  waitForSelector(selector: string): Promise<unknown>;
  on(event: 'console', said: (message: { text(): string }) => void): void;
  on(event: 'pageerror', failed: (error: Error) => void): void;
}

interface Browser {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: {
    launch(options: { readonly executablePath: string; readonly args: readonly string[] }): Promise<Browser>;
  };
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** Nothing but the page's own files, and no code from texts; a module of WebAssembly may be compiled. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self'";

/** @returns a file of the site by its path without the first `/`, undefined where there is none */
export type Site = (path: string) => Promise<Uint8Array | undefined>;

/**
 * Serves a site and opens its start page in a browser of its own; both are gone afterwards.
 * @param use is given the page, and what it complained of: errors, and what its console said
 */
export async function withPage<T>(
  site: Site,
  use: (page: Page, complaints: readonly string[]) => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1) || 'index.html';
    void site(path).then((bytes) => {
      // Browsers ask for it unasked.
      if (path === 'favicon.ico') return response.writeHead(204).end();
      response.setHeader('Content-Security-Policy', POLICY);
      response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
      return response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const { chromium } = await requirePackage<Playwright>('playwright-core');
    // The sandbox of the browser needs another user than root; the page is the project's own.
    const args = process.geteuid?.() === 0 ? ['--no-sandbox'] : [];
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      return await use(page, complaints);
    } finally {
      await browser.close();
    }
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}
