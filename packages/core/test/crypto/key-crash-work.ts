import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileProtection, type KeyProtection, keychainProtection, openKeyStore } from '../../src/crypto/index.ts'
import type { SeededRandom } from '../../src/random.ts'

/** What a process says once a call of the key store has resolved; `removing` before the call. */
export type Acknowledgement =
  | { done: 'created'; keyId: string; sealed: string }
  | { done: 'verify-only' | 'revoked' | 'removing' | 'removed'; keyId: string }
  | { done: 'rotated' | 'protected' }

export const dataKeyName = { purpose: 'vault', id: 'digits 1.0.0' }

/** A keychain beside the key store, whose changes count as no step. */
export const keychainBeside = (directory: string): KeyProtection => {
  const AsyncEntry = class {
    readonly path: string
    constructor(_service: string, account: string) {
      this.path = `${directory}.${account}`
    }
    async setSecret(secret: Uint8Array) {
      writeFileSync(this.path, secret)
    }
    async getSecret() {
      return existsSync(this.path) ? [...readFileSync(this.path)] : null
    }
    async deleteCredential() {
      rmSync(this.path)
      return true
    }
  }
  return keychainProtection({ load: async () => ({ AsyncEntry }) })
}

const content = Buffer.from('the content of a model')
const iv = Buffer.alloc(12)

const seal = (key: KeyObject): string => {
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
  return Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

/** Whether a key opens what was sealed. */
export const opens = (key: KeyObject, sealed: string): boolean => {
  const bytes = Buffer.from(sealed, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 }).setAuthTag(bytes.subarray(-16))
  return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).equals(content)
}

/** Changes a key store in a seeded order and says what is on disk. */
export const crashWork = async (
  directory: string,
  random: SeededRandom,
  say: (said: Acknowledgement) => void,
): Promise<void> => {
  const keys = await openKeyStore({ directory })
  const made: string[] = []
  const create = async (): Promise<void> => {
    const { keyId, key } = await keys.createDataKey(dataKeyName)
    made.push(keyId)
    say({ done: 'created', keyId, sealed: seal(key) })
  }
  const changeState = async (): Promise<void> => {
    const [keyId] = made.splice(random.integer(made.length), 1)
    if (keyId === undefined) return
    const state = random.integer(2) === 0 ? 'verify-only' : 'revoked'
    await keys.setState(keyId, state)
    say({ done: state, keyId })
  }
  const remove = async (): Promise<void> => {
    const [keyId] = made.splice(random.integer(made.length), 1)
    if (keyId === undefined) return
    say({ done: 'removing', keyId })
    await keys.removeKey(keyId)
    say({ done: 'removed', keyId })
  }
  const rotate = async (): Promise<void> => {
    await keys.rotate()
    say({ done: 'rotated' })
  }
  let isInFile = true
  const changeProtection = async (): Promise<void> => {
    await keys.changeProtection(isInFile ? keychainBeside(directory) : fileProtection())
    isInFile = !isInFile
    say({ done: 'protected' })
  }
  const createSome = (): Promise<unknown> => Promise.all([create(), create(), create()])

  // In any order, with the creation of keys before and after each.
  const work = [rotate, changeProtection, changeState, remove, createSome, rotate, changeProtection]
  for (let at = work.length - 1; at > 0; at -= 1) {
    const other = random.integer(at + 1)
    ;[work[at], work[other]] = [work[other] as () => Promise<void>, work[at] as () => Promise<void>]
  }
  await createSome()
  for (const change of work) {
    await change()
    await create()
  }
}
