/** The keys that Tetragon's custom resources have, by the place where they stand (its v1alpha1 types). Data only. */

const words = (text: string): readonly string[] => text.split(' ');

const HOOK = 'message args selectors tags';
const KPROBE = words(`call return syscall data returnArg returnArgAction ignore ${HOOK}`);
const MATCHES = words(
  'matchPIDs matchArgs matchData matchActions matchReturnArgs matchReturnActions matchBinaries matchParentBinaries ' +
    'matchNamespaces matchNamespaceChanges matchCapabilities matchCapabilityChanges matchWorkloads',
);

export const KEYS = {
  document: words('apiVersion kind metadata spec status'),
  spec: words(
    'kprobes tracepoints loader uprobes lsmhooks usdts fentries podSelector containerSelector hostSelector ' +
      'nodeSelector lists enforcers options selectorsMacros',
  ),
  hook: {
    kprobes: KPROBE,
    fentries: KPROBE,
    tracepoints: words(`subsystem event raw ${HOOK}`),
    lsmhooks: words(`hook ${HOOK}`),
    uprobes: words(
      `path btfPath symbols offsets addrs refCtrOffsets data return returnArg binaryDigests ignore ${HOOK}`,
    ),
    usdts: words(`path btfPath provider name ${HOOK}`),
  },
  arg: words('index type resolve sizeArgIndex returnCopy maxData label source btfType btfTypeModule'),
  selector: ['label', 'macros', ...MATCHES],
  pids: words('operator values isNamespacePID followForks'),
  compared: words('index args operator values'),
  binaries: words('operator values followChildren'),
  namespace: words('namespace operator values'),
  capabilities: words('type operator isNamespaceCapability values'),
  workloads: words('podSelector containerSelector hostSelector'),
  labels: words('matchLabels matchExpressions'),
  expression: words('key operator values'),
  action: words(
    'action argUrl argFqdn argError argSig argSock argIndex argValue argRegs argNewSymbol argNewAddr argNewOffset ' +
      'rateLimit rateLimitScope kernelStackTrace userStackTrace imaHash',
  ),
  list: words('name values type pattern validated'),
  option: words('name value'),
} as const;

/** Filters of a selector that are lists, which macros append to. */
export const FILTERS: readonly string[] = MATCHES.filter((name) => name !== 'matchWorkloads');
