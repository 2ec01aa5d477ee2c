import { bubblewrapClaims, bubblewrapWords, enclosedCommand } from './bubblewrap.ts'
import type { Bundles } from './bundles.ts'
import { bundlesOf, gvisorClaims, limitsOutside, runscWords } from './gvisor/run.ts'
import type { HostTools } from './host-tools.ts'
import type { IsolationClaims } from './isolation.ts'
import { encloseByLandlock } from './landlock/enclose.ts'
import { landlockClaims } from './landlock/rights.ts'
import { launchCommand, launchLimits, limitedCommand, nobody } from './launch.ts'
import { limitClaims, type ProcessLimits, type SandboxLimits } from './limits.ts'
import { seccompFilter } from './seccomp/filter.ts'
import { countTasks } from './user-tasks.ts'
import { type WorkerFiles, workerEnvironment } from './worker-files.ts'

/** One way to start a worker, and what it claims to enforce; a canary decides whether it does. */
export interface IsolationStep {
  readonly name: string
  readonly claims: IsolationClaims
  /**
   * The program and its arguments, for the worker's own bundle where the step has bundles. It gets `environment` and nothing
   * of the host's.
   */
  readonly command: (files: WorkerFiles, bundle?: string) => readonly string[]
  /** A directory of its own that each worker is started from. */
  readonly bundles?: Bundles
  /** Whether only frames reach the worker: no other descriptor is passed on to it. */
  readonly framesOnly?: boolean
  readonly environment: Readonly<Record<string, string>>
  /** Goes to the program as descriptor 3: a seccomp filter, as packed `struct sock_filter[]`. */
  readonly filter?: Buffer
}

const plainCommand = (files: WorkerFiles): string[] => [files.node, files.program]

// Windows starts no process without it.
const plainEnvironment: Record<string, string> = {
  ...workerEnvironment,
  ...(process.env.SystemRoot === undefined ? {} : { SystemRoot: process.env.SystemRoot }),
}

const environmentClaims: IsolationClaims = { environment: 'a cleared environment' }

const privilegeClaims: IsolationClaims = { privileges: 'a user without capabilities' }

const filterClaims: IsolationClaims = {
  systemCalls: 'seccomp: an allow-list of system calls',
  processes: 'seccomp: threads only, no process and no other program',
}

// The worker sets it on itself, by koffi.
const servingClaims: IsolationClaims = { servingCalls: 'seccomp: a second, narrower filter' }

const nameOf = (wall: string, isRoot: boolean, user: number | undefined): string => {
  if (!isRoot) return wall
  return `${wall} as ${user === undefined ? 'root' : 'nobody'}`
}

/** Layer A: own namespaces, a filter of system calls, limits. */
const bubblewrapStep = (tools: HostTools, limits: ProcessLimits, user?: number): IsolationStep[] => {
  const { bwrap, architecture, launcher, isRoot } = tools
  if (bwrap === undefined) return []
  const filter = architecture === undefined ? undefined : seccompFilter(architecture, 'start')
  const byFilter = filter === undefined ? [] : ['--seccomp', '3']
  const limited = (words: readonly string[]) =>
    limitedCommand(tools, limits, {
      command: [bwrap, ...words],
      environment: {},
      ...(user === undefined ? {} : { user }),
    })
  if (limited([]) === undefined) return []
  return [
    {
      name: nameOf('bubblewrap', isRoot, user),
      claims: {
        ...bubblewrapClaims,
        ...limitClaims(limits),
        ...(filter === undefined ? {} : filterClaims),
        ...(filter === undefined || launcher === undefined ? {} : servingClaims),
        ...(isRoot && user === undefined ? {} : privilegeClaims),
      },
      command: (files) => limited([...bubblewrapWords(files), ...byFilter, ...enclosedCommand]) ?? [],
      environment: {},
      ...(filter === undefined ? {} : { filter }),
    },
  ]
}

/** Layer B: a Landlock domain, a filter of system calls, limits; no namespaces. */
const landlockStep = (
  { landlock, launcher, isRoot }: HostTools,
  limits: ProcessLimits,
  user?: number,
): IsolationStep[] => {
  if (landlock === undefined || launcher === undefined) return []
  return [
    {
      name: nameOf('Landlock', isRoot, user),
      claims: {
        ...landlockClaims(landlock),
        ...limitClaims(limits),
        ...filterClaims,
        ...servingClaims,
        ...(isRoot && user === undefined ? {} : privilegeClaims),
      },
      command: (files) =>
        launchCommand(launcher, {
          ...encloseByLandlock(files),
          limits: launchLimits(limits),
          ...(user === undefined ? {} : { user }),
          filter: true,
        }),
      environment: {},
    },
  ]
}

/** gVisor: a kernel in user space, and a filter of system calls in it. Root becomes nobody, as whom runsc makes users of its own. */
const gvisorStep = ({ runsc, launcher, isRoot }: HostTools, limits: ProcessLimits): IsolationStep[] => {
  if (runsc === undefined || launcher === undefined) return []
  const user = isRoot ? nobody : undefined
  return [
    {
      name: nameOf('gVisor', isRoot, user),
      claims: { ...gvisorClaims(limits), ...filterClaims, ...servingClaims, ...privilegeClaims },
      command: (_, bundle = '') =>
        launchCommand(launcher, {
          limits: launchLimits(limits, limitsOutside),
          ...(user === undefined ? {} : { user }),
          filter: false,
          program: runsc,
          words: [runsc, ...runscWords(bundle)],
          environment: {},
        }),
      environment: {},
      bundles: bundlesOf(launcher, limits, user),
      framesOnly: true,
    },
  ]
}

const limitsStep = (tools: HostTools, limits: ProcessLimits): IsolationStep[] => {
  const limited = (command: readonly string[]) =>
    limitedCommand(tools, limits, { command, environment: plainEnvironment })
  if (limited(['']) === undefined) return []
  return [
    {
      name: 'limits',
      claims: { ...limitClaims(limits), ...environmentClaims },
      command: (files) => limited(plainCommand(files)) ?? [],
      environment: plainEnvironment,
    },
  ]
}

const plainStep: IsolationStep = {
  name: 'plain process',
  claims: environmentClaims,
  command: plainCommand,
  environment: plainEnvironment,
}

// Room for some sixty workers of one user. The kernel counts all that the user runs, so what is there already comes on top.
const tasksOfWorkers = 1024

const processLimits = (tools: HostTools, limits: SandboxLimits): ProcessLimits => {
  const worker = tools.isRoot ? nobody : (process.getuid?.() ?? nobody)
  return { ...limits, tasks: countTasks(worker) + tasksOfWorkers }
}

/** The ways to start a worker under gVisor, which is chosen by name and never for want of another: none without its program. */
export const gvisorSteps = (tools: HostTools, sandboxLimits: SandboxLimits): IsolationStep[] => {
  if (tools.platform !== 'linux') return []
  return gvisorStep(tools, processLimits(tools, sandboxLimits))
}

/** The ways this host may offer, the strongest first. */
export const isolationSteps = (tools: HostTools, sandboxLimits: SandboxLimits): IsolationStep[] => {
  if (tools.platform !== 'linux') return [plainStep]
  const limits = processLimits(tools, sandboxLimits)
  // Neither bwrap's --uid, which only maps, nor a lack of capabilities takes from root what root owns: it becomes nobody
  // first. Where it cannot, as in a user namespace of one user, it stays root and is not called unprivileged.
  const strong = [bubblewrapStep, landlockStep]
  return [
    ...strong.flatMap((step) => step(tools, limits, tools.isRoot ? nobody : undefined)),
    ...(tools.isRoot ? strong.flatMap((step) => step(tools, limits)) : []),
    ...limitsStep(tools, limits),
    plainStep,
  ]
}
