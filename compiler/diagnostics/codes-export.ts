/** L57xx: what other systems cannot say of policies of ours. */
import type { CatalogueEntry } from './catalogue.ts';

export const EXPORT_CODES = {
  L5701: {
    title: 'a condition that the other system cannot say',
    severity: 'error',
    text: 'The other system looks up a target, with few other conditions beside it: for KubeArmor a path, directory, pattern, program name, protocol, domain, capability or system call, the programs that act, and the owner or a terminal; for Kubernetes networks, ports and protocols. A condition that is more than that, or an exception of a rule, would be lost, so nothing is written.',
  },
  L5702: {
    title: 'events that the other system does not decide',
    severity: 'error',
    text: 'The other system decides some events together: KubeArmor reading and modifying of files, and all of connect, send, bind, listen and accept; Kubernetes connect and send. A rule for others of them, or for a part, would hold for more or less than it says.',
  },
  L5703: {
    title: 'an action that the other system does not have',
    severity: 'error',
    text: 'KubeArmor allows, blocks and notes; Kubernetes only allows. A rule that does something else, fails with an error of its own, or stands in a policy that only observes would do something else there.',
  },
  L5704: {
    title: 'workloads that the other system cannot select',
    severity: 'error',
    text: 'KubeArmor selects hosts by their labels, and pods by namespaces, labels and names of containers; Kubernetes selects pods of one namespace by their labels. All are written out there: a wildcard, an image, a cluster or every workload cannot be selected.',
  },
  L5705: {
    title: 'an order that the other system does not keep',
    severity: 'error',
    text: 'Here the first rule that matches decides. KubeArmor has an order of its own: what is noted, then paths, program names and directories with sources, the same without, and patterns; a deeper directory comes before the others, and of one target and source there is one entry. Rules of which that order would make another one decide are not written.',
  },
  L5706: {
    title: 'a default that the other system cannot have',
    severity: 'error',
    text: 'KubeArmor keeps an allow-list for what an entry allows, and one posture for the whole cluster says what becomes of the rest: programs and files share theirs. In Kubernetes everything that no policy allows is refused as soon as one policy is for that direction. A default that is not like that would change.',
  },
  L5707: {
    title: 'notes of a policy that are lost',
    severity: 'warning',
    text: 'What is decided stays the same; a name, the class of a record or a message is not.',
  },
} as const satisfies Record<string, CatalogueEntry>;
