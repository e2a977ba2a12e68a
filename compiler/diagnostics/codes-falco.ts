/** L52xx: what was written for Falco. */
import type { CatalogueEntry } from './catalogue.ts';

export const FALCO_CODES = {
  L5201: {
    title: 'rules that Falco does not load',
    severity: 'error',
    text: 'An item refers to what is not there or contradicts itself. Falco refuses the file with `LOAD_ERR_VALIDATE`.',
  },
  L5202: {
    title: 'condition that Falco does not compile',
    severity: 'error',
    text: 'The condition does not follow the grammar, or names a field, an event or a value that Falco does not have. Falco refuses the file with `LOAD_ERR_COMPILE_CONDITION`.',
  },
  L5203: {
    title: 'field of Falco that events here do not have',
    severity: 'warning',
    text: 'A comparison with it is false, as it is in Falco where a field cannot be extracted; under `not` it is true, so a rule may say more than it does there. `--foreign falco.unknown-fields=refuse` makes it an error.',
  },
  L5204: {
    title: 'rule of Falco that can never match',
    severity: 'warning',
    text: 'For no kind of event is its condition anything but false. It is left out, and named in the annotation `falco.never` of the policy.',
  },
  L5205: {
    title: 'rule of Falco left out',
    severity: 'warning',
    text: 'Falco leaves it out as well: its source is none that is loaded (`LOAD_UNKNOWN_SOURCE`), or it says `skip-if-unknown-filter` and its condition does not compile (`LOAD_UNKNOWN_FILTER`).',
  },
  L5206: {
    title: 'rule of Falco for every event',
    severity: 'warning',
    text: 'The condition does not say which events it is about (`evt.type`), so every operation and every system call is held against it (`LOAD_NO_EVTTYPE`). Add an `evt.type` that must hold.',
  },
  L5207: {
    title: 'deprecated in Falco',
    severity: 'warning',
    text: 'It is read as Falco reads it (`LOAD_DEPRECATED_ITEM`). Use `override`.',
  },
  L5208: {
    title: 'macro or list of Falco that nothing uses',
    severity: 'warning',
    text: 'It is left out (`LOAD_UNUSED_MACRO`, `LOAD_UNUSED_LIST`).',
  },
  L5209: {
    title: 'exception of a Falco rule that is not what it seems',
    severity: 'warning',
    text: 'Two exceptions of a rule have one name (`LOAD_EXCEPTION_NAME_NOT_UNIQUE`), or values are appended and there are none (`LOAD_APPEND_NO_VALUES`).',
  },
  L5210: {
    title: 'comparison of Falco that cannot be said here',
    severity: 'warning',
    text: 'The expression language has nothing for this operator, function or value with this field. The comparison counts as false, as if the field were not there. `--foreign falco.unknown-fields=refuse` makes it an error.',
  },
} as const satisfies Record<string, CatalogueEntry>;
