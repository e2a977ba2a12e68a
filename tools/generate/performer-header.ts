/** The operation that the performer and the guard share, in C. */
import { OPERATION, OPERATIONS, PATH_ROOM } from '../../shim/performer/layout.ts';
import { define, message } from './c-header.ts';
import { constantName, GENERATED, type Target } from './target.ts';

/** @returns `shim/performer/generated/operation.h` */
export const performerHeader = (): Target => ({
  path: 'shim/performer/generated/operation.h',
  text: [
    `/* ${GENERATED} */`,
    '#ifndef LICTOR_OPERATION_H',
    '#define LICTOR_OPERATION_H',
    '',
    '#include <linux/types.h>',
    '',
    define('LICTOR_PATH_ROOM', PATH_ROOM),
    ...OPERATIONS.map((name, i) => define(constantName('LICTOR_OPERATION', name), i + 1)),
    ...message(['operation', OPERATION]),
    '',
    '#endif',
    '',
  ].join('\n'),
});
