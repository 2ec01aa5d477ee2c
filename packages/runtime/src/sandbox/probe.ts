import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { basename, isAbsolute, join } from 'node:path'
import { NootropicError } from '@nootropic/core'
import type { Bait } from '../worker/acts.ts'
import type { CanaryResult } from '../worker/canary.ts'
import { frameTypes } from '../worker/protocol.ts'
import { assessLayers, assessServing } from './assess-isolation.ts'
import { canaryReplySchema } from './canary-reply.ts'
import { viewWorker } from './host-view.ts'
import { type IsolationReport, levelOf } from './isolation.ts'
import type { IsolationStep } from './isolation-step.ts'
import type { SandboxLimits } from './limits.ts'
import { makeTemporaryDirectory } from './temporary-directory.ts'
import type { WorkerProcess } from './worker-process.ts'

const listen = async (where: { port: number; host: string } | { path: string }): Promise<Server> => {
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, resolve)
  })
  return server
}

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

// sockaddr_un of unix(7).
const maximumSocketPath = 107

/** Where a socket of the host is in the file system; where its path would be too long, an abstract name. */
const socketIn = (directory: string): string => {
  const path = join(directory, 'socket')
  return Buffer.byteLength(path) <= maximumSocketPath ? path : `\0${basename(directory)}`
}

/** What the host lays out for a canary: each piece is within reach of whoever is not kept from it. */
const withBait = async <T>(limits: SandboxLimits, use: (bait: Bait) => Promise<T>): Promise<T> => {
  const directory = makeTemporaryDirectory('bait')
  const [file, program, socket] = [join(directory, 'planted'), join(directory, 'program'), socketIn(directory)]
  const servers: Server[] = []
  try {
    // Open to every user: the canary is to be stopped by the sandbox, not by modes that it may not meet elsewhere.
    writeFileSync(file, 'a file of the host')
    writeFileSync(program, 'no program')
    chmodSync(directory, 0o777)
    chmodSync(file, 0o666)
    chmodSync(program, 0o777)
    servers.push(await listen({ host: '127.0.0.1', port: 0 }), await listen({ path: socket }))
    if (isAbsolute(socket)) chmodSync(socket, 0o777)
    return await use({
      ...{ stage: 'start', file, directory, program, socket, host: process.pid },
      port: portOf(servers[0] as Server),
      allocation: limits.memoryBytes,
      descriptors: limits.descriptors,
    })
  } finally {
    for (const server of servers) server.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

const askCanary = async (worker: WorkerProcess, bait: Bait): Promise<CanaryResult> => {
  const { head } = await worker.request(frameTypes.canary, bait, [], 0)
  const canary = canaryReplySchema.safeParse(head)
  if (canary.success) return canary.data
  throw new NootropicError('WORKER_FAILED', 'the canary answered against its protocol', { cause: canary.error })
}

/**
 * Lets the canary in a fresh worker try what a hostile model would, and says what it was kept from.
 *
 * @throws NootropicError `WORKER_FAILED` when the worker did not start, or the canary did not answer
 */
export const probeWorker = (
  worker: WorkerProcess,
  { name, claims }: IsolationStep,
  limits: SandboxLimits,
): Promise<IsolationReport> =>
  withBait(limits, async (bait) => {
    const layers = assessLayers(await askCanary(worker, bait), viewWorker(worker.pid), claims)
    return { level: levelOf(layers), way: name, passedOver: [], layers }
  })

// At this stage nothing is laid out: what the canary tries is in every worker's reach until the second filter is set.
const nothing = { file: '', directory: '', program: '', socket: '', port: 0, host: 0, allocation: 0, descriptors: 0 }

/**
 * The same report with what the canary sees when the second filter is set.
 *
 * @throws NootropicError `ISOLATION_UNAVAILABLE` when the filter was claimed and does not hold; `WORKER_FAILED`
 */
export const probeServingWorker = async (
  worker: WorkerProcess,
  { claims }: IsolationStep,
  isolation: IsolationReport,
): Promise<IsolationReport> => {
  const canary = await askCanary(worker, { ...nothing, stage: 'serve' })
  const report = assessServing(isolation, canary, viewWorker(worker.pid), claims)
  const { state, probe } = report.layers.servingCalls
  if (state !== 'failed') return report
  throw new NootropicError(
    'ISOLATION_UNAVAILABLE',
    `expected the second filter of system calls in the worker, found that the canary got ` +
      `through servingCalls (${probe}); reinstall koffi (npm i koffi), or report this host`,
    { details: { layers: report.layers } },
  )
}
