/** Runs one test file in this process and sends `{passed, failed, skipped, errors}` to the parent. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const file = process.argv[2];
const report = { passed: 0, failed: 0, skipped: 0, errors: '' };

const fail = (what, error) => {
  report.failed++;
  report.errors += `  ${what}: ${error?.stack ?? error}\n`;
};

// uvu's own convention: with UVU_DEFER a suite only registers its runner in the queue, and does not start by itself
globalThis.UVU_DEFER = 1;
globalThis.UVU_QUEUE = [[]];

// Of what uvu prints (names, marks, a count), only what the tests print themselves is wanted: whole lines.
const write = process.stdout.write.bind(process.stdout);
const isMark = (chunk) => typeof chunk === 'string' && (!chunk.endsWith('\n') || /^ {2}\(\d+ \/ \d+\)\n$/.test(chunk));
process.stdout.write = (chunk, ...rest) => isMark(chunk) || write(chunk, ...rest);

process.on('unhandledRejection', (error) => fail('a promise was rejected and nobody caught it', error));
try {
  await import(pathToFileURL(join(import.meta.dirname, '..', file)).href);
  for (const suite of globalThis.UVU_QUEUE[0]) {
    try {
      const [errors, passed, skipped, total] = await suite();
      report.passed += passed;
      report.failed += total - passed;
      report.skipped += skipped;
      if (typeof errors === 'string') report.errors += errors;
    } catch (error) {
      fail('a hook of the suite threw', error);
    }
  }
  if (report.passed + report.failed + report.skipped === 0) fail(file, 'the file has no tests, or does not call run()');
} catch (error) {
  fail(`${file} could not be loaded`, error);
}
process.send(report, () => process.exit(report.failed > 0 ? 1 : 0));
