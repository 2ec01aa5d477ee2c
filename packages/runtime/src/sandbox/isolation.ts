/** Levels of isolation, the strongest first. */
export const isolationLevels = ['strong', 'standard', 'limits-only', 'none'] as const
/**
 * What a worker was proved to be kept from.
 *
 * - `strong`: everything that a hostile model could do to its host was tried and refused, by two mechanisms of which
 *   neither rests on the other: a wall (own namespaces, a Landlock domain, or a kernel in user space) and an allow-list of system calls
 *   (seccomp). Memory, open files and core dumps are limited; outside, the worker is an ordinary user without
 *   capabilities.
 * - `standard`: a wall; no file of the host, no network, no environment.
 * - `limits-only`: memory, open files, core dumps and environment; the network and the files of the user are open.
 * - `none`: a process of its own, which can be killed, and nothing else.
 */
export type IsolationLevel = (typeof isolationLevels)[number]

/** What a worker can be kept from, or kept to. */
export const isolationLayers = [
  'namespaces',
  'landlock',
  'gvisor',
  'filesystem',
  'network',
  'systemCalls',
  'servingCalls',
  'processes',
  'signals',
  'memory',
  'cpu',
  'descriptors',
  'coreDumps',
  'environment',
  'privileges',
] as const
/**
 * One of {@link isolationLayers}. `namespaces`, `landlock` and `gvisor` are walls, of which a worker has one; `servingCalls` is the
 * second, narrower filter, which is set before a model arrives; the others are what a model is kept from.
 */
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

/** A way to start a worker that was not used, and why. */
export interface PassedOver {
  readonly way: string
  readonly reason: string
}

/** What was proved of one worker: never what was asked for. */
export interface IsolationReport {
  readonly level: IsolationLevel
  /** The way in which the worker was started, such as `bubblewrap` or `Landlock`. */
  readonly way: string
  /** Ways that come before it in strength and did not serve on this host. */
  readonly passedOver: readonly PassedOver[]
  readonly layers: Readonly<Record<IsolationLayer, LayerReport>>
}

/** What a way to start a worker says it enforces, and by what. */
export type IsolationClaims = Partial<Record<IsolationLayer, string>>

/** Whether `level` is at least as strong as `required`. */
export const isAtLeastLevel = (level: IsolationLevel, required: IsolationLevel): boolean =>
  isolationLevels.indexOf(level) <= isolationLevels.indexOf(required)

/** Layers of which one is enough. */
type AnyOf = readonly IsolationLayer[]

const standard: readonly AnyOf[] = [['namespaces', 'landlock', 'gvisor'], ['filesystem'], ['network'], ['environment']]
const limits: readonly AnyOf[] = [['memory'], ['descriptors'], ['coreDumps'], ['environment']]

const needed: Record<IsolationLevel, readonly AnyOf[]> = {
  strong: [...standard, ...limits, ['systemCalls'], ['processes'], ['signals'], ['privileges']],
  standard,
  'limits-only': limits,
  none: [],
}

/** The strongest level of which every layer is enforced, but for those that are waived. */
export const levelOf = (layers: IsolationReport['layers'], waived: readonly IsolationLayer[] = []): IsolationLevel => {
  const isMet = (layer: IsolationLayer): boolean => waived.includes(layer) || layers[layer].state === 'enforced'
  return isolationLevels.find((level) => needed[level].every((any) => any.some(isMet))) ?? 'none'
}
