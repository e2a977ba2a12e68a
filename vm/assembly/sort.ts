/** Heapsort (Williams 1964) of u32: in place, n log n for whatever comes. */
export function sort(p: usize, n: u32): void {
  for (let i = n >> 1; i > 0; i--) sift(p, i - 1, n);
  for (let end = n; end > 1;) {
    end--;
    const last = load<u32>(p + end * 4);
    store<u32>(p + end * 4, load<u32>(p));
    store<u32>(p, last);
    sift(p, 0, end);
  }
}

function sift(p: usize, at: u32, n: u32): void {
  const value = load<u32>(p + at * 4);
  for (let child = at * 2 + 1; child < n; child = at * 2 + 1) {
    if (child + 1 < n && load<u32>(p + child * 4 + 4) > load<u32>(p + child * 4)) child++;
    if (load<u32>(p + child * 4) <= value) break;
    store<u32>(p + at * 4, load<u32>(p + child * 4));
    at = child;
  }
  store<u32>(p + at * 4, value);
}
