import type { Severity } from '@nootropic/core'
import { escapingCapabilities, privilegedCapabilities } from './capabilities.ts'
import type { HostFacts, HostMount } from './host-facts.ts'

/** One thing that a container should not be given, or should be. */
export interface ContainerRule {
  readonly rule: string
  readonly severity: Severity
  readonly title: string
  /** What is expected, for `expected …, found …`. */
  readonly expected: string
  /** What was found, in words; nothing where all is well. */
  readonly found: (facts: HostFacts) => string | undefined
  readonly remediation: string
  readonly path: string
  readonly tags: readonly string[]
}

const listed = (items: readonly string[]): string | undefined => (items.length === 0 ? undefined : items.join(', '))

// What a process may do in a user namespace of its own ends at that namespace (user_namespaces(7)).
const capabilitiesOutside = ({ capabilities = [], namespaces }: HostFacts): readonly string[] =>
  namespaces.user === 'own' ? [] : capabilities

// Where root is another user outside, the machine's directories are closed to it by their modes.
const isRootOutside = ({ namespaces, userOutside }: HostFacts): boolean =>
  namespaces.user !== 'own' || userOutside === 0

const partsOfSystem = (facts: HostFacts): HostMount[] =>
  facts.hostMounts.filter((mount) => mount.systemPart !== undefined && mount.isWritable && isRootOutside(facts))

const seesOtherProcesses = ({ namespaces, processMounts }: HostFacts): boolean =>
  namespaces.pid === 'host' || processMounts.length > 0

// Above them stands what runs the machine; the file system of one service's data is not of that kind.
const systemDirectories =
  /^\/(boot|dev|etc|proc|root|run|sys|usr|var|var\/run|var\/lib|var\/lib\/(containerd|docker|kubelet))\/?$/

const escapes = ['CWE-250', 'MITRE ATT&CK T1611']
const hardening = ['CWE-250']

/** What makes a sandbox in this container a pretence: whoever gets out of it has the machine. */
const pretences: readonly Omit<ContainerRule, 'severity'>[] = [
  {
    rule: 'container/unreadable',
    title: 'What this container may do cannot be read',
    expected: 'to read the capabilities and the user namespace of this process',
    found: ({ capabilities, namespaces }) =>
      capabilities === undefined || namespaces.user === 'unknown' ? 'no answer in /proc/self' : undefined,
    remediation: 'mount proc at /proc, as container engines do',
    path: '/proc/self/status',
    tags: ['CWE-636'],
  },
  {
    rule: 'container/privileged',
    title: 'The container is privileged',
    expected: 'no capability that is as much as the machine',
    found: (facts) => listed(capabilitiesOutside(facts).filter((name) => privilegedCapabilities.includes(name))),
    remediation:
      'start the container without --privileged (Kubernetes: securityContext.privileged: false), and without --cap-add ' +
      'of these; LXC and systemd-nspawn: in a user namespace',
    path: '/proc/self/status',
    tags: escapes,
  },
  {
    rule: 'container/devices',
    title: 'The container can open the disks or the memory of its machine',
    expected: 'no device of the machine',
    found: ({ devices }) => listed(devices),
    remediation: 'start the container without --privileged and without --device for these',
    path: '/dev',
    tags: escapes,
  },
  {
    rule: 'container/runtime-socket',
    title: 'The container can command the runtime that it runs in',
    expected: 'no socket of a container runtime',
    found: ({ runtimeSockets }) =>
      listed(
        runtimeSockets
          .filter(({ isReachable, isReachableByWorker }) => isReachable || isReachableByWorker)
          .map(({ path, isReachableByWorker }) => `${path}${isReachableByWorker ? ', open to workers too' : ''}`),
      ),
    remediation: 'start the container without this mount: whoever may write to it is root on the machine',
    path: '/run',
    tags: escapes,
  },
  {
    rule: 'container/system-writable',
    title: 'The container can write to the system of its machine',
    expected: 'no root directory of the machine and no part of its system, or to read only',
    found: (facts) =>
      listed([
        ...facts.hostMounts.filter(({ isSystem, isWritable }) => isSystem && isWritable).map(({ path }) => path),
        ...partsOfSystem(facts).map(({ path, systemPart }) => `${systemPart} at ${path}`),
      ]),
    remediation: 'mount the directories that are needed, each by its name, and read-only (:ro)',
    path: '/proc/self/mountinfo',
    tags: escapes,
  },
  {
    rule: 'container/kernel-settings',
    title: 'The container can change settings of the kernel',
    expected: 'settings of the kernel, such as which program of the machine it starts, to be read-only',
    found: ({ kernelSettings }) => listed(kernelSettings),
    remediation: 'start the container without --privileged, and without mounts of proc or sysfs of the machine',
    path: '/proc/sys/kernel/core_pattern',
    tags: escapes,
  },
  {
    rule: 'container/processes-to-trace',
    title: 'The container can take over processes of its machine',
    expected: 'processes of its own, or no CAP_SYS_PTRACE',
    found: (facts) =>
      seesOtherProcesses(facts) && capabilitiesOutside(facts).includes('CAP_SYS_PTRACE')
        ? "the machine's processes and CAP_SYS_PTRACE"
        : undefined,
    remediation:
      'start the container without --pid=host (Kubernetes: hostPID) and without the proc of the machine, or with ' +
      '--cap-drop SYS_PTRACE',
    path: '/proc/self/ns/pid',
    tags: escapes,
  },
]

const weaknesses: readonly ContainerRule[] = [
  {
    rule: 'container/capabilities',
    severity: 'high',
    title: 'The container has capabilities that lead out of it',
    expected: "no more than a container engine's own capabilities",
    found: (facts) => listed(capabilitiesOutside(facts).filter((name) => escapingCapabilities.includes(name))),
    remediation: 'start the container with --cap-drop ALL (Kubernetes: capabilities.drop: [ALL])',
    path: '/proc/self/status',
    tags: escapes,
  },
  {
    rule: 'container/system-directories',
    severity: 'high',
    title: 'Directories of the machine are in the container',
    expected: 'mounts of data only',
    found: (facts) =>
      listed(
        facts.hostMounts
          .filter((mount) => !partsOfSystem(facts).includes(mount))
          .filter(({ isSystem, isWritable, shows, systemPart }) =>
            isSystem ? !isWritable : systemPart !== undefined || systemDirectories.test(shows),
          )
          .map(({ path, shows }) => `${shows} at ${path}`),
      ),
    remediation: 'mount the directories that are needed, each by its name, and read-only (:ro)',
    path: '/proc/self/mountinfo',
    tags: escapes,
  },
  {
    rule: 'container/host-processes',
    severity: 'high',
    title: 'The container sees the processes of its machine',
    expected: 'a pid namespace of its own, and its proc alone',
    found: ({ namespaces, processMounts }) =>
      namespaces.pid === 'host' ? "the machine's" : listed(processMounts.map((path) => `proc at ${path}`)),
    remediation:
      'start the container without --pid=host (Kubernetes: hostPID: false) and without the proc of the machine',
    path: '/proc/self/ns/pid',
    tags: hardening,
  },
  {
    rule: 'container/host-network',
    severity: 'medium',
    title: 'The container is in the network of its machine',
    expected: 'a network of its own',
    found: ({ namespaces }) => (namespaces.network === 'host' ? "the machine's network cards" : undefined),
    remediation: 'start the container without --network=host (Kubernetes: hostNetwork: false)',
    path: '/sys/class/net',
    tags: hardening,
  },
  {
    rule: 'container/root',
    severity: 'medium',
    title: 'The container runs as root',
    expected: 'an ordinary user',
    found: ({ userOutside }) => (userOutside === 0 ? 'user 0, who is root outside as well' : undefined),
    remediation: 'start the container with --user 10001:10001 (Kubernetes: runAsNonRoot: true), or rootless',
    path: '/proc/self/status',
    tags: hardening,
  },
  {
    rule: 'container/system-calls',
    severity: 'medium',
    title: 'No seccomp profile binds the container',
    expected: "the engine's seccomp profile",
    found: ({ hasSystemCallFilter }) => (hasSystemCallFilter === true ? undefined : 'none'),
    remediation: 'start the container without seccomp=unconfined (Kubernetes: seccompProfile.type: RuntimeDefault)',
    path: '/proc/self/status',
    tags: hardening,
  },
  {
    rule: 'container/confinement',
    severity: 'low',
    title: 'Neither AppArmor nor SELinux confines the container',
    expected: 'a profile or a label',
    found: ({ confinement }) => (confinement === undefined ? 'none' : undefined),
    remediation: 'start the container without apparmor=unconfined or label=disable, on a machine that has either',
    path: '/proc/self/attr/current',
    tags: hardening,
  },
  {
    rule: 'container/root-writable',
    severity: 'low',
    title: 'The root directory of the container can be written',
    expected: 'a read-only root directory',
    found: ({ isRootWritable }) => (isRootWritable === false ? undefined : 'one that can be written'),
    remediation: 'start the container with --read-only --tmpfs /tmp (Kubernetes: readOnlyRootFilesystem: true)',
    path: '/',
    tags: hardening,
  },
  {
    rule: 'container/new-privileges',
    severity: 'low',
    title: 'Programs in the container may gain privileges',
    expected: 'no_new_privs to be set',
    found: ({ noNewPrivileges }) => (noNewPrivileges === true ? undefined : 'that it is not'),
    remediation:
      'start the container with --security-opt no-new-privileges (Kubernetes: allowPrivilegeEscalation: false)',
    path: '/proc/self/status',
    tags: hardening,
  },
]

/** What is looked at in a container, the worst first. Those that are critical make a sandbox in it a pretence. */
export const containerRules: readonly ContainerRule[] = [
  ...pretences.map((rule) => ({ ...rule, severity: 'critical' as const })),
  ...weaknesses,
]
