import { escapingCapabilities, privilegedCapabilities } from '../../src/host/capabilities.ts'
import type { HostFacts } from '../../src/host/host-facts.ts'

// What the usual ways to run a program give it, as their own documents have it: Docker's default capabilities and masks, the
// Pod Security Standards of Kubernetes, and systemd.exec(5).

/** A machine without a container; a service of an ordinary user. */
export const bareHost: HostFacts = {
  platform: 'linux',
  kernel: '6.8.0-45-generic',
  container: undefined,
  user: 1000,
  userOutside: 1000,
  capabilities: [],
  noNewPrivileges: false,
  hasSystemCallFilter: false,
  confinement: undefined,
  namespaces: { mount: 'host', pid: 'host', user: 'host', network: 'host' },
  isRootWritable: true,
  hostMounts: [{ path: '/boot', shows: '/', isWritable: true, isSystem: false, systemPart: '/boot' }],
  runtimeSockets: [{ path: '/run/docker.sock', isReachable: false, isReachableByWorker: false }],
  devices: [],
  kernelSettings: [],
  processMounts: [],
  ptraceScope: 1,
  allowsUserNamespaces: true,
  restrictsUserNamespaces: true,
  landlock: 4,
  corePattern: 'core',
  coreLimit: '0',
  swaps: [],
  processorFlaws: [],
}

const dockerCapabilities = [
  ...[
    'CAP_CHOWN',
    'CAP_DAC_OVERRIDE',
    'CAP_FOWNER',
    'CAP_FSETID',
    'CAP_KILL',
    'CAP_SETGID',
    'CAP_SETUID',
    'CAP_SETPCAP',
  ],
  ...['CAP_NET_BIND_SERVICE', 'CAP_NET_RAW', 'CAP_SYS_CHROOT', 'CAP_MKNOD', 'CAP_AUDIT_WRITE', 'CAP_SETFCAP'],
]
const all = [...dockerCapabilities, ...escapingCapabilities, ...privilegedCapabilities]
const apart = { mount: 'own', pid: 'own', user: 'host', network: 'own' } as const

/** `docker run image`: root, with Docker's own profiles. */
export const docker: HostFacts = {
  ...bareHost,
  container: 'docker',
  user: 0,
  userOutside: 0,
  capabilities: dockerCapabilities,
  hasSystemCallFilter: true,
  confinement: 'docker-default (enforce)',
  namespaces: apart,
  hostMounts: [
    {
      path: '/data',
      shows: '/var/lib/docker/volumes/data/_data',
      isWritable: true,
      isSystem: false,
      systemPart: undefined,
    },
  ],
  runtimeSockets: [],
}

/** `docker run --privileged image`. */
export const dockerPrivileged: HostFacts = {
  ...docker,
  capabilities: all,
  hasSystemCallFilter: false,
  confinement: undefined,
  devices: ['/dev/mem', '/dev/sda'],
  kernelSettings: ['/proc/sys/kernel/core_pattern'],
}

/** `docker run` with everything that hardens it. */
export const dockerHardened: HostFacts = {
  ...docker,
  user: 10001,
  userOutside: 10001,
  capabilities: [],
  noNewPrivileges: true,
  isRootWritable: false,
}

/** `podman run image` of an ordinary user: root is that user outside. */
export const podmanRootless: HostFacts = {
  ...docker,
  container: 'podman',
  userOutside: 1000,
  confinement: 'system_u:system_r:container_t:s0:c1,c2',
  namespaces: { ...apart, user: 'own' },
}

/** `podman run --privileged image` of an ordinary user: all capabilities, over nothing but its own. */
export const podmanRootlessPrivileged: HostFacts = {
  ...podmanRootless,
  capabilities: all,
  hasSystemCallFilter: false,
  confinement: undefined,
}

/** A pod that the standard "restricted" admits. */
export const podRestricted: HostFacts = {
  ...dockerHardened,
  container: 'kubernetes',
  confinement: 'cri-containerd.apparmor.d',
}

/** A pod that the standard "baseline" admits: root, no seccomp profile, which Kubernetes does not set of itself. */
export const podBaseline: HostFacts = { ...docker, container: 'kubernetes', hasSystemCallFilter: false }

/** A pod with `privileged: true`, `hostPID`, `hostNetwork` and the node's root directory. */
export const podPrivileged: HostFacts = {
  ...dockerPrivileged,
  container: 'kubernetes',
  namespaces: { mount: 'own', pid: 'host', user: 'host', network: 'host' },
  hostMounts: [{ path: '/host', shows: '/', isWritable: true, isSystem: true, systemPart: undefined }],
}

/** A service under systemd with ProtectSystem=strict, PrivateTmp, NoNewPrivileges and SystemCallFilter: no container. */
export const systemdService: HostFacts = {
  ...bareHost,
  user: 997,
  userOutside: 997,
  noNewPrivileges: true,
  hasSystemCallFilter: true,
  namespaces: { ...bareHost.namespaces, mount: 'own' },
  isRootWritable: false,
}
