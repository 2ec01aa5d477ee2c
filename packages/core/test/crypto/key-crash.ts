import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openKeyStore } from '../../src/crypto/index.ts'
import { isNootropicError } from '../../src/errors.ts'
import { type Acknowledgement, dataKeyName, keychainBeside, opens } from './key-crash-work.ts'

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

const verifyStore = async (home: string, said: readonly Acknowledgement[], label: string): Promise<void> => {
  const directory = join(home, 'keys')
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

/** A process that works on a new key store, and the keys that it may not lose. */
export const keyStoreProgram = { source: new URL('key-crash-process.ts', import.meta.url), verify: verifyStore }
