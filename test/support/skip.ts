/** Tests that cannot run here. They are counted, and the reason is printed: nobody mistakes a skip for a pass. */
import { test } from 'uvu';

/**
 * Counts a test as skipped and says why. The file calls `test.run()` as usual.
 *
 * @param name of the test
 * @param reason what is missing, as a reader of the log needs it
 */
export const skipTest = (name: string, reason: string): void => {
  console.log(`skipped: ${name}: ${reason}`);
  test.skip(name, () => {});
};
