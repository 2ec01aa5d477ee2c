import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type Digest, isNootropicError, NootropicError, type Report } from '@nootropic/core'
import { Piscina } from 'piscina'
import { allowedMilliseconds } from './budget.ts'
import { builtProgram } from './built-program.ts'
import { scanLimits } from './limits.ts'
import { unreadReport } from './report.ts'
import type { ScanOptions } from './scan.ts'
import type { ScanAnswer, ScanTask } from './scan-worker.ts'

/** Threads that scan files beside one another. */
export interface ScanPool {
  /**
   * Scans one file. A thread that keeps no limit of its own is ended, and the file is incomplete.
   *
   * @throws NootropicError as `scan` does
   */
  scan(path: string, options: ScanOptions): Promise<Report>
  close(): Promise<void>
}

/** Memory of the heap of one thread (CWE-770); what the scanner reads is outside the heap and bounded by its windows. */
const heapMegabytes = 512

/** A thread keeps its own limit first, and says more about it. */
const graceMs = 10_000

const digestOfFile = async (path: string): Promise<Digest> => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return `sha256:${hash.digest('hex')}`
}

/** Starts a pool. @param size the number of threads; each scans one file at a time. */
export const createScanPool = (size: number): ScanPool => {
  const pool = new Piscina<ScanTask, ScanAnswer>({
    filename: builtProgram('scan-worker'),
    name: 'scanTask',
    // The program is built: loaders and conditions of the process that started it would only mislead it.
    execArgv: [],
    minThreads: size,
    maxThreads: size,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  })
  return {
    async scan(path, options) {
      const { reactions, limits, cache } = options
      const task = {
        path,
        options: { ...(reactions && { reactions }), ...(limits && { limits }), ...(cache !== undefined && { cache }) },
      }
      const size = await stat(path).then(
        (status) => status.size,
        () => 0,
      )
      const bounds = { ...scanLimits, ...limits }
      const allowedMs = graceMs + allowedMilliseconds(bounds, size + bounds.expandedBytes)
      const deadline = AbortSignal.timeout(allowedMs)
      const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal])
      try {
        const answer = await pool.run(task, { signal })
        if ('error' in answer) throw new NootropicError(answer.error.code, answer.error.message)
        return answer.report
      } catch (error) {
        options.signal?.throwIfAborted()
        if (isNootropicError(error)) throw error
        const why = deadline.aborted ? `it took more than ${allowedMs} ms` : `its reader ended: ${String(error)}`
        return unreadReport({ path, format: 'unknown', digest: await digestOfFile(path) }, `stopped: ${why}`, options)
      }
    },
    close: () => pool.destroy(),
  }
}
