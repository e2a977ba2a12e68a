/** Comparisons of texts. A field that is absent makes every one of them false, `!=` too. */
import { toBytes } from '../../expression/bytes.ts';
import { ALWAYS, NEVER, all, globOf, not, quoted, regexOf, some, test, type Condition } from '../condition.ts';
import { textsOf, type Comparison, type Context, type Said, type Values } from './comparison.ts';
import { anySubject, chosen, fieldSubject, globTest, oneOfThem, pattern, type Subject } from './say.ts';

/** Falco's `proc.name` is the comm, which the kernel cuts after 15 bytes. */
const COMM = 15;
const isCut = (name: string): boolean => toBytes(name).length === COMM;

export function compareText(operand: string, comparison: Comparison, context: Context): Said {
  return compareSubject(fieldSubject(operand), comparison, context);
}

export const compareAnyText = (list: string, comparison: Comparison, context: Context): Said =>
  compareSubject(anySubject(list), comparison, context);

function compareSubject(subject: Subject, { op, values }: Comparison, context: Context): Said {
  const { say, exists } = subject;
  const texts = textsOf(values);
  switch (op) {
    case 'exists':
      return exists;
    case '=':
    case '==':
    case 'in':
    case 'intersects':
      return oneOfThem(subject, 'in', values, context);
    case '!=':
      return all([exists, ...texts.map((text) => test(say(`!= ${quoted(text)}`)))]);
    case 'contains':
    case 'icontains':
    case 'startswith':
    case 'endswith':
      return texts.includes('') ? exists : oneOfThem(subject, op, values, context);
    case 'glob':
    case 'iglob':
      return patterns(subject, texts, (text) => globTest(text, op === 'iglob'));
    case 'regex':
      return patterns(subject, texts, (text) => `matches ${pattern(text)}`);
    case 'pmatch':
      return prefixes(subject, values, context);
    default:
      return null;
  }
}

function patterns({ say }: Subject, texts: readonly string[], of: (text: string) => string | null): Said {
  const tests = texts.map(of);
  if (tests.includes(null)) return null;
  return some(tests.map((one) => test(say(one ?? ''))));
}

/** Paths and what is below them; in each component `*`, `?` and sets may stand for something. */
function prefixes(subject: Subject, values: Values, context: Context): Condition {
  const isGlob = (path: string): boolean => /[*?[]/.test(path);
  const globs = textsOf(values)
    .filter(isGlob)
    .map((path) => path.replace(/\/+$/, '').replace(/[{}]/g, '\\$&'));
  const plain = oneOfThem(
    subject,
    'within',
    chosen(values, (path) => !isGlob(path)),
    context,
  );
  const wild = globs.map((glob) => test(subject.say(`glob (${quoted(glob)}, ${quoted(`${glob}/**`)})`)));
  return some([plain, ...wild]);
}

/** The name of a program, as a field of ours that has the whole name. */
export function compareProgram(operand: string, comparison: Comparison, context: Context): Said {
  const subject = fieldSubject(operand);
  const { op, values } = comparison;
  const equal = (): Condition =>
    some([
      oneOfThem(
        subject,
        'in',
        chosen(values, (name) => !isCut(name)),
        context,
      ),
      oneOfThem(subject, 'startswith', chosen(values, isCut), context, undefined, 'cut'),
    ]);
  if (['=', '==', 'in', 'intersects'].includes(op)) return equal();
  if (op === '!=' && textsOf(values).some(isCut)) return all([subject.exists, not(equal())]);
  return compareSubject(subject, comparison, context);
}

/** The name of a program, as the last component of a path; of any path of a list. */
export function compareProgramOfPath(operand: string, any: boolean, comparison: Comparison, context: Context): Said {
  const subject = any ? anySubject(operand) : fieldSubject(operand);
  const { op, values } = comparison;
  const texts = textsOf(values);
  const globs = (of: (name: string) => string, fold = ''): Condition =>
    some(texts.map((name) => test(subject.say(`${fold}glob ${quoted(of(globOf(name)))}`))));
  if (texts.some((text) => text.includes('/'))) return op === '!=' ? subject.exists : NEVER;
  const whole = chosen(values, (name) => !isCut(name));
  const equal = (): Condition =>
    some([
      oneOfThem(subject, 'endswith', whole, context, (name) => `/${name}`, 'paths'),
      oneOfThem(subject, 'glob', chosen(values, isCut), context, (name) => `**/${globOf(name)}*`, 'globs'),
    ]);
  switch (op) {
    case 'exists':
      return subject.exists;
    case '=':
    case '==':
    case 'in':
    case 'intersects':
      return equal();
    case '!=':
      return any
        ? some(
            texts.map((name) => test(subject.say(`not glob ${quoted(`**/${globOf(name)}${isCut(name) ? '*' : ''}`)}`))),
          )
        : all([subject.exists, not(equal())]);
    case 'startswith':
      return globs((name) => `**/${name}*`);
    case 'contains':
      return globs((name) => `**/*${name}*`);
    case 'icontains':
      return globs((name) => `**/*${name}*`, 'i');
    case 'endswith':
      return globs((name) => `**/*${name}`);
    default:
      return null;
  }
}

/** The arguments: the command line without its first word. */
export function compareArguments({ op, values }: Comparison): Said {
  const exists = test('exists(proc.cmdline)');
  const one = (fold: string, of: (text: string) => string): Condition =>
    some(textsOf(values).map((text) => test(`proc.cmdline ${fold}matches ${pattern(`(?s)${of(regexOf(text))}`)}`)));
  const equal = (): Condition => one('', (text) => (text === '' ? '[^ ]*' : `[^ ]* ${text}`));
  switch (op) {
    case 'exists':
      return exists;
    case '=':
    case '==':
    case 'in':
    case 'intersects':
      return equal();
    case '!=':
      return all([exists, not(equal())]);
    case 'contains':
      return one('', (text) => `[^ ]* .*${text}.*`);
    case 'icontains':
      return one('i', (text) => `[^ ]* .*${text}.*`);
    case 'startswith':
      return one('', (text) => `[^ ]* ${text}.*`);
    case 'endswith':
      return one('', (text) => `[^ ]* .*${text}`);
    default:
      return null;
  }
}

/** A directory, which Falco writes with a slash at its end. */
export function compareDirectory(operand: string, { op, values, span }: Comparison, context: Context): Said {
  const bare = (text: string): string => (text.length > 1 ? text.replace(/\/$/, '') : text);
  const within = (text: string): Condition => test(`${operand} within ${quoted(bare(text))}`);
  const texts = textsOf(values);
  if (op === 'startswith')
    return some(
      texts.map((text) => (text.endsWith('/') ? within(text) : test(`${operand} startswith ${quoted(text)}`))),
    );
  if (
    !['=', '==', '!=', 'in', 'intersects', 'endswith', 'exists', 'pmatch'].includes(op) &&
    texts.some((text) => text.endsWith('/'))
  )
    return null;
  return compareText(operand, { op, values: { texts: texts.map(bare), lists: [] }, span }, context);
}

/** The image without tag and digest, of ours that has them. */
export function compareRepository({ op, values }: Comparison, context: Context): Said {
  const image = fieldSubject('container.image');
  const TAG = '([:@][^/]*)?';
  const texts = textsOf(values);
  const equal = (): Condition =>
    oneOfThem(image, 'glob', values, context, (text) => `${globOf(text)}{,[:@]*}`, 'images');
  /** What stands before a part of the repository: no tag, unless the part has a slash, which tags have not. */
  const before = (text: string): string => (text.includes('/') ? '.*' : '(.*/)?[^:@/]*');
  const matches = (fold: string, of: (text: string) => string): Condition =>
    some(texts.map((text) => test(`container.image ${fold}matches ${pattern(of(text))}`)));
  const ending = (text: string): string => `${before(text)}${regexOf(text)}${TAG}`;
  const part = (text: string): string => `.*${regexOf(text)}.*/.*|${before(text)}${regexOf(text)}[^:@/]*${TAG}`;
  /** What could be a tag, or its beginning, would be one in the image. */
  const tagged = texts.some((text) => /[:@][^/]*$/.test(text));
  switch (op) {
    case 'exists':
      return image.exists;
    case '=':
    case '==':
    case 'in':
    case 'intersects':
      return equal();
    case '!=':
      return all([image.exists, not(equal())]);
    case 'startswith':
      return tagged ? null : oneOfThem(image, 'startswith', values, context);
    case 'endswith':
      return tagged ? null : matches('', ending);
    case 'contains':
      return tagged ? null : matches('', part);
    case 'icontains':
      return tagged ? null : matches('i', part);
    default:
      return null;
  }
}

/** A field that says `host` where ours is absent. */
export function compareOrHost(operand: string, { op, values, span }: Comparison, context: Context): Said {
  const exists = test(`exists(${operand})`);
  if (op === 'exists') return ALWAYS;
  const texts = textsOf(values);
  const others = chosen(values, (text) => text !== 'host');
  if (['=', '==', 'in', 'intersects'].includes(op))
    return some([
      oneOfThem(fieldSubject(operand), 'in', others, context),
      texts.includes('host') ? not(exists) : NEVER,
    ]);
  if (op === '!=') return all(texts.map((text) => (text === 'host' ? exists : test(`${operand} != ${quoted(text)}`))));
  const inside = compareText(operand, { op, values, span }, context);
  if (inside === null) return null;
  const outside = { contains: 'includes', startswith: 'startsWith', endswith: 'endsWith' } as const;
  if (!(op in outside)) return null;
  const holds = texts.some((text) => 'host'[outside[op as keyof typeof outside]](text));
  return some([inside, holds ? not(exists) : NEVER]);
}
