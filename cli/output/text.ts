/** Words and numbers for people. */

const COUNT = new Intl.NumberFormat('en-US');

/** @returns the integer with thousands separators */
export const count = (n: number): string => COUNT.format(n);

/** @returns `1 rule`, `2,000 rules` */
export const quantity = (n: number, noun: string): string => `${count(n)} ${n === 1 ? noun : plural(noun)}`;

const plural = (noun: string): string => (/[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`);

/** @returns bytes in the largest binary unit that keeps the figure above one */
export function size(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'];
  let unit = 0;
  let figure = bytes;
  for (; figure >= 1024 && unit < units.length - 1; unit++) figure /= 1024;
  return `${unit === 0 ? count(figure) : figure.toFixed(1)} ${units[unit]}`;
}

/** @returns a duration in ns as `430 ns`, `12.5 µs`, `3.1 ms`, `2.0 s` */
export function duration(ns: number): string {
  if (ns < 1e3) return `${ns.toFixed(0)} ns`;
  if (ns < 1e6) return `${(ns / 1e3).toFixed(1)} µs`;
  if (ns < 1e9) return `${(ns / 1e6).toFixed(1)} ms`;
  return `${(ns / 1e9).toFixed(1)} s`;
}

/** Breaks a paragraph into lines of at most `width` columns; a longer word stands alone. */
export function wrap(paragraph: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(/\s+/).filter(Boolean)) {
    if (line && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, indent + line].join('\n');
}

/**
 * Text of others on a terminal: control characters, which could move the cursor or forge lines, become visible.
 * @returns the text with C0, DEL and C1 controls and line separators as `\xHH` or `\uHHHH`
 */
export const printable = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (c) => {
    const code = c.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
