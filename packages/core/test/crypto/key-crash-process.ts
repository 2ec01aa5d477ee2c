// Works on a key store, says what is on disk, and kills itself: DIRECTORY SEED STEP before|torn
// STEP counts the changes of the file system: the process ends before that one, or with half of it written.
import { writeSync } from 'node:fs'
import files from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { createSeededRandom } from '../../src/random.ts'
import { type Acknowledgement, crashWork } from './key-crash-work.ts'

const [directory, seed, lastStep, mode] = process.argv.slice(2) as [string, string, string, string]
const say = (said: Acknowledgement): void => void writeSync(1, `${JSON.stringify(said)}\n`)

let steps = 0
type Call = (this: unknown, ...parameters: unknown[]) => Promise<unknown>

const countSteps = (owner: object, calls: readonly { name: string; data?: number }[]): void => {
  for (const { name, data } of calls) {
    const original = Reflect.get(owner, name) as Call
    const counted: Call = async function (...parameters) {
      if (steps++ < Number(lastStep)) return original.apply(this, parameters)
      if (mode === 'torn' && data !== undefined) {
        const bytes = Buffer.from(parameters[data] as Buffer)
        await original.apply(this, parameters.with(data, bytes.subarray(0, bytes.length >> 1)))
      }
      process.kill(process.pid, 'SIGKILL')
      return new Promise(() => {})
    }
    Reflect.set(owner, name, counted)
  }
}

const handle = await files.open(process.argv[1] as string)
const handles = Object.getPrototypeOf(handle) as object
await handle.close()
countSteps(handles, [{ name: 'sync' }, { name: 'datasync' }, { name: 'writeFile', data: 0 }])
const changes = ['open', 'rename', 'link', 'unlink', 'truncate', 'mkdir'].map((name) => ({ name }))
countSteps(files, [...changes, { name: 'writeFile', data: 1 }])
syncBuiltinESMExports()

await crashWork(directory, createSeededRandom(Number(seed)), say)
say({ done: 'all', steps })
