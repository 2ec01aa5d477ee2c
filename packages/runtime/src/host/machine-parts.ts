import { join } from 'node:path'
import type { HostMount } from './host-facts.ts'
import type { HostFiles } from './host-files.ts'
import { diskMounts, type Mount, pathWithin } from './mounts.ts'

// What stands in a part of a system, wherever it is mounted from: a partition of its own, or a part of another volume.
const partsByContent: readonly (readonly [part: string, ...names: string[]])[] = [
  ['/boot', 'grub'],
  ['/boot', 'grub2'],
  ['/etc', 'passwd', 'shadow'],
  ['/usr', 'bin/mount', 'lib'],
  ['/var/lib/containerd', 'io.containerd.content.v1.content'],
  ['/var/lib/docker', 'containers', 'image'],
  ['/var/lib/kubelet', 'pods', 'plugins'],
]

// Below these, writing one file is enough. Others below `/etc`, such as `/etc/localtime`, are often mounted and do no harm.
const partNames = [
  ...[
    '/boot',
    '/root',
    '/root/\\.ssh',
    '/usr',
    '/usr/(?:s?bin|lib\\w*|local)',
    '/var/lib/(?:containerd|docker|kubelet)',
  ],
  ...['/etc', '/etc/(?:cron|init|ld\\.so|pam\\.d|passwd|shadow|ssh|sudoers|systemd|udev).*', '/var/spool/cron.*'],
]
// A volume of btrfs may have the root directory as `/@`.
const partByName = new RegExp(`^(?:/@[^/]*)?(${partNames.join('|')})$`)

const systemPartOf = (files: HostFiles, { path, root }: Mount): string | undefined => {
  const [, named] = partByName.exec(root) ?? []
  const isAllThere = (names: readonly string[]): boolean => names.every((name) => files.exists(join(path, name)))
  return named ?? partsByContent.find(([, ...names]) => isAllThere(names))?.[0]
}

export const findHostMounts = (files: HostFiles, mounts: readonly Mount[]): HostMount[] =>
  diskMounts(mounts).map((mount) => {
    const { path, root, isWritable } = mount
    const isSystem = files.exists(join(path, 'etc/passwd')) && files.exists(join(path, 'usr/bin'))
    const systemPart = isSystem ? undefined : systemPartOf(files, mount)
    return { path, shows: root, isWritable, isSystem, systemPart }
  })

// Of linux/Documentation/admin-guide/devices.txt: what reads or writes past every mode of a file.
const memoryDevice = /\/(mem|kmem|port)$/
// Made by drivers, of no disk.
const emptyDevice = /\/(loop|ram|zram|nbd)\d+$/

/** In `/dev`, and wherever else devices of the machine are mounted. */
export const findDevices = (files: HostFiles, mounts: readonly Mount[]): string[] => {
  const elsewhere = mounts.filter(({ type, path }) => type === 'devtmpfs' && path !== '/dev').map(({ path }) => path)
  const directories = ['/dev', ...elsewhere].flatMap((path) => [path, `${path}/mapper`])
  const memory = directories.flatMap((path) => ['mem', 'kmem', 'port'].map((name) => `${path}/${name}`))
  const listed = directories.flatMap((path) => files.names(path).map((name) => `${path}/${name}`))
  return [...new Set([...listed, ...memory, ...elsewhere])].filter(
    (path) =>
      !emptyDevice.test(path) &&
      (files.isKind(path, 'block device') || memoryDevice.test(path)) &&
      files.isWritable(path),
  )
}

// Files that only the machine's root may write to, and by which the kernel starts programs of its choice or is brought down.
const obeyedFiles: Readonly<Record<string, readonly string[]>> = {
  proc: ['/sys/kernel/core_pattern', '/sys/kernel/modprobe', '/sysrq-trigger'],
  sysfs: ['/kernel/uevent_helper', '/kernel/rcu_expedited', '/power/state'],
}

export const findKernelSettings = (files: HostFiles, mounts: readonly Mount[]): string[] => {
  const mounted = mounts.flatMap((mount) =>
    (obeyedFiles[mount.type] ?? []).flatMap((file) => pathWithin(mount, file) ?? []),
  )
  // Where mounts cannot be read, its usual place is looked at all the same.
  return [...new Set(['/proc/sys/kernel/core_pattern', ...mounted])].filter((path) => files.isWritable(path))
}
