/** What runs this process apart from the rest of its machine; `unknown`: something does, and does not say its name. */
export type ContainerKind = 'docker' | 'kubernetes' | 'lxc' | 'podman' | 'systemd-nspawn' | 'unknown'

/** Whose a namespace is: the machine's first one, another, or nobody can tell. */
export type NamespaceOwner = 'host' | 'own' | 'unknown'

/** A directory of the machine that was laid into this process's file system. */
export interface HostMount {
  readonly path: string
  /** Which directory of its own file system it shows. */
  readonly shows: string
  readonly isWritable: boolean
  /** Whether a whole system is below: a root directory with users and programs. */
  readonly isSystem: boolean
  /** Which part of a system it is, such as `/etc`: whoever may write there becomes root. */
  readonly systemPart: string | undefined
}

/** The control socket of a container runtime: whoever may write to it is root on the machine. */
export interface RuntimeSocket {
  readonly path: string
  readonly isReachable: boolean
  /** By the user that workers run as, were there no sandbox around them. */
  readonly isReachableByWorker: boolean
}

/** A place for memory on a disk. */
export interface Swap {
  readonly path: string
  /** In memory (zram) counts as encrypted: it does not outlive the machine's power. */
  readonly isEncrypted: boolean
}

/**
 * What is known of the machine, of the container that this process may be in, and of the process. What cannot be told is
 * `undefined` or `unknown`: no check may take that for a yes.
 */
export interface HostFacts {
  readonly platform: NodeJS.Platform
  /** The kernel's release. */
  readonly kernel: string
  readonly container: ContainerKind | undefined
  /** Who this process is in its own user namespace, and in the one around it. */
  readonly user: number | undefined
  readonly userOutside: number | undefined
  /** Those that this process has, or may get by a program that gives them, by their names in capabilities(7). */
  readonly capabilities: readonly string[] | undefined
  readonly noNewPrivileges: boolean | undefined
  /** Whether a filter of system calls binds this process. */
  readonly hasSystemCallFilter: boolean | undefined
  /** The profile or label that AppArmor or SELinux confines this process by. */
  readonly confinement: string | undefined
  readonly namespaces: Readonly<Record<'mount' | 'network' | 'pid' | 'user', NamespaceOwner>>
  readonly isRootWritable: boolean | undefined
  readonly hostMounts: readonly HostMount[]
  readonly runtimeSockets: readonly RuntimeSocket[]
  /** Disks, and the machine's memory, that this process may open. */
  readonly devices: readonly string[]
  /** Files that this process may write to and by which the kernel obeys it, such as `/proc/sys/kernel/core_pattern`. */
  readonly kernelSettings: readonly string[]
  /** Mounts of proc outside of `/proc`: they may show the processes of the machine. */
  readonly processMounts: readonly string[]
  /** Yama's; 0, or no Yama: a process may look into any other of its user. */
  readonly ptraceScope: number
  readonly allowsUserNamespaces: boolean
  /** Ubuntu's restriction of user namespaces to programs with a profile. */
  readonly restrictsUserNamespaces: boolean
  /** The version of Landlock's interface; undefined where the kernel has none, or nobody can ask. */
  readonly landlock: number | undefined
  /** As core(5) has it: a pattern of a file's name, or `|` and a program. */
  readonly corePattern: string | undefined
  /** The soft limit of this process's core dumps: bytes, or `unlimited`. */
  readonly coreLimit: string | undefined
  readonly swaps: readonly Swap[]
  /** Flaws of the processor that the kernel names and does not mitigate. */
  readonly processorFlaws: readonly string[]
}
