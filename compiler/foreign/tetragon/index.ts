/** Tetragon: its documents, and what they mean. */
import { isResource } from '../read.ts';
import { UniqueNames } from '../names.ts';
import type { System } from '../system.ts';
import { lowerDocument } from './document.ts';
import { Findings } from './findings.ts';

const KINDS = ['TracingPolicy', 'TracingPolicyNamespaced'];

export const TETRAGON: System = {
  name: 'tetragon',
  title: 'Tetragon',
  options: {
    mode: {
      values: ['policy', 'enforce', 'monitor'],
      default: 'policy',
      doc: 'mode of all policies, as when they are loaded with `--mode`; policy: each says it',
    },
    namespace: { default: 'default', doc: 'namespace of a TracingPolicyNamespaced that names none' },
    unwatched: {
      values: ['refuse', 'skip'],
      default: 'refuse',
      doc: 'what becomes of hooks and filters that cannot be decided here: an error, or left out with a warning',
    },
  },
  recognises: (root) => isResource(root, 'cilium.io/', KINDS),
  lower(documents, options, report) {
    const findings = new Findings(report, options['unwatched'] === 'skip');
    const { mode, namespace } = options;
    const settings = { mode: mode === 'enforce' || mode === 'monitor' ? mode : undefined, namespace } as const;
    const names = new UniqueNames();
    return documents.flatMap((document) => lowerDocument(document, settings, names, findings));
  },
};
