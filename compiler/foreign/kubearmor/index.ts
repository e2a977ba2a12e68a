/** KubeArmor: its documents, and what they mean. */
import type { System } from '../system.ts';

export const KUBEARMOR: System = {
  name: 'kubearmor',
  title: 'KubeArmor',
  options: {},
  recognises: () => false,
  lower: () => [],
};
