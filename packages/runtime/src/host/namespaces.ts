import type { NamespaceOwner } from './host-facts.ts'
import type { HostFiles } from './host-files.ts'

type NumberedNamespace = 'cgroup' | 'mnt' | 'pid'

/** Whether a kernel numbers its first mount namespace as it does the other first ones. */
const numbersFirstMounts = (kernel: string): boolean => {
  const [major = 0, minor = 0] = kernel.split('.').map(Number)
  return major > 6 || (major === 6 && minor >= 18)
}

// The kernel numbers its first namespaces in linux/proc_ns.h: the first mount namespace since Linux 6.18 only. Before, it was
// the first to be counted, or the second; a container can have these numbers since.
const firstNamespaces = (kernel: string): Readonly<Record<NumberedNamespace, readonly number[]>> => ({
  cgroup: [0xeffffffb],
  mnt: [0xeffffff8, ...(numbersFirstMounts(kernel) ? [] : [0xf0000000, 0xf0000001])],
  pid: [0xeffffffc],
})

export const namespaceOwner = (files: HostFiles, kernel: string, kind: NumberedNamespace): NamespaceOwner => {
  const [number] = /\d+/.exec(files.link(`/proc/self/ns/${kind}`) ?? '') ?? []
  if (number === undefined) return 'unknown'
  return firstNamespaces(kernel)[kind].includes(Number(number)) ? 'host' : 'own'
}

// A unit of the machine's systemd, or a group below it that it made for itself. Engines name theirs by a container's id, and
// systemd keeps machine.slice for containers.
const unitGroup = /^\d+:(?:name=systemd)?:(?:\/(?!machine\.slice)[^/\n]+\.slice)+\/.+\.(?:scope|service)(?:\/.*)?$/m
const containerId = /[0-9a-f]{64}/

/** Whether this process runs under the systemd of the machine: in a container neither its groups nor its state show. */
export const isUnitOfMachine = (files: HostFiles, kernel: string): boolean => {
  const cgroup = files.text('/proc/self/cgroup') ?? ''
  return (
    namespaceOwner(files, kernel, 'cgroup') === 'host' &&
    files.exists('/run/systemd/system') &&
    unitGroup.test(cgroup) &&
    !containerId.test(cgroup)
  )
}

/** Whether the root directory is that of the machine's first process. What may not be compared is taken for another one. */
export const sharesRoot = (files: HostFiles, pid: NamespaceOwner): boolean => {
  const first = pid === 'host' ? files.identity('/proc/1/root') : undefined
  return first !== undefined && first === files.identity('/')
}

export const userNamespaceOwner = (files: HostFiles): NamespaceOwner => {
  const map = files.text('/proc/self/uid_map')?.trim().split(/\s+/).join(' ')
  if (map === undefined) return 'unknown'
  return map === '0 0 4294967295' ? 'host' : 'own'
}

/** The same user as the parent namespace numbers it: the lines of a map are `inside outside count`. */
export const userOutside = (files: HostFiles, user: number): number | undefined =>
  (files.text('/proc/self/uid_map') ?? '')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([inside = 0, outside = 0, count = 0]) =>
      user >= inside && user < inside + count ? [outside + user - inside] : [],
    )[0]

// A container's own network has no card: what it sees leads out through the machine's.
export const networkNamespaceOwner = (files: HostFiles): NamespaceOwner => {
  const devices = files.text('/proc/self/net/dev')
  if (devices === undefined) return 'unknown'
  const cards = [...devices.matchAll(/^\s*(\S+):/gm)].map(([, name = '']) => name)
  return cards.some((card) => files.exists(`/sys/class/net/${card}/device`)) ? 'host' : 'own'
}
