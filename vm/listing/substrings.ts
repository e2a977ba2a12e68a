/** What a table of substrings looks for, as people read it: texts with `…` for what may stand between them. */
import { STAGE, STAGE_USER, SUBSTRING_FLAGS, SUBSTRING_TEXT, SUBSTRINGS } from '../spec/index.ts';
import { quoted } from './quoted.ts';

/** The sequence of each class. */
export const substringKeys = (view: DataView, table: number): Map<number, string> => {
  const u32 = (at: number): number => view.getUint32(at, true);
  const width = u32(table + SUBSTRINGS.classes);
  const slots = table + SUBSTRINGS.pairs + width * width * SUBSTRINGS.pair;
  const texts = slots + u32(table + SUBSTRINGS.slots) * SUBSTRINGS.slot;
  const stages = texts + u32(table + SUBSTRINGS.texts) * SUBSTRING_TEXT.size;
  const users = stages + u32(table + SUBSTRINGS.stages) * STAGE.size;
  const text = (user: number): string => {
    const row = texts + u32(users + user * STAGE_USER.size + STAGE_USER.text) * SUBSTRING_TEXT.size;
    const at = u32(row + SUBSTRING_TEXT.text);
    const flags = view.getUint16(row + SUBSTRING_TEXT.flags, true);
    const bytes = Buffer.from(view.buffer, view.byteOffset + at + 4, u32(at)).toString('latin1');
    const [begin, end] = [flags & SUBSTRING_FLAGS.begin ? '^' : '', flags & SUBSTRING_FLAGS.end ? '$' : ''];
    return `${begin}${bytes === '' ? '' : quoted(bytes)}${end}`;
  };
  const found = new Map<number, string>();
  let parts: string[] = [];
  for (let at = stages; at < users; at += STAGE.size) {
    const first = u32(at + STAGE.users);
    const count = view.getUint16(at + STAGE.count, true);
    const gap = view.getUint8(at + STAGE.gap);
    const min = view.getUint16(at + STAGE.min, true);
    if (parts.length > 0 || gap > 0 || min > 0) parts.push(gapText(view, table, gap, min));
    parts.push(Array.from({ length: count }, (_, i) => text(first + i)).join(' or '));
    const value = u32(at + STAGE.class);
    if (value === SUBSTRINGS.none) continue;
    const whole = view.getUint8(at + STAGE.whole);
    found.set(value, parts.join(' ') + (whole ? `, all of it ${setText(view, table, whole)}` : ''));
    parts = [];
  }
  return found;
};

const gapText = (view: DataView, table: number, gap: number, min: number): string =>
  `…${min > 0 ? `{${min},}` : ''}${gap > 0 ? `(${setText(view, table, gap)})` : ''}`;

/** Bytes of a gap: those that do not break it, or all but those that do, whichever are fewer. */
const setText = (view: DataView, table: number, gap: number): string => {
  const breaks = Array.from(
    { length: 256 },
    (_, byte) => ((view.getUint16(table + SUBSTRINGS.masks + byte * 2, true) >> (gap - 1)) & 1) === 1,
  );
  const broken = breaks.filter(Boolean).length;
  const few = String.fromCharCode(...breaks.flatMap((b, byte) => (b === broken <= 128 ? [byte] : [])));
  return `${broken <= 128 ? 'without' : 'of'} ${quoted(few)}`;
};
