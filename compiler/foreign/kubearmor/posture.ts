/** What becomes of what no entry is about, once something is allowed: by class of resource, for the cluster and by namespace. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Report } from '../../schema/read.ts';
import type { Located, LocatedScalar } from '../../document/located.ts';
import { get, isMap, isResource, isScalar, textOf } from '../read.ts';
import type { ForeignOptions } from '../system.ts';

const POSTURES = ['allow', 'audit', 'block'] as const;
export type Posture = (typeof POSTURES)[number];
/** Programs have the posture of files. */
export type PostureClass = 'file' | 'network' | 'capabilities';
export type Postures = Readonly<Record<PostureClass, Posture>>;

const CLASSES: readonly PostureClass[] = ['file', 'network', 'capabilities'];
const WHOLE: Readonly<Record<PostureClass, string>> = {
  file: 'programs and files',
  network: 'networks',
  capabilities: 'capabilities',
};

/** The settings of KubeArmor's own configuration, by name. */
export const OPTIONS: ForeignOptions = Object.fromEntries(
  ['', 'host-'].flatMap((of) =>
    CLASSES.map((name) => [
      `${of}${name}-posture`,
      {
        values: POSTURES,
        default: '',
        doc: `what happens to ${WHOLE[name]} that no entry allows${of === '' ? '' : ' on hosts'}, where others are allowed; else what the ConfigMap \`kubearmor-config\` says, else audit`,
      },
    ]),
  ),
);

export interface AllPostures {
  readonly cluster: Postures;
  readonly host: Postures;
  /** Of namespaces that have their own. */
  readonly namespaces: ReadonlyMap<string, Postures>;
}

const isPosture = (text: string | undefined): text is Posture => POSTURES.some((posture) => posture === text);

const isConfigMap = (root: Located): boolean =>
  textOf(get(root, 'kind')) === 'ConfigMap' && textOf(get(get(root, 'metadata'), 'name')) === 'kubearmor-config';

/** The ConfigMap, or the resource of which the operator makes it. */
export const isConfiguration = (root: Located): boolean =>
  isConfigMap(root) || isResource(root, 'operator.kubearmor.com/', ['KubeArmorConfig']);

/** A namespace that says something to KubeArmor. */
export const isNamespace = (root: Located): boolean => {
  const annotations = get(get(root, 'metadata'), 'annotations');
  return (
    textOf(get(root, 'kind')) === 'Namespace' &&
    isMap(annotations) &&
    annotations.entries.some(({ key }) => key.text.startsWith('kubearmor-'))
  );
};

/** @param roots configurations and namespaces, in document order */
export function posturesOf(
  roots: readonly Located[],
  options: Readonly<Record<string, string>>,
  report: Report,
): AllPostures {
  const data = roots.filter(isConfiguration).map((root) => get(root, isConfigMap(root) ? 'data' : 'spec'));
  const fromData = (key: string): Posture | undefined =>
    data.map((map) => judged(get(map, key), report)).findLast((value) => value !== undefined);
  const global = (of: '' | 'host-'): Postures =>
    postures((name) => {
      const option = options[`${of}${name}-posture`];
      const title = `${name[0].toUpperCase()}${name.slice(1)}`;
      const configured = fromData(of === '' ? `default${title}Posture` : `hostDefault${title}Posture`);
      return isPosture(option) ? option : (configured ?? 'audit');
    });
  const cluster = global('');
  const namespaces = new Map<string, Postures>();
  for (const root of roots.filter(isNamespace)) {
    const metadata = get(root, 'metadata');
    const annotations = get(metadata, 'annotations');
    const own = postures((name) => judged(get(annotations, `kubearmor-${name}-posture`), report) ?? cluster[name]);
    namespaces.set(textOf(get(metadata, 'name')) ?? '', own);
  }
  return { cluster, host: global('host-'), namespaces };
}

const postures = (of: (name: PostureClass) => Posture): Postures => ({
  file: of('file'),
  network: of('network'),
  capabilities: of('capabilities'),
});

function judged(node: Located | undefined, report: Report): Posture | undefined {
  if (node === undefined || !isScalar(node)) return undefined;
  if (isPosture(node.text)) return node.text;
  report(wrong(node));
  return undefined;
}

const wrong = (node: LocatedScalar) =>
  diagnose('L5003', `\`${node.text}\` is no posture`, node.span, 'it is allow, audit or block; the global one counts');
