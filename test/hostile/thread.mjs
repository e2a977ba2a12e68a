// A thread does not inherit the loader of TypeScript: register it, then go on there.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
