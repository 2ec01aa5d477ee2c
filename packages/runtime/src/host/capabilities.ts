/** Capabilities by their bit, as capabilities(7) and linux/capability.h number them. */
const names = [
  ...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP'],
  ...['LINUX_IMMUTABLE', 'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'IPC_OWNER'],
  ...['SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE'],
  ...['SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP'],
  ...['MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF'],
  'CHECKPOINT_RESTORE',
].map((name) => `CAP_${name}`)

/** The names in a set as proc_pid_status(5) writes it, in hexadecimal; a bit without a name is kept by its number. */
export const parseCapabilities = (mask: string): string[] => {
  const bits = BigInt(`0x${mask}`)
  return Array.from({ length: 64 }, (_, bit) => bit)
    .filter((bit) => (bits >> BigInt(bit)) & 1n)
    .map((bit) => names[bit] ?? `CAP_${bit}`)
}

/**
 * Those by which a process gets out of a container, or nearer to it: with {@link privilegedCapabilities}. Docker gives none of them, nor does
 * the Kubernetes Pod Security Standard "baseline" allow one to be added.
 */
export const escapingCapabilities: readonly string[] = [
  ...['CAP_BPF', 'CAP_MAC_ADMIN', 'CAP_MAC_OVERRIDE', 'CAP_NET_ADMIN', 'CAP_PERFMON', 'CAP_SYSLOG', 'CAP_SYS_BOOT'],
  ...['CAP_SYS_PTRACE', 'CAP_SYS_TIME'],
]

/**
 * Those of which each alone is the machine: its mounts, its kernel's code, its memory, and any file of a disk that one file is
 * mounted from, by open_by_handle_at(2). An engine mounts one into every container.
 */
export const privilegedCapabilities: readonly string[] = [
  ...['CAP_DAC_READ_SEARCH', 'CAP_SYS_ADMIN', 'CAP_SYS_MODULE', 'CAP_SYS_RAWIO'],
]
