import { basename } from 'node:path'
import type { LaunchOrder } from '../../launcher/order.ts'
import type { Bundles } from '../bundles.ts'
import type { IsolationClaims } from '../isolation.ts'
import { launchLimits } from '../launch.ts'
import type { ProcessLimits, ResourceLimit } from '../limits.ts'
import { workerEnvironment } from '../worker-files.ts'
import { bundleConfig } from './bundle.ts'
import { makeBundle, removeBundle, stateOf } from './bundle-directory.ts'

/** What gVisor enforces (gvisor.dev): a kernel in Go, in user space, that serves the worker instead of the host's. */
export const gvisorClaims = ({ cpuSeconds }: ProcessLimits): IsolationClaims => ({
  gvisor: 'gVisor: a kernel in user space, which asks the host for little',
  filesystem: 'gVisor: a read-only root of Node, its libraries and onnxruntime',
  network: 'gVisor: no network, and no socket of the host',
  signals: 'gVisor: processes of its own',
  memory: "gVisor: RLIMIT_AS, over what Node maps beside its memory; RLIMIT_DATA for gVisor's own",
  descriptors: 'gVisor: RLIMIT_NOFILE',
  environment: 'a cleared environment',
  coreDumps: 'RLIMIT_CORE',
  ...(cpuSeconds === undefined ? {} : { cpu: 'RLIMIT_CPU' }),
})

/**
 * runsc's arguments: as whoever it is started by, with users of its own (`--rootless`), without network and without anything
 * of the host that it could write to.
 */
export const runscWords = (bundle: string): string[] => [
  ...['--root', stateOf(bundle), '--rootless', '--ignore-cgroups', '--network', 'none', '--overlay2', 'none'],
  ...['run', '--bundle', bundle, basename(bundle)],
]

/**
 * What the host's kernel keeps of gVisor's own processes. The worker's memory is shared between them and not counted by RLIMIT_DATA;
 * what gVisor itself needs for a worker's threads and mappings is. Of open files they have more than a worker.
 */
export const limitsOutside: readonly ResourceLimit['name'][] = ['data', 'core', 'cpu', 'nproc']

// RLIMIT_DATA bounds the heap of the C library there, and no mapping.
const limitsInside: readonly ResourceLimit['name'][] = ['data', 'nofile', 'fsize', 'core']

/** What the launcher does inside, where it is the first process: gVisor asks of no mapping what RLIMIT_DATA is. */
const orderInside = (limits: ProcessLimits): LaunchOrder => ({
  limits: launchLimits(limits, limitsInside),
  privateBytes: limits.memoryBytes,
  filter: true,
  program: '/rt/node',
  words: ['/rt/node', '/rt/app/worker.mjs'],
  environment: workerEnvironment,
})

/** The bundles of workers, to be run as `user`, or as this one. */
export const bundlesOf = (launcher: string, limits: ProcessLimits, user: number | undefined): Bundles => {
  const order = JSON.stringify(orderInside(limits))
  return {
    make: (files) => makeBundle(bundleConfig(files, launcher, order), user),
    remove: removeBundle,
  }
}
