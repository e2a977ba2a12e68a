/** The systems whose policies are read. */
import type { Located } from '../document/located.ts';
import { FALCO } from './falco/index.ts';
import { KUBEARMOR } from './kubearmor/index.ts';
import { PRISMA } from './prisma/index.ts';
import { QUALYS } from './qualys/index.ts';
import type { System } from './system.ts';
import { TETRAGON } from './tetragon/index.ts';
import { TREND } from './trend/index.ts';

/** In the order in which they are asked whether a document is theirs. Trend's custom rules are rules of Falco and more. */
export const SYSTEMS: readonly System[] = [KUBEARMOR, TETRAGON, TREND, FALCO, PRISMA, QUALYS];

/** @returns the system of a document, undefined where no system knows it */
export const systemOf = (root: Located): System | undefined => SYSTEMS.find((system) => system.recognises(root));

/** @returns the system whose sources are texts and end like this path */
export const systemOfText = (path: string): System | undefined =>
  SYSTEMS.find(({ texts }) => texts !== undefined && path.endsWith(texts));
