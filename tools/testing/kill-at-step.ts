import { readdirSync, rmSync, writeSync } from 'node:fs'
import files from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'

// What changes a file system, by the functions of node:fs/promises, and where each has the bytes that it writes.
const fileChanges: readonly Change[] = [
  ...['open', 'rename', 'link', 'unlink', 'truncate', 'mkdir', 'rm', 'rmdir'].map((name) => ({ name })),
  { name: 'writeFile', data: 1 },
]
const handleChanges: readonly Change[] = [
  { name: 'sync' },
  { name: 'datasync' },
  { name: 'writeFile', data: 0 },
  { name: 'write', data: 0 },
]

interface Change {
  readonly name: string
  /** Which parameter holds the bytes. */
  readonly data?: number
}

type Call = (this: unknown, ...parameters: unknown[]) => Promise<unknown>

// A part of what a call was to write: the first half, as far as it can be cut.
const cut = (data: unknown): unknown => {
  if (typeof data === 'string') return data.slice(0, data.length >> 1)
  return data instanceof Uint8Array ? data.subarray(0, data.length >> 1) : undefined
}

const removeHalf = (directory: string): void => {
  const names = readdirSync(directory)
  for (const name of names.slice(0, names.length >> 1)) rmSync(join(directory, name), { recursive: true })
}

/**
 * Counts the changes of the file system that this process makes, and kills it (SIGKILL) before one of them, or with half
 * of it written, or of a directory removed. Reads count as no step, but an `open` for reading does.
 *
 * @param lastStep how many changes are still made; infinite to count only.
 * @returns how many there were so far.
 */
const killAtStep = async (lastStep: number, mode: 'before' | 'torn'): Promise<() => number> => {
  let steps = 0
  const count = (owner: object, { name, data }: Change): void => {
    const original = Reflect.get(owner, name) as Call
    const counted: Call = async function (...parameters) {
      if (steps++ < lastStep) return original.apply(this, parameters)
      const half = mode === 'torn' && data !== undefined ? cut(parameters[data]) : undefined
      if (data !== undefined && half !== undefined) {
        // write(buffer, offset, length, position) would read past the half.
        const rest =
          name === 'write' ? [half, 0, (half as Uint8Array).length, parameters[3]] : parameters.with(data, half)
        await original.apply(this, rest)
      }
      if (mode === 'torn' && name === 'rm') removeHalf(parameters[0] as string)
      process.kill(process.pid, 'SIGKILL')
      return new Promise(() => {})
    }
    Reflect.set(owner, name, counted)
  }
  const handle = await files.open(process.argv[1] as string)
  const handles = Object.getPrototypeOf(handle) as object
  await handle.close()
  for (const change of handleChanges) count(handles, change)
  for (const change of fileChanges) count(files, change)
  syncBuiltinESMExports()
  return () => steps
}

/**
 * All that a program does which is to be killed: it works in a new directory, says what is done (JSON, one document a line),
 * and at its end how many steps there were. Called with HOME SEED STEP before|torn.
 */
export const workUntilKilled = async <Said>(
  work: (home: string, seed: number, say: (said: Said) => void) => Promise<void>,
): Promise<void> => {
  const [home, seed, lastStep, mode] = process.argv.slice(2) as [string, string, string, 'before' | 'torn']
  const say = (said: unknown): void => void writeSync(1, `${JSON.stringify(said)}\n`)
  const steps = await killAtStep(Number(lastStep), mode)
  await work(home, Number(seed), say)
  say({ steps: steps() })
}
