import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test, vi } from 'vitest'
import { createSandbox } from '../../src/sandbox/index.ts'
import { family, isRunning } from './family.ts'
import { withoutBubblewrap, withoutGvisor, withoutLandlock } from './host.ts'

const program = fileURLToPath(new URL('busy-process.ts', import.meta.url))
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

for (const [wall, isSkipped] of [
  ['bubblewrap', withoutBubblewrap],
  ['Landlock', withoutLandlock],
  ['gVisor', withoutGvisor],
] as const) {
  test.skipIf(isSkipped)(`a busy worker under ${wall} does not outlive a host that is killed${isSkipped}`, async () => {
    const words = ['--conditions=@nootropic/source', '--import', loader, program, wall]
    const host = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
    const [said] = await once(host.stdout, 'data')
    const processes = family(Number(said))
    expect(processes.filter(isRunning)).toEqual(processes)
    host.kill('SIGKILL')
    await vi.waitFor(() => expect(processes.filter(isRunning), 'left behind').toEqual([]), { timeout: 5000 })
    if (wall !== 'gVisor') return
    // What its worker was started from goes when the next one is.
    const bundles = () => readdirSync(tmpdir()).filter((name) => new RegExp(`-gvisor-\\d+-${host.pid}-`).test(name))
    expect(bundles()).not.toEqual([])
    await createSandbox({ runner: 'gvisor' }).probe()
    expect(bundles()).toEqual([])
  })
}
