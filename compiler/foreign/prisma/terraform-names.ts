/**
 * Keys of the provider's resources and their places in the API's objects, those of its earlier versions included.
 *
 * A text is the place of the value: `a.b` below the key `a`, two places with a blank between them, and nothing for
 * what only switches a detection off. Blocks have names
 * of their own, and may be `many`.
 */
export interface Names {
  readonly [key: string]: string | { readonly to: string; readonly of: Names; readonly many?: true };
}

const same = (...keys: readonly string[]): Names => Object.fromEntries(keys.map((key) => [key, camel(key)]));
const camel = (key: string): string => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const PORT = same('start', 'end', 'deny');
const PORTS: Names = {
  allowed: { to: 'allowed', of: PORT, many: true },
  denied: { to: 'denied', of: PORT, many: true },
  effect: 'effect',
};
const DENIED: Names = same('effect', 'paths');
const CUSTOM: Names = { id: '_id', ...same('effect', 'action') };
const RULE: Names = {
  ...same('name', 'previous_name', 'notes', 'disabled', 'collections', 'skip_exec_sessions'),
  custom_rule: { to: 'customRules', of: CUSTOM, many: true },
};

const CONTAINER_RULE: Names = {
  ...RULE,
  advanced_protection: 'advancedProtectionEffect',
  advanced_protection_effect: 'advancedProtectionEffect',
  cloud_metadata_enforcement: 'cloudMetadataEnforcementEffect',
  cloud_metadata_enforcement_effect: 'cloudMetadataEnforcementEffect',
  kubernetes_enforcement: 'kubernetesEnforcementEffect',
  kubernetes_enforcement_effect: 'kubernetesEnforcementEffect',
  wildfire_analysis: 'wildFireAnalysis',
  processes: {
    to: 'processes',
    of: {
      ...same('allowed_list', 'check_parent_child', 'crypto_miners_effect', 'default_effect', 'disabled'),
      ...same('lateral_movement_effect', 'modified_process_effect', 'reverse_shell_effect', 'suid_binaries_effect'),
      denied_list: { to: 'deniedList', of: DENIED },
      allowed: 'allowedList',
      denied: 'deniedList.paths',
      deny_effect: 'deniedList.effect defaultEffect',
      check_crypto_miners: 'cryptoMinersEffect',
      check_lateral_movement: 'lateralMovementEffect',
      check_suid_binaries: 'suidBinariesEffect',
      skip_modified: '',
      skip_reverse_shell: '',
    },
  },
  network: {
    to: 'network',
    of: {
      ...same('default_effect', 'disabled', 'modified_proc_effect', 'port_scan_effect', 'raw_sockets_effect'),
      allowed_ips: 'allowedIPs',
      denied_ips: 'deniedIPs',
      denied_ips_effect: 'deniedIPsEffect',
      listening_ports: { to: 'listeningPorts', of: PORTS },
      outbound_ports: { to: 'outboundPorts', of: PORTS },
      allowed_outbound_ips: 'allowedIPs',
      denied_outbound_ips: 'deniedIPs',
      deny_effect: 'deniedIPsEffect defaultEffect listeningPorts.effect outboundPorts.effect',
      allowed_listening_port: { to: 'listeningPorts.allowed', of: PORT, many: true },
      denied_listening_port: { to: 'listeningPorts.denied', of: PORT, many: true },
      allowed_outbound_port: { to: 'outboundPorts.allowed', of: PORT, many: true },
      denied_outbound_port: { to: 'outboundPorts.denied', of: PORT, many: true },
      detect_port_scan: 'portScanEffect',
      skip_modified_processes: '',
      skip_raw_sockets: '',
    },
  },
  dns: {
    to: 'dns',
    of: {
      ...same('default_effect', 'disabled'),
      domain_list: { to: 'domainList', of: same('allowed', 'denied', 'effect') },
      allowed: 'domainList.allowed',
      denied: 'domainList.denied',
      deny_effect: 'domainList.effect defaultEffect',
    },
  },
  filesystem: {
    to: 'filesystem',
    of: {
      ...same('allowed_list', 'backdoor_files_effect', 'default_effect', 'disabled', 'encrypted_binaries_effect'),
      ...same('new_files_effect', 'suspicious_elf_headers_effect'),
      denied_list: { to: 'deniedList', of: DENIED },
      allowed: 'allowedList',
      denied: 'deniedList.paths',
      deny_effect: 'deniedList.effect defaultEffect',
      backdoor_files: 'backdoorFilesEffect',
      check_new_files: 'newFilesEffect',
      suspicious_elf_headers: 'suspiciousElfHeadersEffect',
      skip_encrypted_binaries: '',
    },
  },
};

const HOST_RULE: Names = {
  ...RULE,
  activities: 'forensic',
  antimalware: {
    to: 'antiMalware',
    of: {
      ...same('allowed_processes', 'custom_feed', 'detect_compiler_generated_binary', 'encrypted_binaries'),
      ...same('execution_flow_hijack', 'intelligence_feed', 'reverse_shell', 'service_unknown_origin_binary'),
      ...same('user_unknown_origin_binary'),
      crypto_miners: 'cryptoMiner',
      denied_processes: { to: 'deniedProcesses', of: DENIED },
      skip_ssh_tracking: 'skipSSHTracking',
      suspicious_elf_headers: 'suspiciousELFHeaders',
      temp_filesystem_processes: 'tempFSProc',
      webshell: 'webShell',
      wildfire_analysis: 'wildFireAnalysis',
    },
  },
  dns: {
    to: 'dns',
    of: { allowed: 'allow', denied: 'deny', deny_effect: 'denyListEffect', intelligence_feed: 'intelligenceFeed' },
  },
  file_integrity_rule: {
    to: 'fileIntegrityRules',
    of: {
      ...same('path', 'recursive', 'read', 'write', 'metadata'),
      allowed_processes: 'procWhitelist',
      excluded_files: 'exclusions',
    },
    many: true,
  },
  log_inspection_rule: { to: 'logInspectionRules', of: same('path', 'regex'), many: true },
  network: {
    to: 'network',
    of: {
      ...same('custom_feed', 'intelligence_feed'),
      allowed_outbound_ips: 'allowedOutboundIPs',
      denied_outbound_ips: 'deniedOutboundIPs',
      deny_effect: 'denyListEffect',
      denied_listening_port: { to: 'deniedListeningPorts', of: PORT, many: true },
      denied_outbound_port: { to: 'deniedOutboundPorts', of: PORT, many: true },
    },
  },
};

export const RESOURCES: Readonly<Record<string, Names>> = {
  prismacloudcompute_custom_rule: {
    ...same('name', 'type', 'script', 'message', 'description', 'min_version', 'attack_techniques', 'vuln_ids'),
    prisma_id: '_id',
  },
  prismacloudcompute_collection: {
    ...same(
      'name',
      'description',
      'color',
      'clusters',
      'containers',
      'functions',
      'hosts',
      'images',
      'labels',
      'namespaces',
    ),
    account_ids: 'accountIDs',
    application_ids: 'appIDs',
    code_repositories: 'codeRepos',
  },
  prismacloudcompute_container_runtime_policy: {
    learning_disabled: 'learningDisabled',
    rule: { to: 'rules', of: CONTAINER_RULE, many: true },
  },
  prismacloudcompute_host_runtime_policy: { rule: { to: 'rules', of: HOST_RULE, many: true } },
};
