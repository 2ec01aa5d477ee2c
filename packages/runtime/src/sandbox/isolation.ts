import type { CanaryResult } from '../worker/canary.ts'

/** Levels of isolation, the strongest first. */
export const isolationLevels = ['strong', 'standard', 'limits-only', 'none'] as const
/**
 * What a worker was proved to be kept from.
 *
 * - `strong`: `standard`, and the system calls that a model does not need are refused; memory and open files are
 *   limited; no privileges outside either.
 * - `standard`: own namespaces; no file of the host, no network, no environment.
 * - `limits-only`: memory, open files, core dumps and environment; the network and the files of the user are open.
 * - `none`: a process of its own, which can be killed, and nothing else.
 */
export type IsolationLevel = (typeof isolationLevels)[number]

/** What a worker can be kept from, or kept to. */
export const isolationLayers = [
  'namespaces',
  'filesystem',
  'network',
  'systemCalls',
  'processes',
  'memory',
  'cpu',
  'descriptors',
  'coreDumps',
  'environment',
  'privileges',
] as const
/** One of {@link isolationLayers}. */
export type IsolationLayer = (typeof isolationLayers)[number]

/** What became of one layer. */
export interface LayerReport {
  /** `enforced`: the canary tried and could not. `failed`: it was asked for, and the canary could. `unavailable`: not asked for. */
  readonly state: 'enforced' | 'unavailable' | 'failed'
  /** What enforces it. */
  readonly how: string
  /** What the canary inside the worker saw. */
  readonly probe: string
}

/** What was proved of one worker: never what was asked for. */
export interface IsolationReport {
  readonly level: IsolationLevel
  readonly layers: Readonly<Record<IsolationLayer, LayerReport>>
}

/** Whether `level` is at least as strong as `required`. */
export const isAtLeastLevel = (level: IsolationLevel, required: IsolationLevel): boolean =>
  isolationLevels.indexOf(level) <= isolationLevels.indexOf(required)

const standard: readonly IsolationLayer[] = ['namespaces', 'filesystem', 'network', 'environment']
const limits: readonly IsolationLayer[] = ['memory', 'descriptors', 'coreDumps', 'environment']

const needed: Record<IsolationLevel, readonly IsolationLayer[]> = {
  strong: [...standard, ...limits, 'systemCalls', 'processes', 'privileges'],
  standard,
  'limits-only': limits,
  none: [],
}

/** What the host knows of itself and of the worker from outside, beside which the canary's words are read. */
export interface HostView {
  readonly namespaces: Readonly<Record<string, string>>
  /** The user the worker runs as, seen from the host; undefined where the host cannot tell. */
  readonly workerUser: number | undefined
}

// What a sandboxed worker may see of an environment: what was set for it, and what its launcher adds.
const expectedVariables = ['ORT_DISABLE_TELEMETRY', 'ORT_TELEMETRY_DISABLED', 'PWD', 'SystemRoot']

interface Proof {
  readonly isHeld: boolean
  readonly probe: string
}

const proofs: Record<IsolationLayer, (canary: CanaryResult, host: HostView) => Proof> = {
  namespaces: ({ namespaces }, host) => {
    const kinds = Object.keys(host.namespaces)
    const shared = kinds.filter((kind) => namespaces[kind] === undefined || namespaces[kind] === host.namespaces[kind])
    if (kinds.length === 0) return { isHeld: false, probe: 'the host cannot name its namespaces' }
    return { isHeld: shared.length === 0, probe: `shared with the host: ${shared.join(', ') || 'none'}` }
  },
  filesystem: ({ read, write }) => ({
    isHeld: !read.succeeded && !write.succeeded,
    probe: `${read.detail}; ${write.detail}`,
  }),
  network: ({ connect }) => ({ isHeld: !connect.succeeded, probe: connect.detail }),
  systemCalls: ({ status, spawn }) => ({
    isHeld: status.Seccomp === '2' && !spawn.succeeded,
    probe: `seccomp mode ${status.Seccomp ?? 'unknown'}; ${spawn.detail}`,
  }),
  processes: ({ spawn }) => ({ isHeld: !spawn.succeeded, probe: spawn.detail }),
  memory: ({ allocate }) => ({ isHeld: !allocate.succeeded, probe: allocate.detail }),
  cpu: ({ cpuLimit }) => ({ isHeld: /^\d+$/.test(cpuLimit), probe: `limit ${cpuLimit} s` }),
  // Of 1, not 0: see limitPrefix.
  coreDumps: ({ coreLimit }) => ({ isHeld: coreLimit === '1', probe: `limit ${coreLimit} B` }),
  descriptors: ({ openMany }) => ({ isHeld: !openMany.succeeded, probe: openMany.detail }),
  environment: ({ environment }) => {
    const unexpected = environment.filter((name) => !expectedVariables.includes(name))
    return { isHeld: unexpected.length === 0, probe: `unexpected variables: ${unexpected.length}` }
  },
  privileges: ({ status }, { workerUser }) => ({
    isHeld:
      workerUser !== undefined && workerUser !== 0 && /^0+$/.test(status.CapEff ?? '') && status.NoNewPrivs === '1',
    probe:
      `user ${workerUser ?? 'unknown'} on the host, capabilities ${status.CapEff ?? 'unknown'}, ` +
      `no new privileges ${status.NoNewPrivs ?? 'unknown'}`,
  }),
}

/** What a step of the chain says it enforces, and by what. */
export type IsolationClaims = Partial<Record<IsolationLayer, string>>

/** Reads a canary's findings against what was claimed. */
export const assessIsolation = (canary: CanaryResult, claims: IsolationClaims, host: HostView): IsolationReport => {
  const assess = (layer: IsolationLayer): LayerReport => {
    const { isHeld, probe } = proofs[layer](canary, host)
    const claim = claims[layer]
    const unmet = claim === undefined ? 'unavailable' : 'failed'
    return { state: isHeld ? 'enforced' : unmet, how: claim ?? (isHeld ? 'the host' : 'nothing'), probe }
  }
  const layers = Object.fromEntries(isolationLayers.map((layer) => [layer, assess(layer)])) as IsolationReport['layers']
  const level = isolationLevels.find((name) => needed[name].every((layer) => layers[layer].state === 'enforced'))
  return { level: level ?? 'none', layers }
}
