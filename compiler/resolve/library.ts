/** Libraries to environments: what the expressions of a build may refer to. */
import {
  checkMacro,
  type Environment,
  type ListDefinition,
  type MacroDefinition,
  type ParameterDefinition,
} from '../check/index.ts';
import { diagnose, nearest } from '../diagnostics/index.ts';
import { isKeyword, parseExpression, type ExprNode } from '../expression/index.ts';
import type { Located } from '../document/located.ts';
import type { BundleDocument, LibraryDocument, LibraryRuleBody } from '../schema/documents.ts';
import type { Report } from '../schema/read.ts';
import type { Text } from '../schema/shape.ts';
import { Names } from './names.ts';
import { valueOf, valueOfText, type ParameterType } from './parameters.ts';

export interface Libraries {
  /** The environment of rules with these kinds (ids, ascending); the same object for the same kinds. */
  environment(kinds: readonly number[]): Environment;
  readonly rules: Names<LibraryRuleBody>;
}

/**
 * @param libraries those that are built in
 * @param set values of `--set`, which win over the Bundle's, which win over defaults
 * @param incomplete sources are missing: a parameter that is not known is not reported
 */
export function resolveLibraries(
  libraries: readonly LibraryDocument[],
  bundle: BundleDocument | undefined,
  set: Readonly<Record<string, string>>,
  incomplete: boolean,
  report: Report,
): Libraries {
  const lists = new Names<ListDefinition>('list');
  const macros = new Names<MacroDefinition>('macro');
  const declared = new Names<Declared>('parameter');
  const rules = new Names<LibraryRuleBody>('library rule');

  for (const { spec } of libraries) {
    for (const { key, value } of spec.lists?.value ?? []) {
      usable(key, report);
      lists.add(key, { values: value.value.map((member) => member.value), span: key.span }, report);
    }
    for (const { key, value } of spec.macros?.value ?? []) {
      usable(key, report);
      macros.add(key, { node: parse(value, report), span: key.span }, report);
    }
    for (const { key, value } of spec.parameters?.value ?? []) {
      const { type } = value;
      const fallback =
        value.default === undefined || type.missing ? null : valueOf(type.value, value.default, key.span, report);
      declared.add(key, { type: type.value, hasDefault: value.default !== undefined, fallback }, report);
    }
    for (const { key, value } of spec.rules?.value ?? []) rules.add(key, value, report);
  }

  const given = bundle?.spec.parameters?.value ?? [];
  for (const { key } of given) declared.find(key, 'L1205', incomplete, report);
  for (const name of Object.keys(set)) {
    if (declared.get(name) !== undefined || incomplete) continue;
    const near = nearest(name, declared.names());
    const help = near === null ? null : `did you mean \`${near}\`?`;
    report(diagnose('L1205', `\`--set ${name}\`: there is no parameter \`${name}\``, null, help));
  }
  const parameters = new Map<string, ParameterDefinition>();
  for (const [name, one] of declared) {
    const chosen = given.find(({ key }) => key.value === name.value);
    parameters.set(name.value, choose(name, one, chosen, set, report));
  }

  const environments = new Map<string, Environment>();
  const environment = (kinds: readonly number[]): Environment => {
    const key = kinds.join();
    let found = environments.get(key);
    if (found === undefined) {
      found = {
        list: (name) => lists.get(name),
        macro: (name) => macros.get(name),
        parameter: (name) => parameters.get(name),
        names: (sort) => (sort === 'list' ? lists.names() : sort === 'macro' ? macros.names() : parameters.keys()),
        kinds,
      };
      environments.set(key, found);
    }
    return found;
  };
  // A macro is judged even where nothing uses it.
  for (const [name] of macros) checkMacro(name.value, environment([])).forEach(report);
  return { environment, rules };
}

interface Declared {
  readonly type: ParameterType;
  readonly hasDefault: boolean;
  readonly fallback: ParameterDefinition | null;
}

function choose(
  name: Text,
  declared: Declared,
  chosen: { readonly key: Text; readonly value: Located } | undefined,
  set: Readonly<Record<string, string>>,
  report: Report,
): ParameterDefinition {
  const { type, fallback, hasDefault } = declared;
  if (Object.hasOwn(set, name.value)) {
    return valueOfText(name.value, declared, set[name.value], report) ?? { ...EMPTY[type], span: name.span };
  }
  if (chosen !== undefined) {
    return valueOf(type, chosen.value, chosen.key.span, report) ?? { ...EMPTY[type], span: name.span };
  }
  if (fallback !== null) return fallback;
  if (!hasDefault) {
    const help = `give it with \`--set ${name.value}=…\`, in a Bundle, or as \`default\``;
    report(diagnose('L1206', `the parameter \`${name.value}\` has no value`, name.span, help));
  }
  return { ...EMPTY[type], span: name.span };
}

/** What stands for a value that was reported. */
const EMPTY: { readonly [T in ParameterType]: ParameterDefinition } = {
  string: { type: 'string', value: '', span: null },
  integer: { type: 'integer', value: 0, span: null },
  boolean: { type: 'boolean', value: false, span: null },
  address: { type: 'address', value: '::', span: null },
  list: { type: 'list', value: [], span: null },
};

function usable(name: Text, report: Report): void {
  if (isKeyword(name.value)) {
    report(diagnose('L1209', `\`${name.value}\` is a keyword of expressions`, name.span, 'choose another name'));
  }
}

/** The tree of an expression; parts that could not be read are marked in it. Null: nothing could. */
export function parse(expression: Text, report: Report): ExprNode | null {
  if (expression.missing) return null;
  const { value, diagnostics } = parseExpression(expression.value, expression.place);
  diagnostics.forEach(report);
  return value;
}
