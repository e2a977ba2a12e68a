/**
 * The demo's victim: a small web service with the holes that real ones have. It trusts names, paths and addresses of its
 * requests. Usage: node service.mjs DIRECTORY BACKEND-PORT; prints its port when it listens.
 */
import { spawn } from 'node:child_process';
import { readFile, writeFile, chmod } from 'node:fs/promises';
import { createServer, get } from 'node:http';
import { join } from 'node:path';

const [directory, backend] = process.argv.slice(2);

/** Runs a program and gives back what it prints. */
const run = (program, args) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.on('error', reject);
    child.stdout.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(`${program} ended with ${code}`))));
  });

const fetchText = (url) =>
  new Promise((resolve, reject) => {
    get(url, { agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      answer.on('end', () => resolve(text));
    }).on('error', reject);
  });

const body = async (request) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** By path of the request: what the service was written for, and what it can be talked into. */
const ROUTES = {
  '/page': (query) => readFile(join(directory, 'pages', query.get('name'))),
  '/stock': () => fetchText(`http://127.0.0.1:${backend}/`),
  '/upload': async (query, request) => {
    const path = join(directory, 'uploads', query.get('name'));
    await writeFile(path, await body(request));
    await chmod(path, 0o755);
    return 'kept';
  },
  '/ping': (query) => run('/bin/sh', ['-c', `echo pong ${query.get('host')}`]),
  '/preview': (query) => fetchText(query.get('url')),
  '/convert': (query) => run(join(directory, 'tools', query.get('tool')), []),
};

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://service');
  try {
    const route = ROUTES[pathname];
    if (!route) throw new Error('no such page');
    response.end(await route(searchParams, request));
  } catch (error) {
    response.statusCode = 500;
    response.end(error.code ?? error.message);
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
