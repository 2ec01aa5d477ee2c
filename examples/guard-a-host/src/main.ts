import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isNootropicError } from '@nootropic/core'
import { runDemo } from './demo.ts'
import { openHost } from './host.ts'

const directory = await mkdtemp(join(tmpdir(), 'nootropic-guard-a-host-'))
try {
  const host = await openHost(directory, {
    onError: console.error,
    // Small, so that the demo meets its end.
    quotas: [
      { id: 'pictures', measure: 'requests', kind: 'rate', limit: 1, burst: 2, windowSeconds: 60, per: ['subject'] },
    ],
  })
  try {
    await runDemo(host, console.log)
  } finally {
    await host.close()
  }
} catch (error) {
  if (!isNootropicError(error)) throw error
  console.error(`${error.code}: ${error.message}`)
  process.exitCode = 1
} finally {
  await rm(directory, { recursive: true })
}
