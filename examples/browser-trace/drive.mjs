/**
 * Opens the built page in a headless Chromium, gives it a bundle and the trace that ships with the project, and prints what it shows.
 * Usage: node --import tsx examples/browser-trace/drive.mjs FOLDER-OF-THE-PAGE BUNDLE
 */
import { existsSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTrace, traceEvents } from '../../cli/input/trace.ts';
import { withPage } from '../../test/engines/chromium.ts';
import { eventToJson } from '../../vm/event/index.ts';

const [folder, bundle] = process.argv.slice(2);
const recorded = join(import.meta.dirname, '../../test/traces/build.lictor-trace');
const trace = join(folder, 'trace.ndjson');

/** The page reads JSON lines; two that are no events show what it says of them. */
const lines = [...traceEvents(openTrace(recorded), recorded)]
  .flat()
  .map(({ event }) => JSON.stringify(eventToJson(event)));
writeFileSync(trace, [...lines, '{"proc": {}}', '{"kind": "file.open"}', ''].join('\n'));

const site = async (path) => {
  const file = join(folder, path);
  return existsSync(file) ? readFile(file) : undefined;
};

await withPage(site, async (page, complaints) => {
  const text = async (selector) => (await page.textContent(selector)).trim().replace(/\s+/g, ' ');
  const rows = (selector) =>
    page.evaluate(
      `[...document.querySelectorAll('${selector}')].map((row) => [...row.children].map((cell) => cell.textContent).join(' · '))`,
    );
  await page.setInputFiles('#bundle', bundle);
  await page.setInputFiles('#trace', trace);
  await page.waitForSelector('#result:not([hidden])');
  console.log(await text('#bundle-about'));
  console.log(await text('#status'));
  for (const row of await rows('#counts tbody tr')) console.log(`  ${row}`);
  for (const line of await page.evaluate(`[...document.querySelectorAll('#malformed li')].map((li) => li.textContent)`))
    console.log(`  ${line}`);
  console.log(`events: ${await text('#shown')}`);
  await page.evaluate(`document.getElementById('notable').click()`);
  console.log(`not plainly allowed: ${await text('#shown')}`);
  for (const row of (await rows('#events tbody tr')).slice(0, 3)) console.log(`  ${row}`);
  await page.setInputFiles('#bundle', trace);
  await page.waitForSelector('#problem:not(:empty)');
  console.log(`a trace for a bundle: ${await text('#problem')}`);
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
});
