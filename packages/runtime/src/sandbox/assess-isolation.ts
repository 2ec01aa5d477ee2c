import { type Act, acts } from '../worker/acts.ts'
import type { CanaryResult } from '../worker/canary.ts'
import type { HostView } from './host-view.ts'
import {
  type IsolationClaims,
  type IsolationLayer,
  type IsolationReport,
  isolationLayers,
  type LayerReport,
  levelOf,
} from './isolation.ts'
import { workerEnvironment } from './worker-files.ts'

/** What is known of a worker: by what its canary did, and by what the host sees of it. */
interface Evidence {
  readonly canary: CanaryResult
  readonly host: HostView
}

interface Proof {
  readonly isHeld: boolean
  readonly probe: string
}

/** Held when no act came through and one was tried at least. An act that went unanswered came through. */
const byActs =
  (table: readonly Act[]) =>
  ({ canary }: Evidence): Proof => {
    const results = table.map(({ name }) => {
      const { outcome = 'open', detail = 'no answer' } = canary.acts[name] ?? {}
      return { name, outcome, detail }
    })
    const open = results.filter(({ outcome }) => outcome === 'open')
    const refused = results.filter(({ outcome }) => outcome === 'refused')
    const told = open.length > 0 ? open : refused
    const details = [...new Set(told.map(({ detail }) => detail))]
    const namesWith = (detail: string) => told.filter((result) => result.detail === detail).map(({ name }) => name)
    return {
      isHeld: open.length === 0 && refused.length > 0,
      probe: details.map((detail) => `${namesWith(detail).join(', ')}: ${detail}`).join('; ') || 'nothing was tried',
    }
  }

/**
 * Whether a kernel of its own serves the worker. Linux tells all its programs the same of itself: namespaces change the name of a
 * host only, and a filter answers with errors only. Who hears something else is served by another kernel; and as that one runs in
 * processes of the host, Linux knows of no Node among them.
 */
const hasOwnKernel = ({ canary, host }: Evidence): boolean => canary.kernel !== host.kernel && host.isNode === false

/**
 * As `proof`, and the kernel counts so many filters more on the worker than on the host, where it tells. Of the filters of
 * another kernel the host's knows nothing.
 */
const byFilters =
  (expected: number, proof: (evidence: Evidence) => Proof) =>
  (evidence: Evidence): Proof => {
    const { isHeld, probe } = proof(evidence)
    const addedFilters = hasOwnKernel(evidence) ? undefined : evidence.host.addedFilters
    return {
      isHeld: isHeld && (addedFilters === undefined || addedFilters >= expected),
      probe: `${addedFilters ?? 'unknown number of'} filters; ${probe}`,
    }
  }

// What a sandboxed worker may see of an environment: what was set for it, and what its launcher adds.
const expectedVariables = [...Object.keys(workerEnvironment), 'OPENSSL_CONF', 'PWD', 'SystemRoot']

const isOwnNamespace = ({ canary, host }: Evidence, kind: string): boolean =>
  canary.namespaces[kind] !== undefined && canary.namespaces[kind] !== host.namespaces[kind]

// A worker that cannot read its own status is seen from outside.
const statusOf = ({ canary, host }: Evidence): Readonly<Record<string, string>> => ({
  ...host.status,
  ...canary.status,
})

const proofs: Record<Exclude<IsolationLayer, 'servingCalls'>, (evidence: Evidence) => Proof> = {
  namespaces: (evidence) => {
    const kinds = Object.keys(evidence.host.namespaces)
    if (kinds.length === 0) return { isHeld: false, probe: 'the host cannot name its namespaces' }
    const shared = kinds.filter((kind) => !isOwnNamespace(evidence, kind))
    return { isHeld: shared.length === 0, probe: `shared with the host: ${shared.join(', ') || 'none'}` }
  },
  landlock: byActs(acts.start.landlock),
  gvisor: (evidence) => {
    const { kernel } = evidence.canary
    const { isNode } = evidence.host
    const seen = isNode === undefined ? 'cannot be told' : isNode ? 'is there' : 'is not there'
    return {
      isHeld: hasOwnKernel(evidence),
      probe: `the kernel calls itself ${kernel}; a process of the host that is Node ${seen}`,
    }
  },
  filesystem: byActs(acts.start.filesystem),
  network: byActs(acts.start.network),
  systemCalls: (evidence) => {
    const { Seccomp: mode = 'unknown' } = statusOf(evidence)
    const { isHeld, probe } = byFilters(1, byActs(acts.start.systemCalls))(evidence)
    return { isHeld: isHeld && mode === '2', probe: `seccomp mode ${mode}; ${probe}` }
  },
  processes: byActs(acts.start.processes),
  signals: (evidence) => {
    // The host's number means another process, or none, where numbers are counted anew.
    if (isOwnNamespace(evidence, 'pid')) return { isHeld: true, probe: 'the host has no process id there' }
    return byActs(acts.start.signals)(evidence)
  },
  memory: (evidence) => {
    const { isHeld, probe } = byActs(acts.start.memory)(evidence)
    if (!hasOwnKernel(evidence)) return { isHeld, probe }
    // What that kernel needs for the worker is on the host's account.
    const { data } = evidence.host.limits
    return { isHeld: isHeld && /^\d+$/.test(data), probe: `${probe}; limit of its kernel ${data} B` }
  },
  cpu: ({ host }) => ({ isHeld: /^\d+$/.test(host.limits.cpu), probe: `limit ${host.limits.cpu} s` }),
  // A limit of 0 stops files only: the kernel still hands the core to a program that core(5)'s pattern names. Of 1 byte it
  // does neither (fs/coredump.c).
  coreDumps: ({ host }) => ({
    isHeld: host.limits.core === '1' || (host.limits.core === '0' && !host.dumpsToProgram),
    probe: `limit ${host.limits.core} B`,
  }),
  descriptors: byActs(acts.start.descriptors),
  environment: ({ canary }) => {
    const unexpected = canary.environment.filter((name) => !expectedVariables.includes(name))
    return { isHeld: unexpected.length === 0, probe: `unexpected variables: ${unexpected.length}` }
  },
  privileges: (evidence) => {
    const { CapEff, NoNewPrivs } = statusOf(evidence)
    // Inside, another number is seen than the one that counts.
    const user = evidence.host.status.Uid
    const isUnprivileged = user !== undefined && user !== '0' && /^0+$/.test(CapEff ?? '') && NoNewPrivs === '1'
    // What its own kernel may do is for the host to say.
    const mayNothing = evidence.host.hasOwnUsers || /^0+$/.test(evidence.host.status.CapEff ?? '')
    return {
      isHeld: isUnprivileged && (mayNothing || !hasOwnKernel(evidence)),
      probe:
        `user ${user ?? 'unknown'} on the host, capabilities ${CapEff ?? 'unknown'}, ` +
        `no new privileges ${NoNewPrivs ?? 'unknown'}${evidence.host.hasOwnUsers ? ', users of its own' : ''}`,
    }
  },
}

const report = ({ isHeld, probe }: Proof, claim: string | undefined): LayerReport => {
  const unmet = claim === undefined ? 'unavailable' : 'failed'
  return { state: isHeld ? 'enforced' : unmet, how: claim ?? (isHeld ? 'the host' : 'nothing'), probe }
}

/** Reads what a canary found before the model came against what was claimed. */
export const assessLayers = (
  canary: CanaryResult,
  host: HostView,
  claims: IsolationClaims,
): IsolationReport['layers'] => {
  const assess = (layer: IsolationLayer): LayerReport =>
    layer === 'servingCalls'
      ? { state: 'unavailable', how: claims.servingCalls ?? 'nothing', probe: 'no model was asked for' }
      : report(proofs[layer]({ canary, host }), claims[layer])
  return Object.fromEntries(isolationLayers.map((layer) => [layer, assess(layer)])) as IsolationReport['layers']
}

/** The same report with what a canary found when the model was loaded. */
export const assessServing = (
  before: IsolationReport,
  canary: CanaryResult,
  host: HostView,
  claims: IsolationClaims,
): IsolationReport => {
  const filters = claims.systemCalls === undefined ? 1 : 2
  const proof = byFilters(filters, byActs(acts.serve.servingCalls))({ canary, host })
  const servingCalls = report(proof, claims.servingCalls)
  const layers = { ...before.layers, servingCalls }
  return { ...before, level: levelOf(layers), layers }
}
