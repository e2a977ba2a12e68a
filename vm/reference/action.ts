/** Actions: which of them fail the operation, and which of two is stricter. */
import { ACTIONS, type Action } from '../spec/verdict.ts';

/** Whether the operation fails: `deny`, `kill`, `isolate`, `stop`. */
export const failing = (action: Action): boolean => action !== 'allow' && action !== 'audit';

export const stricter = (action: Action, than: Action): boolean => ACTIONS.indexOf(action) > ACTIONS.indexOf(than);
