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
  /** Whether the kernel is the one that Windows runs Linux systems on. */
  readonly isWindowsSubsystem: boolean
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
 * A mark alone proves nothing: an image of a container that a virtual machine was booted from has it too. Who is in the
 * machine's own mount namespace is in no container.
 */
export const containerKind = (
  marks: ContainerMarks,
  { mount, pid }: Pick<HostFacts['namespaces'], 'mount' | 'pid'>,
): ContainerKind | undefined => {
  if (mount === 'host') return undefined
  const kind = markedKind(marks)
  // Windows runs each of its Linux systems in namespaces of a virtual machine that holds nothing else.
  if (kind !== undefined || marks.isWindowsSubsystem) return kind
  return mount === 'own' && pid === 'own' ? 'unknown' : undefined
}
