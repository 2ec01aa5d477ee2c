import type { ContainerKind, HostFacts } from './host-facts.ts'

/** What containers leave for who looks for them. */
export interface ContainerMarks {
  /** `/.dockerenv`, by which Docker marks a root directory. */
  readonly hasDockerFile: boolean
  /** `/run/.containerenv`, by Podman. */
  readonly hasPodmanFile: boolean
  /** The variable `container`, of this process or of the first: by the Container Interface of systemd. */
  readonly variable: string | undefined
  /** Whether Kubernetes' variables are set. */
  readonly hasKubernetesService: boolean
  /** The control groups of this process. */
  readonly cgroup: string
  /** Whether Windows runs this Linux system in a virtual machine of its own, and nothing else does. */
  readonly isWindowsSubsystem: boolean
  /** Whether the file system is the machine's own one, laid out anew: for a service of systemd, say. */
  readonly isMachineRoot: boolean
}

const byVariable: Readonly<Record<string, ContainerKind>> = {
  docker: 'docker',
  lxc: 'lxc',
  'lxc-libvirt': 'lxc',
  podman: 'podman',
  'systemd-nspawn': 'systemd-nspawn',
}

const markedKind = (marks: ContainerMarks): ContainerKind | undefined => {
  if (marks.hasKubernetesService || /kubepods/.test(marks.cgroup)) return 'kubernetes'
  if (marks.hasPodmanFile || /libpod/.test(marks.cgroup)) return 'podman'
  if (marks.hasDockerFile || /[/:]docker[/-]/.test(marks.cgroup)) return 'docker'
  if (marks.variable === undefined || marks.variable === '') return undefined
  return byVariable[marks.variable] ?? 'unknown'
}

/**
 * What contains this process, or nothing.
 *
 * A mark alone proves nothing: an image of a container that a virtual machine was booted from has it too. Nor does the lack of
 * one: containerd leaves none. Who is in the machine's own mount namespace is in no container; who is in another is in one,
 * unless it is known better.
 */
export const containerKind = (
  marks: ContainerMarks,
  { mount }: Pick<HostFacts['namespaces'], 'mount'>,
): ContainerKind | undefined => {
  if (mount === 'host') return undefined
  const kind = markedKind(marks)
  if (kind !== undefined) return kind
  return marks.isWindowsSubsystem || marks.isMachineRoot ? undefined : 'unknown'
}
