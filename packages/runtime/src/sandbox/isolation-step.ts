import { bubblewrapClaims, bubblewrapCommand } from './bubblewrap.ts'
import type { HostTools } from './host-tools.ts'
import type { IsolationClaims } from './isolation.ts'
import { limitClaims, limitPrefix, type SandboxLimits } from './limits.ts'
import { type WorkerFiles, workerEnvironment } from './worker-files.ts'

/** One way to start a worker, and what it claims to enforce; a canary decides whether it does. */
export interface IsolationStep {
  readonly name: string
  readonly claims: IsolationClaims
  /** The program and its arguments. It gets `environment` and nothing of the host's. */
  readonly command: (files: WorkerFiles) => readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

const plainCommand = (files: WorkerFiles): string[] => [files.node, files.program]

// Windows starts no process without it.
const plainEnvironment: Record<string, string> = {
  ...workerEnvironment,
  ...(process.env.SystemRoot === undefined ? {} : { SystemRoot: process.env.SystemRoot }),
}

// 65534 is `nobody` on every Linux: it owns nothing.
const dropRoot = (setpriv: string): string[] => [setpriv, '--reuid=65534', '--regid=65534', '--clear-groups', '--']

/** The ways this host may offer, the strongest first. */
export const isolationSteps = (tools: HostTools, limits: SandboxLimits): IsolationStep[] => {
  const { bwrap, prlimit, setpriv } = tools
  const prefix = prlimit === undefined ? [] : limitPrefix(prlimit, limits)
  const limited = prlimit === undefined ? {} : limitClaims(limits)
  const steps: IsolationStep[] = []
  if (tools.platform === 'linux' && bwrap !== undefined) {
    const bubblewrap = (name: string, before: string[], claims: IsolationClaims): IsolationStep => ({
      name,
      claims: { ...bubblewrapClaims, ...limited, ...claims },
      command: (files) => [...prefix, ...before, bwrap, ...bubblewrapCommand(files)],
      environment: {},
    })
    const privileges = 'a user without capabilities'
    // bwrap's --uid only maps: root outside stays root outside, so it is dropped first, where the files can be read without it.
    if (!tools.isRoot) steps.push(bubblewrap('bubblewrap', [], { privileges }))
    else {
      if (setpriv !== undefined) steps.push(bubblewrap('bubblewrap as nobody', dropRoot(setpriv), { privileges }))
      steps.push(bubblewrap('bubblewrap as root', [], {}))
    }
  }
  const environment = 'a cleared environment'
  if (tools.platform === 'linux' && prlimit !== undefined) {
    steps.push({
      name: 'limits',
      claims: { ...limited, environment },
      command: (files) => [...prefix, ...plainCommand(files)],
      environment: plainEnvironment,
    })
  }
  steps.push({ name: 'plain process', claims: { environment }, command: plainCommand, environment: plainEnvironment })
  return steps
}
