import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test, vi } from 'vitest'
import { withoutBubblewrap, withoutLandlock } from './host.ts'

const program = fileURLToPath(new URL('busy-process.ts', import.meta.url))
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** A process and those below it. */
const family = (pid: number): number[] => [
  pid,
  ...read(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter((child) => child !== '')
    .flatMap((child) => family(Number(child))),
]

const isRunning = (pid: number): boolean => /^State:\s+[^ZX]/m.test(read(`/proc/${pid}/status`))

for (const [wall, isSkipped] of [
  ['bubblewrap', withoutBubblewrap],
  ['Landlock', withoutLandlock],
] as const) {
  test.skipIf(isSkipped)(`a busy worker under ${wall} does not outlive a host that is killed${isSkipped}`, async () => {
    const words = ['--conditions=@nootropic/source', '--import', loader, program, wall]
    const host = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
    const [said] = await once(host.stdout, 'data')
    const processes = family(Number(said))
    expect(processes.filter(isRunning)).toEqual(processes)
    host.kill('SIGKILL')
    await vi.waitFor(() => expect(processes.filter(isRunning), 'left behind').toEqual([]), { timeout: 5000 })
  })
}
