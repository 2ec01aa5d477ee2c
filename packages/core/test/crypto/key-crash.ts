import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { openKeyStore } from '../../src/crypto/index.ts'
import { isNootropicError } from '../../src/errors.ts'
import { type Acknowledgement, dataKeyName, keychainBeside, opens } from './key-crash-work.ts'

/** Where a process is killed. */
export interface Crash {
  readonly seed: number
  readonly step: number
  readonly mode: 'before' | 'torn'
}

// The esbuild that tsx brings: one file of JavaScript starts in a fifth of the time of the sources.
const { buildSync } = createRequire(createRequire(import.meta.url).resolve('tsx'))('esbuild') as {
  buildSync(options: Record<string, unknown>): void
}

/** Builds the program of the crashing processes, in a directory of its own. */
export const buildCrashProcess = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-crash-program-'))
  buildSync({
    entryPoints: [fileURLToPath(new URL('key-crash-process.ts', import.meta.url))],
    outfile: join(directory, 'process.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['hash-wasm', 'age-encryption', '@napi-rs/keyring'],
  })
  return directory
}

const run = (program: string, parameters: readonly string[]): Promise<Acknowledgement[]> =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, [join(program, 'process.mjs'), ...parameters], (error, output, failure) => {
      if (error !== null && error.signal !== 'SIGKILL') reject(new Error(failure))
      else
        resolve(
          output
            .split('\n')
            .slice(0, -1)
            .map((line) => JSON.parse(line) as Acknowledgement),
        )
    })
  })

const openWhicheverWay = async (directory: string) => {
  try {
    return await openKeyStore({ directory })
  } catch (error) {
    if (isNootropicError(error) && error.message.includes('found a keychain')) {
      return openKeyStore({ directory, protection: keychainBeside(directory) })
    }
    throw error
  }
}

const verifyStore = async (directory: string, said: readonly Acknowledgement[], label: string): Promise<void> => {
  const keys = await openWhicheverWay(directory)
  const states = new Map((await keys.list()).map(({ keyId, state }) => [keyId, state]))
  const saidOf = (done: Acknowledgement['done']): string[] =>
    said.flatMap((one) => (one.done === done && 'keyId' in one ? [one.keyId] : []))
  const removing = new Set(saidOf('removing'))
  for (const keyId of saidOf('removed')) expect(states.has(keyId), label).toBe(false)
  for (const one of said) {
    if (one.done === 'verify-only' || one.done === 'revoked') expect(states.get(one.keyId), label).toBe(one.done)
    if (one.done !== 'created') continue
    // A change of its state may be on disk without having been said.
    const state = states.get(one.keyId)
    if (state === undefined && removing.has(one.keyId)) continue
    const key = keys.dataKey(one.keyId, dataKeyName)
    if (state === 'revoked') await expect(key).rejects.toThrow('revoked')
    else expect(opens(await key, one.sealed), label).toBe(true)
  }
  expect(saidOf('created').length, label).toBeLessThanOrEqual(states.size + removing.size)

  // The next change works, and the history knows of all that was done.
  await keys.createDataKey(dataKeyName)
  const history = readFileSync(join(directory, 'history.jsonl'), 'utf8')
  for (const keyId of states.keys()) expect(history, label).toContain(keyId)
  for (const keyId of saidOf('removed')) expect(history, label).toContain(`"action":"key-removed","keyId":"${keyId}"`)
  const rest = readdirSync(directory).filter((name) => !/^(keys\.json|history\.jsonl|lock\.\d+)$/.test(name))
  expect(rest.every((name) => /^key-encryption-key\.\d+$/.test(name)) && rest.length <= 1, `${label}: ${rest}`).toBe(
    true,
  )
}

/** Lets a process work on a new key store and die, and verifies what is left; the number of steps when it came to its end. */
export const crash = async (program: string, { seed, step, mode }: Crash): Promise<number | undefined> => {
  const home = mkdtempSync(join(tmpdir(), 'nootropic-crash-'))
  try {
    const directory = join(home, 'keys')
    const said = await run(program, [directory, String(seed), String(step), mode])
    await verifyStore(directory, said, `seed ${seed}, ${mode} step ${step}`)
    const last = said.at(-1)
    return last?.done === 'all' ? last.steps : undefined
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
