import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NootropicError } from '@nootropic/core'
import { type Bait, readNamespaces } from '../worker/canary.ts'
import { frameTypes } from '../worker/protocol.ts'
import { assessIsolation, type IsolationClaims, type IsolationReport } from './isolation.ts'
import type { SandboxLimits } from './limits.ts'
import { canaryResultSchema } from './replies.ts'
import type { WorkerProcess } from './worker-process.ts'

/** A port on this host where somebody listens, for as long as `use` takes. */
const withListener = async <T>(use: (port: number) => Promise<T>): Promise<T> => {
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  try {
    return await use(typeof address === 'object' && address !== null ? address.port : 0)
  } finally {
    server.close()
  }
}

/** What the host lays out for a canary: each piece is within reach of whoever is not kept from it. */
const withBait = async <T>(limits: SandboxLimits, use: (bait: Bait) => Promise<T>): Promise<T> => {
  const directory = mkdtempSync(join(tmpdir(), `nootropic-bait-${process.pid}-`))
  const file = join(directory, 'planted')
  try {
    // Open to every user: the canary is to be stopped by the sandbox, not by modes that it may not meet elsewhere.
    writeFileSync(file, 'a file of the host')
    chmodSync(directory, 0o777)
    chmodSync(file, 0o666)
    return await withListener((port) =>
      use({ file, directory, port, allocation: limits.memoryBytes, descriptors: limits.descriptors }),
    )
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The user a process runs as, seen from here. */
const userOf = (pid: number): number | undefined => {
  try {
    const uid = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return uid === undefined ? undefined : Number(uid)
  } catch {
    return undefined
  }
}

/**
 * Lets the canary in a fresh worker try what a hostile model would, and says what it was kept from.
 *
 * @throws NootropicError `WORKER_FAILED` when the worker did not start, or the canary did not answer
 */
export const probeWorker = (
  worker: WorkerProcess,
  claims: IsolationClaims,
  limits: SandboxLimits,
): Promise<IsolationReport> =>
  withBait(limits, async (bait) => {
    const { head } = await worker.request(frameTypes.canary, bait, [], 0)
    const canary = canaryResultSchema.safeParse(head)
    if (!canary.success) {
      throw new NootropicError('WORKER_FAILED', 'the canary answered against its protocol', { cause: canary.error })
    }
    return assessIsolation(canary.data, claims, { namespaces: readNamespaces(), workerUser: userOf(worker.pid) })
  })
