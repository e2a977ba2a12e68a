/** Colours by meaning. Every text says the same without them. */
import { styleText } from 'node:util';

const STYLES = {
  strong: ['bold'],
  faint: ['dim'],
  good: ['green'],
  warn: ['yellow'],
  bad: ['red', 'bold'],
  name: ['cyan'],
} as const;

export type Style = Readonly<Record<keyof typeof STYLES, (text: string) => string>>;

const PLAIN = Object.fromEntries(Object.keys(STYLES).map((name) => [name, (text: string) => text])) as Style;
const COLOURED = Object.fromEntries(
  Object.entries(STYLES).map(([name, format]) => [
    name,
    (text: string) => (text === '' ? '' : styleText([...format], text, { validateStream: false })),
  ]),
) as Style;

/** @returns the styles of a stream: real ones if `colours`, else texts unchanged */
export const styleFor = (colours: boolean): Style => (colours ? COLOURED : PLAIN);

/**
 * @param when `--color`
 * @param terminal whether the stream is a terminal
 * @param env NO_COLOR (no-color.org: set and not empty) and TERM=dumb turn `auto` off
 */
export const wantsColour = (when: 'auto' | 'always' | 'never', terminal: boolean, env: NodeJS.ProcessEnv): boolean =>
  when === 'always' || (when === 'auto' && terminal && !env.NO_COLOR && env.TERM !== 'dumb');

/** The style of an action or effect. */
export const ofAction = (style: Style, action: string): ((text: string) => string) =>
  action === 'allow' ? style.good : action === 'audit' ? style.warn : style.bad;
