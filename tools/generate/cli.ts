/** docs/cli.md: the manual of the commands, from their own definitions. */
import { cliReference } from '../../cli/reference.ts';
import type { Target } from './target.ts';

export const cli = async (): Promise<Target> => ({ path: 'docs/cli.md', text: await cliReference() });
