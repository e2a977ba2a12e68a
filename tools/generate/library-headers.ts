/** Structs that the guard shares with its libraries, in C. */
import { NO_CALL, OPENED, OPENED_EVENTS } from '../../shim/opens/layout.ts';
import { OPERATION, OPERATIONS, PATH_ROOM } from '../../shim/performer/layout.ts';
import { define, message } from './c-header.ts';
import { constantName, GENERATED, type Target } from './target.ts';

const header = (path: string, guard: string, lines: readonly string[]): Target => ({
  path,
  text: [
    `/* ${GENERATED} */`,
    `#ifndef ${guard}`,
    `#define ${guard}`,
    '',
    '#include <linux/types.h>',
    '',
    ...lines,
    '',
    '#endif',
    '',
  ].join('\n'),
});

/** @returns `shim/performer/generated/operation.h` and `shim/opens/generated/opened.h` */
export const libraryHeaders = (): readonly Target[] => [
  header('shim/performer/generated/operation.h', 'LICTOR_OPERATION_H', [
    define('LICTOR_PATH_ROOM', PATH_ROOM),
    ...OPERATIONS.map((name, i) => define(constantName('LICTOR_OPERATION', name), i + 1)),
    ...message(['operation', OPERATION]),
  ]),
  header('shim/opens/generated/opened.h', 'LICTOR_OPENED_H', [
    define('LICTOR_NO_CALL', `0x${NO_CALL.toString(16)}`),
    ...OPENED_EVENTS.map((name, i) => define(constantName('LICTOR_OPENED', name), i)),
    ...message(['opened', OPENED]),
  ]),
];
