/** L51xx: what was written for KubeArmor. */
import type { CatalogueEntry } from './catalogue.ts';

export const KUBEARMOR_CODES = {} as const satisfies Record<string, CatalogueEntry>;
