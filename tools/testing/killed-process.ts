import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// The esbuild that tsx brings: one file of JavaScript starts in a fifth of the time of the sources.
const { buildSync } = createRequire(createRequire(import.meta.url).resolve('tsx'))('esbuild') as {
  buildSync(options: Record<string, unknown>): void
}

/**
 * Builds the program of processes that are to be killed into one file.
 *
 * @returns the path of the file, in a directory of its own, which the caller removes.
 */
export const buildProgram = (source: URL, external: readonly string[] = []): string => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-program-'))
  const outfile = join(directory, 'process.mjs')
  buildSync({
    entryPoints: [fileURLToPath(source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@nootropic/source'],
    // Packages that load others by require find it.
    banner: { js: "import{createRequire as $r}from'node:module';const require=$r(import.meta.url);" },
    external: ['hash-wasm', 'age-encryption', '@napi-rs/keyring', ...external],
  })
  return outfile
}

/** Runs a program to its end or its death by SIGKILL, and gives what it said: JSON, one document a line. */
export const runProgram = <Said>(program: string, parameters: readonly string[]): Promise<Said[]> =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, [program, ...parameters], (error, output, failure) => {
      if (error !== null && error.signal !== 'SIGKILL') return reject(new Error(failure))
      const lines = output.split('\n').slice(0, -1)
      resolve(lines.map((line) => JSON.parse(line) as Said))
    })
  })

/** A place where a process is killed. */
export interface Kill {
  readonly seed: number
  readonly step: number
  readonly mode: 'before' | 'torn'
}

/**
 * Kills processes at every step of what they do, seed after seed, until there were `kills` of them.
 *
 * @param crash runs one and verifies what it left; gives the number of steps when it came to its end.
 * @returns how many were killed.
 */
export const killEverywhere = async (
  kills: number,
  atOnce: number,
  crash: (kill: Kill) => Promise<number | undefined>,
): Promise<number> => {
  const points: Kill[] = []
  for (let seed = 1; points.length < kills; seed += 1) {
    const steps = await crash({ seed, step: Number.POSITIVE_INFINITY, mode: 'before' })
    if (steps === undefined) throw new Error('expected a process to come to its end where it is not killed')
    for (let step = 0; step < steps; step += 1) points.push({ seed, step, mode: (step + seed) % 2 ? 'torn' : 'before' })
  }
  let killed = 0
  const work = async (): Promise<void> => {
    for (let next = points.pop(); next !== undefined; next = points.pop()) {
      if ((await crash(next)) === undefined) killed += 1
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return killed
}

/** Kills one process at each of `kills` steps, evenly spread over all that it makes. */
export const killHereAndThere = async (
  kills: number,
  crash: (kill: Kill) => Promise<number | undefined>,
): Promise<number> => {
  const steps = await crash({ seed: 1, step: Number.POSITIVE_INFINITY, mode: 'before' })
  if (steps === undefined) throw new Error('expected a process to come to its end where it is not killed')
  let killed = 0
  for (let kill = 0; kill < kills; kill += 1) {
    const step = Math.floor((kill * steps) / kills)
    if ((await crash({ seed: 1, step, mode: kill % 2 === 0 ? 'before' : 'torn' })) === undefined) killed += 1
  }
  return killed
}
