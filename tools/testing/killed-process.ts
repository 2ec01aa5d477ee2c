import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
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

/** A place where a process is killed. */
export interface Kill {
  readonly seed: number
  readonly step: number
  readonly mode: 'before' | 'torn'
}

/** Runs a program to its end or its death by SIGKILL, and gives what it said: JSON, one document a line. */
const run = (program: string, parameters: readonly string[]): Promise<unknown[]> =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, [program, ...parameters], (error, output, failure) => {
      if (error !== null && error.signal !== 'SIGKILL') return reject(new Error(failure))
      const lines = output.split('\n').slice(0, -1)
      resolve(lines.map((line) => JSON.parse(line)))
    })
  })

/**
 * Lets a program (see `workUntilKilled`) work in a new directory and die, and verifies what it left there.
 *
 * @returns how many steps it made, when it came to its end.
 */
export const crash = async <Said>(
  program: string,
  { seed, step, mode }: Kill,
  verify: (home: string, said: readonly Said[], label: string) => Promise<void>,
): Promise<number | undefined> => {
  const home = mkdtempSync(join(tmpdir(), 'nootropic-crash-'))
  try {
    const said = await run(program, [home, String(seed), String(step), mode])
    const end = said.at(-1) as { steps?: number } | undefined
    const isWhole = end?.steps !== undefined
    await verify(home, (isWhole ? said.slice(0, -1) : said) as Said[], `seed ${seed}, ${mode} step ${step}`)
    return end?.steps
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
