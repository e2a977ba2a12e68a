/**
 * From offsets in the value of a scalar to offsets in the source.
 *
 * The problem: expressions stand inside YAML scalars, where quotes are doubled, escapes stand for characters, and line
 * breaks are folded; a diagnostic must point at what was written. The YAML library gives the value and the range of
 * the scalar, not the way between them. Each function here walks the written text once more and notes, for each unit of
 * the value, where it comes from.
 *
 * INVARIANT (aligned): a walk counts only if it yields the library's value; else the whole scalar is the place.
 */

/** For each unit of the value where its text starts and ends, as written. */
export interface Alignment {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}
type Walk = Alignment & { readonly value: string };

/**
 * Units between the start of a scalar and its value, where the value stands in the text as it is: most do, and need no walk.
 * A value that has an escape, a doubled quote or a folded line differs from what is written.
 *
 * @param start of the scalar in `text`, its quote included
 * @returns null where a walk has to tell
 */
export function shiftOf(text: string, start: number, end: number, value: string): 0 | 1 | null {
  const shift = text[start] === '"' || text[start] === "'" ? 1 : 0;
  return end - start === value.length + 2 * shift && text.startsWith(value, start + shift) ? shift : null;
}

const isSpace = (c: string): boolean => c === ' ' || c === '\t';

/**
 * @param raw the scalar as written: with quotes, or from a block scalar's indicator
 * @returns null where `raw` does not explain `value`
 */
export function alignScalar(raw: string, value: string): Alignment | null {
  const first = raw[0];
  if (first === '|' || first === '>') return alignBlock(raw, value);
  const walk = walkFlow(raw, first === '"' || first === "'" ? first : '');
  return walk.value === value ? walk : null;
}

/** Plain and quoted scalars: escapes, and lines that are folded. */
function walkFlow(raw: string, quote: '"' | "'" | ''): Walk {
  const end = quote === '' ? raw.length : raw.length - 1;
  const starts: number[] = [];
  const ends: number[] = [];
  let value = '';
  // Units of the value that must not be trimmed at a line break: everything up to here.
  let kept = 0;
  const push = (text: string, start: number, stop: number): void => {
    for (let i = 0; i < text.length; i++) {
      starts.push(start);
      ends.push(stop);
    }
    value += text;
  };

  let i = quote === '' ? 0 : 1;
  while (i < end) {
    const c = raw[i];
    if (c === '\n' || (c === '\r' && raw[i + 1] === '\n')) {
      const at = i;
      let length = value.length;
      while (length > kept && isSpace(value[length - 1])) length--;
      value = value.slice(0, length);
      starts.length = ends.length = length;
      let breaks = 0;
      while (i < end && (isSpace(raw[i]) || raw[i] === '\n' || raw[i] === '\r')) if (raw[i++] === '\n') breaks++;
      push(breaks === 1 ? ' ' : '\n'.repeat(breaks - 1), at, i);
      kept = value.length;
    } else if (quote === "'" && c === "'") {
      push("'", i, i + 2);
      i += 2;
    } else if (quote === '"' && c === '\\') {
      ESCAPE.lastIndex = i;
      const written = ESCAPE.exec(raw)?.[0] ?? c;
      push(unescape(written), i, i + written.length);
      kept = value.length;
      i += written.length;
    } else {
      push(c, i, i + 1);
      i++;
    }
  }
  return { value, starts, ends };
}

const ESCAPE = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r?\n[ \t]*|.)/sy;

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};

/** The text that an escape of a double-quoted scalar stands for (YAML 1.2, section 5.7). */
function unescape(written: string): string {
  const c = written[1];
  if (written.length > 2 && (c === 'x' || c === 'u' || c === 'U')) {
    const code = parseInt(written.slice(2), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '';
  }
  if (c === '\n' || c === '\r') return '';
  return ESCAPES[c] ?? c ?? '';
}

/** Block scalars: a header line, then lines without their indentation, joined by breaks or folded to spaces. */
function alignBlock(raw: string, value: string): Alignment | null {
  const header = raw.indexOf('\n') + 1;
  if (header === 0) return null;
  const lines: { text: string; at: number }[] = [];
  for (let at = header; at < raw.length;) {
    const stop = raw.indexOf('\n', at);
    const end = stop < 0 ? raw.length : stop;
    lines.push({ text: raw.slice(at, raw[end - 1] === '\r' && end > at ? end - 1 : end), at });
    at = end + 1;
  }
  const first = lines.find(({ text }) => text.trim() !== '');
  const widest = first === undefined ? 0 : first.text.length - first.text.trimStart().length;
  // With an explicit indicator the indentation may be less than the first line's: the widest that explains the value is it.
  for (let indent = widest; indent >= 0; indent--) {
    const found = alignLines(lines, indent, value);
    if (found !== null) return found;
  }
  return null;
}

function alignLines(lines: readonly { text: string; at: number }[], indent: number, value: string): Alignment | null {
  const starts: number[] = [];
  const ends: number[] = [];
  const push = (start: number, stop: number): void => {
    starts.push(start);
    ends.push(stop);
  };
  // Where the last line ended: breaks of the value stand there.
  let stop = lines[0]?.at ?? 0;
  for (const { text, at } of lines) {
    const content = text.slice(Math.min(indent, text.length));
    if (content !== '') {
      while (!value.startsWith(content, starts.length)) {
        const c = value[starts.length];
        if (c !== ' ' && c !== '\n') return null;
        push(stop, at);
      }
      for (let i = at + text.length - content.length; i < at + text.length; i++) push(i, i + 1);
    }
    stop = at + text.length;
  }
  while (value[starts.length] === '\n') push(stop, stop);
  return starts.length === value.length ? { starts, ends } : null;
}
