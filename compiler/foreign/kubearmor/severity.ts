/** KubeArmor counts severities from 1 to 10; ours are five. */
import { SEVERITIES } from '../../../vm/spec/verdict.ts';

/** 1 and 2 are `info`, 3 and 4 `low`, 5 and 6 `medium`, 7 and 8 `high`, 9 and 10 `critical`. */
export const severityOf = (severity: number): string => SEVERITIES[Math.ceil(severity / 2) - 1];
