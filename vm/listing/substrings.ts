/** What a table of substrings looks for, as people read it: texts with `…` for what may stand between them. */
import { STAGE, STAGE_USER, SUBSTRING_FLAGS, SUBSTRING_TEXT, SUBSTRINGS } from '../spec/index.ts';
import { quoted } from './quoted.ts';

/** What leads to a stage. */
interface Lead {
  readonly from: number;
  readonly texts: string[];
  /** Texts at which the gap behind begins anew. */
  readonly again: string[];
}

/** The sequence of each class. */
export const substringKeys = (view: DataView, table: number): Map<number, string> => {
  const u32 = (at: number): number => view.getUint32(at, true);
  const width = u32(table + SUBSTRINGS.classes);
  const slots = table + SUBSTRINGS.pairs + width * width * SUBSTRINGS.pair;
  const texts = slots + u32(table + SUBSTRINGS.slots) * SUBSTRINGS.slot;
  const stages = texts + u32(table + SUBSTRINGS.texts) * SUBSTRING_TEXT.size;
  const users = stages + u32(table + SUBSTRINGS.stages) * STAGE.size;
  const text = (user: number): string => {
    const row = texts + u32(user + STAGE_USER.text) * SUBSTRING_TEXT.size;
    const at = u32(row + SUBSTRING_TEXT.text);
    const flags = view.getUint16(row + SUBSTRING_TEXT.flags, true);
    const bytes = Buffer.from(view.buffer, view.byteOffset + at + 4, u32(at)).toString('latin1');
    const [begin, end] = [flags & SUBSTRING_FLAGS.begin ? '^' : '', flags & SUBSTRING_FLAGS.end ? '$' : ''];
    return `${begin}${bytes === '' ? '' : quoted(bytes)}${end}`;
  };
  const leads = new Map<number, Lead>();
  for (let i = 0; i < u32(table + SUBSTRINGS.users); i++) {
    const user = users + i * STAGE_USER.size;
    const [from, to] = [u32(user + STAGE_USER.from), u32(user + STAGE_USER.to)];
    const lead = leads.get(to) ?? { from, texts: [], again: [] };
    leads.set(
      to,
      from === to
        ? { ...lead, again: [...lead.again, text(user)] }
        : { ...lead, from, texts: [...lead.texts, text(user)] },
    );
  }
  /** A sequence up to a stage, which comes after the one before it. */
  const printed = (stage: number): string => {
    const { from, texts } = leads.get(stage)!;
    const before = from < stage ? `${printed(from)} ${behind(from)} ` : '';
    return before + texts.join(' or ');
  };
  const behind = (stage: number): string => {
    const row = stages + stage * STAGE.size;
    const [min, max] = [view.getUint16(row + STAGE.min, true), view.getUint8(row + STAGE.max)];
    const gap = view.getUint8(row + STAGE.gap);
    const again = leads.get(stage)!.again;
    const count = min > 0 || max > 0 ? `{${min},${max > 0 ? max - 1 : ''}}` : '';
    const bytes = gap > 0 ? setText(view, table, gap) : '';
    const anew = again.length > 0 ? `again behind ${again.join(' or ')}` : '';
    const inside = [bytes, anew].filter(Boolean).join(', ');
    return `…${count}${inside === '' ? '' : `(${inside})`}`;
  };
  const found = new Map<number, string>();
  for (let i = 0; i < u32(table + SUBSTRINGS.stages); i++) {
    const row = stages + i * STAGE.size;
    const value = u32(row + STAGE.class);
    if (value === SUBSTRINGS.none) continue;
    const whole = view.getUint8(row + STAGE.gap);
    found.set(value, printed(i) + (whole ? `, all of it ${setText(view, table, whole)}` : ''));
  }
  return found;
};

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
