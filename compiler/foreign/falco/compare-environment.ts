/** Comparisons of `proc.env`: Falco joins the entries by blanks, ours are a list. */
import { not, regexOf, some, test, type Condition } from '../condition.ts';
import { textsOf, type Comparison, type Context, type Said } from './comparison.ts';
import { anySubject, fieldSubject, oneOfThem, pattern } from './say.ts';

/** A text that could reach from one entry into the next cannot be asked for; nor can what all entries are together. */
export function compareEnvironment(list: string, { op, values }: Comparison, context: Context): Said {
  const entry = anySubject(list);
  if (op === 'exists') return entry.exists;
  const texts = textsOf(values);
  if (texts.some((text) => text.includes(' '))) return null;
  switch (op) {
    case 'contains':
    case 'icontains':
      return texts.includes('') ? entry.exists : oneOfThem(entry, op, values, context);
    case 'startswith':
      return texts.includes('') ? entry.exists : oneOfThem(fieldSubject(`${list}[0]`), op, values, context);
    case 'glob':
    case 'iglob': {
      const parts = texts.map((text) => /^\*+([^*?[\]\\]+)\*+$/.exec(text)?.[1]);
      const found = parts.filter((part) => part !== undefined);
      if (found.length < parts.length) return null;
      const contains = op === 'glob' ? 'contains' : 'icontains';
      return oneOfThem(entry, contains, { texts: found, lists: [] }, context);
    }
    default:
      return null;
  }
}

/** The value of one variable, which is empty where the variable is not set. */
export function compareVariable(list: string, name: string, { op, values }: Comparison, context: Context): Said {
  const entry = anySubject(list);
  const { exists } = entry;
  if (op === 'exists') return exists;
  const texts = textsOf(values);
  const unset = not(test(entry.say(`matches ${pattern(`(?s)${regexOf(name)}=.+`)}`)));
  const equal = (): Condition => {
    const set = { ...values, texts: values.texts.filter((text) => text !== '') };
    return some([
      oneOfThem(entry, 'in', set, context, (text) => `${name}=${text}`, name),
      ...(texts.includes('') ? [unset] : []),
    ]);
  };
  const matches = (of: (text: string) => string): Condition =>
    some(texts.map((text) => test(entry.say(`matches ${pattern(`(?s)${regexOf(name)}=${of(regexOf(text))}`)}`))));
  switch (op) {
    case '=':
    case '==':
    case 'in':
    case 'intersects':
      return equal();
    case '!=':
      return not(equal());
    case 'contains':
      return texts.includes('') ? exists : matches((text) => `.*${text}.*`);
    case 'endswith':
      return texts.includes('') ? exists : matches((text) => `.*${text}`);
    case 'startswith':
      return texts.includes('') ? exists : oneOfThem(entry, op, values, context, (text) => `${name}=${text}`, name);
    default:
      return null;
  }
}
