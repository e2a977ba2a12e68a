/**
 * Nanoseconds an event against the number of rules, both by powers of ten, as SVG. Lines differ by marker, dash and label,
 * so that no colour needs to be told apart; the text of the figure is said in its description.
 */
import { power } from './tables.ts';

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [rules: number, ns: number])[];
}

const WIDTH = 960;
const HEIGHT = 600;
const LEFT = 76;
const RIGHT = 800;
const TOP = 24;
const BOTTOM = 540;
const LABEL_GAP = 17;

/** Colours that stay apart in the common forms of colour blindness (Okabe and Ito, 2008), on white. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#7a5c00', '#000000', '#595959'];
const DASHES = ['', '6 3', '2 3', '9 3 2 3'];
/** Outlines around the origin. */
const MARKERS = [
  '<circle r="4.5"/>',
  '<rect x="-4" y="-4" width="8" height="8"/>',
  '<path d="M0-5.5 5 4-5 4Z"/>',
  '<path d="M0-6 6 0 0 6-6 0Z"/>',
  '<path d="M0 5.5 5-4-5-4Z"/>',
  '<path d="M-4.5-4.5 4.5 4.5M-4.5 4.5 4.5-4.5"/>',
  '<path d="M0-6V6M-6 0H6"/>',
  '<path d="M-5-3V3L0 6 5 3V-3L0-6Z"/>',
];

const exponents = (values: readonly number[]): readonly [low: number, high: number] => [
  Math.floor(Math.log10(Math.min(...values))),
  Math.ceil(Math.log10(Math.max(...values))),
];

const scale =
  ([low, high]: readonly [number, number], from: number, to: number) =>
  (value: number): number =>
    from + ((Math.log10(value) - low) / Math.max(1, high - low)) * (to - from);

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const at = (value: number): string => value.toFixed(1);

/** Labels that would lie on each other move apart, in the order of their lines. */
const spread = (wanted: readonly number[]): number[] => {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const placed: number[] = [...wanted];
  for (let k = 1; k < order.length; k++)
    placed[order[k]] = Math.max(placed[order[k]], placed[order[k - 1]] + LABEL_GAP);
  const over = placed[order.at(-1)!] - BOTTOM;
  for (let k = order.length - 1; over > 0 && k >= 0; k--) {
    const limit = k === order.length - 1 ? BOTTOM : placed[order[k + 1]] - LABEL_GAP;
    placed[order[k]] = Math.min(placed[order[k]], limit);
  }
  return placed;
};

/** @param lines in the order of their markers */
export const plot = (title: string, lines: readonly Line[]): string => {
  const points = lines.flatMap((line) => line.points);
  const columns = exponents(points.map(([rules]) => rules));
  const rows = exponents(points.map(([, ns]) => ns));
  const x = scale(columns, LEFT, RIGHT);
  const y = scale(rows, BOTTOM, TOP);
  const ends = lines.map((line) => line.points.at(-1)!);
  const labels = spread(ends.map(([, ns]) => y(ns)));
  const said = lines.map(
    ({ name, points: own }) => `${name}: ${own.map(([n, ns]) => `${ns.toFixed(0)} at ${n}`).join(', ')}`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">Nanoseconds an event by number of rules. ${escaped(said.join('; '))}.</desc>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    '<g font-family="sans-serif" font-size="13" fill="#222">',
    ...grid(columns, rows, x, y),
    ...lines.map((line, i) => curve(line, i, x, y, labels[i])),
    `<text x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 16}" text-anchor="middle">rules</text>`,
    `<text transform="translate(18 ${(TOP + BOTTOM) / 2}) rotate(-90)" text-anchor="middle">nanoseconds an event</text>`,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
};

type Scale = (value: number) => number;

const grid = (columns: readonly [number, number], rows: readonly [number, number], x: Scale, y: Scale): string[] => {
  const found: string[] = [];
  for (let e = rows[0]; e <= rows[1]; e++) {
    for (const part of e === rows[1] ? [1] : [1, 2, 5]) {
      const ns = part * 10 ** e;
      const stroke = part === 1 ? '#999' : '#ddd';
      found.push(`<path d="M${LEFT} ${at(y(ns))}H${RIGHT}" stroke="${stroke}"/>`);
      found.push(`<text x="${LEFT - 6}" y="${at(y(ns) + 4)}" text-anchor="end">${ns}</text>`);
    }
  }
  for (let e = columns[0]; e <= columns[1]; e++) {
    found.push(`<path d="M${at(x(10 ** e))} ${TOP}V${BOTTOM}" stroke="#ddd"/>`);
    found.push(`<text x="${at(x(10 ** e))}" y="${BOTTOM + 20}" text-anchor="middle">${power(10 ** e)}</text>`);
  }
  return found;
};

const curve = ({ name, points }: Line, i: number, x: Scale, y: Scale, label: number): string => {
  const colour = COLOURS[i % COLOURS.length];
  const dash = DASHES[Math.floor(i / COLOURS.length) % DASHES.length];
  const marker = MARKERS[(i + Math.floor(i / MARKERS.length)) % MARKERS.length];
  const path = points.map(([n, ns], k) => `${k === 0 ? 'M' : 'L'}${at(x(n))} ${at(y(ns))}`).join('');
  const [lastRules, lastNs] = points.at(-1)!;
  return [
    `<g stroke="${colour}" fill="none" stroke-width="1.8">`,
    `<path d="${path}"${dash && ` stroke-dasharray="${dash}"`}/>`,
    `<path d="M${at(x(lastRules) + 7)} ${at(y(lastNs))}L${RIGHT + 12} ${at(label)}" stroke-width="0.7"/>`,
    ...points.map(([n, ns]) => `<g transform="translate(${at(x(n))} ${at(y(ns))})" fill="#fff">${marker}</g>`),
    `<g transform="translate(${RIGHT + 20} ${at(label)})" fill="#fff">${marker}</g>`,
    `<text x="${RIGHT + 30}" y="${at(label + 4)}" fill="#222" stroke="none">${escaped(name)}</text>`,
    '</g>',
  ].join('');
};
