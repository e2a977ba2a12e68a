/** Qualys CRS: policies of the runtime API, alone, in a list, or as the API lists them. */
import type { Located, LocatedMap } from '../../document/located.ts';
import { diagnose } from '../../diagnostics/index.ts';
import { headOf } from '../../schema/read.ts';
import { UniqueNames } from '../names.ts';
import { spelled } from '../keys.ts';
import { get, isMap, itemsOf } from '../read.ts';
import type { System } from '../system.ts';
import { lowerPolicy, type PolicyContext } from './policy.ts';

/** Keys that no other system's documents have. */
const OWN_KEYS = [
  'policyMode',
  'defaultNetworkAction',
  'defaultFileAction',
  'defaultExecuteAction',
  'ignoredSyscalls',
  'ignoredSystemCalls',
  'centralizedPolicyRules',
];

const isPolicy = (node: Located | undefined): node is LocatedMap => {
  if (!isMap(node)) return false;
  const keys = new Set(node.entries.map(({ key }) => spelled(key.text)));
  // Others list `policyRules`, too, but not under a name.
  const named = keys.has('policyrules') && (keys.has('name') || keys.has('policyname'));
  return !keys.has('apiversion') && (named || OWN_KEYS.some((key) => keys.has(spelled(key))));
};

/** One policy, a list of them, or a page of the API: `{data: [...], count: 2}`. */
const policiesIn = (root: Located): readonly Located[] =>
  isPolicy(root) ? [root] : root.is === 'list' ? root.items : itemsOf(get(root, 'data'));

export const QUALYS: System = {
  name: 'qualys',
  title: 'Qualys CRS',
  options: {
    images: {
      default: '',
      doc: 'images that policies are applied to, with commas between them, where the policies do not say it',
    },
  },
  recognises: (root) => policiesIn(root).some(isPolicy),
  lower(documents, options, report) {
    const images = options['images'].split(',').map((image) => image.trim());
    const context: PolicyContext = {
      names: new UniqueNames(),
      images: images.filter((image) => image !== ''),
      applied: new Map(),
      report,
    };
    return documents.flatMap(({ root }) =>
      policiesIn(root).flatMap((node) => {
        if (!isPolicy(node)) {
          report(diagnose('L5004', 'this is no policy', headOf(node), 'a policy has a `policyMode`'));
          return [];
        }
        if (get(node, 'centralizedPolicyRules') !== undefined) {
          const message = 'a centralized policy judges images before they run, not what containers do';
          report(diagnose('L5003', message, headOf(node)));
          return [];
        }
        return lowerPolicy(node, context) ?? [];
      }),
    );
  },
};
