/** Resources of Terraform's provider as the API has them: other names, and blocks that may stand once or in a list. */
import { diagnose, nearest } from '../../diagnostics/index.ts';
import type { Located, LocatedMap, LocatedScalar } from '../../document/located.ts';
import type { Report } from '../../schema/read.ts';
import { isMap } from '../read.ts';
import { RESOURCES, type Names } from './terraform-names.ts';

export interface Resource {
  readonly type: string;
  /** `TYPE.LABEL`, by what other resources name it. */
  readonly key: string;
  readonly body: LocatedMap;
}

export const PREFIX = 'prismacloudcompute_';

/** Resources of the provider in a document of Terraform's JSON; of others nothing is said. */
export function resourcesOf(root: LocatedMap, report: Report): readonly Resource[] {
  const types = entriesOf(root, 'resource').filter(({ key }) => key.text.startsWith(PREFIX));
  return types.flatMap(({ key: { text: type, span }, value }) => {
    const names = Object.hasOwn(RESOURCES, type) ? RESOURCES[type] : undefined;
    if (names === undefined) {
      report(diagnose('L5003', `resources of type \`${type}\` are no runtime policies`, span, 'they are ignored'));
      return [];
    }
    return (isMap(value) ? value.entries : []).flatMap(({ key, value: bodies }) =>
      (bodies.is === 'list' ? bodies.items : [bodies])
        .filter(isMap)
        .map((body) => ({ type, key: `${type}.${key.text}`, body: renamed(body, names, report) })),
    );
  });
}

/** The resource that a text such as `${TYPE.LABEL.ATTRIBUTE}` names; other texts stay. */
export const referenceOf = (text: string): string =>
  /^\$\{\s*(prismacloudcompute_\w+\.[\w-]+)(?:\[\d+\])?\.\w+\s*\}$/.exec(text)?.[1] ?? text;

const entriesOf = (map: LocatedMap, key: string): LocatedMap['entries'] => {
  const found = map.entries.find((entry) => entry.key.text === key)?.value;
  return found !== undefined && isMap(found) ? found.entries : [];
};

function renamed(map: LocatedMap, names: Names, report: Report): LocatedMap {
  let made: LocatedMap = { ...map, entries: [] };
  for (const { key, value } of map.entries) {
    const name = Object.hasOwn(names, key.text) ? names[key.text] : undefined;
    if (name === undefined) {
      const near = nearest(key.text, Object.keys(names));
      report(
        diagnose(
          'L5002',
          `unknown key \`${key.text}\``,
          key.span,
          near === null ? 'it is ignored' : `did you mean \`${near}\`?`,
        ),
      );
      continue;
    }
    const { to, of, many } = typeof name === 'string' ? { to: name, of: undefined, many: false } : name;
    const inner = of === undefined ? value : block(value, of, many === true, report);
    for (const path of to.split(' ').filter(Boolean)) made = placed(made, path.split('.'), key, inner);
  }
  return made;
}

/** A block that may stand several times is a list; any other one is the map, with or without a list around it. */
function block(value: Located, names: Names, many: boolean, report: Report): Located {
  const items = value.is === 'list' ? value.items : [value];
  const made = items.map((item) => (isMap(item) ? renamed(item, names, report) : item));
  if (many) return { is: 'list', items: made, span: value.span };
  return made.length === 1
    ? made[0]
    : value.is === 'list' && made.length === 0
      ? { is: 'map', entries: [], span: value.span }
      : value;
}

/** The map with a value at a path: maps on the way are made. Keys keep the place of what is written. */
function placed(map: LocatedMap, [name, ...rest]: readonly string[], key: LocatedScalar, value: Located): LocatedMap {
  const there = map.entries.find((entry) => entry.key.text === name);
  const empty: LocatedMap = { is: 'map', entries: [], span: key.span };
  const below = there !== undefined && isMap(there.value) ? there.value : empty;
  const inner = rest.length === 0 ? value : placed(below, rest, key, value);
  const entry = { key: { ...key, value: name, text: name }, value: inner };
  return { ...map, entries: [...map.entries.filter((one) => one !== there), entry] };
}
