/** Cedar as Wasm, its policies parsed once. One policy a rule, program and file as principal and resource: its natural form. */
import { importPeer } from './packages.ts';
import type { Peer, PeerRule } from './peer.ts';

interface Uid {
  readonly type: string;
  readonly id: string;
}
interface Cedar {
  preparsePolicySet(id: string, policies: { staticPolicies: string }): { type: string; errors?: unknown };
  statefulIsAuthorized(call: {
    principal: Uid;
    action: Uid;
    resource: Uid;
    context: Record<string, string>;
    preparsedPolicySetId: string;
    validateRequest: boolean;
    entities: [];
  }): { type: string; response?: { decision: 'allow' | 'deny' } };
}

const POLICIES = 'bench';
const READ: Uid = { type: 'Action', id: 'read' };

const policy = ({ program, file }: PeerRule): string => {
  const principal = program === undefined ? 'principal' : `principal == Program::${JSON.stringify(program)}`;
  const resource = file === undefined ? 'resource' : `resource == File::${JSON.stringify(file)}`;
  return `forbid (${principal}, action, ${resource});`;
};
export const cedar: Peer = {
  name: 'Cedar, Wasm, preparsed',
  most: 10_000,
  prepare: async (rules) => {
    const { preparsePolicySet, statefulIsAuthorized } = await importPeer<Cedar>('@cedar-policy/cedar-wasm/nodejs');
    const staticPolicies = ['permit (principal, action, resource);', ...rules.map(policy)].join('\n');
    const parsed = preparsePolicySet(POLICIES, { staticPolicies });
    if (parsed.type !== 'success') throw new Error(`cedar: ${JSON.stringify(parsed)}`);
    return {
      decide: ({ program, file }) => {
        const answer = statefulIsAuthorized({
          principal: { type: 'Program', id: program },
          action: READ,
          resource: { type: 'File', id: file },
          context: {},
          preparsedPolicySetId: POLICIES,
          validateRequest: false,
          entities: [],
        });
        if (!answer.response) throw new Error(`cedar: ${JSON.stringify(answer)}`);
        return answer.response.decision === 'deny';
      },
    };
  },
};
