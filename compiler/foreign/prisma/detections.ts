/** Detections of theirs that look at more than one event, at what is in files, or at feeds; and what of ours comes near. */
import { diagnose } from '../../diagnostics/index.ts';
import type { LocatedMap } from '../../document/located.ts';
import type { Report } from '../../schema/read.ts';
import { given, keySpan } from './reader.ts';

/** By key: what to do instead. */
type Detections = Readonly<Record<string, string>>;

const ours = (policy: string, does: string): string => `the policy \`${policy}\` that ships with Lictor ${does}`;

const MINERS = ours('crypto-miners', 'denies known miners and their pools');
const DROPPED = ours('dropped-binaries', 'denies programs that were not there when the container began');
const CONTENT = 'rules do not look into files';
const FEED = 'rules have no feed: write one about the addresses or hashes that matter';

/** Of a runtime rule for containers as a whole. */
export const IN_RULES: Detections = {
  advancedProtectionEffect: 'rules have no feed of threats: see the policies that ship with Lictor',
  cloudMetadataEnforcementEffect: ours('cloud-metadata', 'denies the addresses and names of metadata services'),
  kubernetesEnforcementEffect: ours('container-escape', 'denies the ways into the node that are known'),
  wildFireAnalysis: CONTENT,
};

/** Of its sections. */
export const IN_SECTIONS: Detections = {
  cryptoMinersEffect: MINERS,
  lateralMovementEffect: ours('shells-in-services', 'denies shells and remote tools of services'),
  reverseShellEffect: ours('reverse-shells', 'ends shells that start with a connection'),
  suidBinariesEffect: 'write a rule on `exec` with `proc.file_mode & 0o4000`',
  modifiedProcessEffect: DROPPED,
  modifiedProcEffect: DROPPED,
  portScanEffect: 'a scan shows in many connections, and rules see one',
  rawSocketsEffect: 'write a rule on `cap` with `cap.name = "net_raw"`',
  backdoorFilesEffect: ours('persistence', 'watches the files that start programs'),
  newFilesEffect: DROPPED,
  encryptedBinariesEffect: CONTENT,
  suspiciousElfHeadersEffect: CONTENT,
};

/** Of rules for hosts. */
export const MALWARE: Detections = {
  cryptoMiner: MINERS,
  customFeed: FEED,
  encryptedBinaries: CONTENT,
  executionFlowHijack:
    'write rules about `LD_PRELOAD=` in `proc.env`, and about the files of the dynamic linker, `/etc/ld.so.preload` first',
  intelligenceFeed: FEED,
  reverseShell: ours('reverse-shells', 'ends shells that start with a connection'),
  serviceUnknownOriginBinary: ours('dropped-binaries', 'denies programs from writable places'),
  suspiciousELFHeaders: CONTENT,
  tempFSProc: ours('dropped-binaries', 'denies programs from writable places'),
  userUnknownOriginBinary: ours('dropped-binaries', 'denies programs from writable places'),
  webShell: ours('shells-in-services', 'denies shells of services'),
  wildFireAnalysis: CONTENT,
};

/** Of the network and the names that hosts ask for. */
export const FEEDS: Detections = { customFeed: FEED, intelligenceFeed: FEED };

/** Says by name which detections of a map are not carried over. */
export function refuseDetections(map: LocatedMap, known: Detections, report: Report): void {
  for (const [key, help] of Object.entries(known)) {
    const effect = given(map, key);
    if (effect === undefined || (effect.is === 'scalar' && ['', 'disable', 'false'].includes(effect.text))) continue;
    report(diagnose('L5003', `\`${key}\` is a detection that is not carried over`, keySpan(map, key), help));
  }
}
