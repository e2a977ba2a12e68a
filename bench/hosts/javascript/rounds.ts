/** Rounds over all events, in spans of so many records, and the line that is printed of the fastest. */
const WARM_UP = 2;
const ROUNDS = 5;
const MILLISECONDS = 1000;

/** Spans of so many records, the last one of what is left. */
function spansOf(events: Uint8Array, batch: number): { readonly spans: readonly Uint8Array[]; readonly count: number } {
  const view = new DataView(events.buffer, events.byteOffset, events.byteLength);
  const spans: Uint8Array[] = [];
  let start = 0;
  let count = 0;
  for (let at = 0; at < events.length;) {
    at += view.getUint32(at, true);
    count++;
    if (count % batch === 0 || at >= events.length) {
      spans.push(new Uint8Array(events.buffer, events.byteOffset + start, at - start));
      start = at;
    }
  }
  return { spans, count };
}

/**
 * Prints a line for each size of batch: `BATCH NS_PER_EVENT CHECKSUM`.
 * @param events records one behind the other
 * @param evaluate decides on a span, and returns the sum of (rule + 1 modulo 2^32) + action of its verdicts
 */
export function printRounds(
  events: Uint8Array,
  batches: readonly string[],
  evaluate: (span: Uint8Array) => number,
): void {
  for (const batch of batches) {
    const { spans, count } = spansOf(events, Number(batch));
    let checksum = 0;
    const round = (): number => {
      checksum = 0;
      const start = performance.now();
      for (const span of spans) checksum += evaluate(span);
      return performance.now() - start;
    };
    for (let i = 0; i < WARM_UP; i++) round();
    let fastest = Infinity;
    let total = 0;
    for (let rounds = 0; rounds < ROUNDS || total < MILLISECONDS; rounds++) {
      const time = round();
      fastest = Math.min(fastest, time);
      total += time;
    }
    console.log(`${batch} ${((fastest * 1e6) / count).toFixed(1)} ${checksum}`);
  }
}
