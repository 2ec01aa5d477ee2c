import { NootropicError } from '@nootropic/core'
import type { KeyDescription } from '@nootropic/core/crypto'
import { operand, type Verb } from '../verb.ts'
import { homeOptions } from './installation.ts'
import { changeKeys } from './keys-store.ts'
import {
  isModelSigning,
  nameOperand,
  newestOf,
  publicKeyOption,
  showPublicKey,
  verifyPublicKeyFile,
} from './model-signing-keys.ts'

const states = ['active', 'verify-only', 'revoked'] as const

/**
 * An installation does not open without the keys of its own parts: neither this command nor any other could undo it.
 *
 * @throws NootropicError `USAGE`
 */
const verifyDispensable = (keys: readonly KeyDescription[], keyId: string): void => {
  const key = keys.find((one) => one.keyId === keyId)
  const newest = keys.findLast(({ purpose, id }) => purpose === key?.purpose && id === undefined)
  if (newest === undefined || newest.keyId !== keyId) return
  const message = `expected a key that the installation opens without, got ${keyId} of ${newest.purpose}`
  throw new NootropicError('USAGE', `${message}; if it leaked, start a new installation`)
}

/**
 * Verifies that nothing is lost or let in with a key that is removed.
 *
 * @throws NootropicError `USAGE`
 */
const verifyRemovable = (keys: readonly KeyDescription[], keyId: string): void => {
  verifyDispensable(keys, keyId)
  const key = keys.find((one) => one.keyId === keyId)
  if (key?.algorithm === 'FLOE-AES-256-GCM') {
    const message = `expected a key of no content, got the key that sealed ${key.id ?? key.purpose}`
    throw new NootropicError('USAGE', `${message}; it goes when that is removed from the vault`)
  }
  // That there was one is what tells a revoked signer from an installation that asks nobody for a signature.
  if (key !== undefined && isModelSigning(key) && keys.filter(isModelSigning).length === 1) {
    const message = `expected a key beside other model-signing keys, got the only one, ${keyId}`
    throw new NootropicError(
      'USAGE',
      `${message}; make its successor first: nootropic keys replace ${JSON.stringify(key.id)}`,
    )
  }
}

export const keysReplace: Verb = {
  name: 'keys replace',
  operands: 'NAME',
  summary: 'make the successor of a model-signing key; the former one only verifies from then on',
  options: { ...homeOptions, ...publicKeyOption },
  async run(invocation, streams) {
    const name = nameOperand(invocation)
    await verifyPublicKeyFile(invocation, streams)
    const change = { action: 'replace-key', resource: `key:${name}` }
    const { keyId, publicKey, replaced } = await changeKeys(invocation, streams, change, async (keys) => {
      const { keyId: former, state } = newestOf(await keys.list(), name)
      const keyId = await keys.replaceKey(former)
      const replaced = { keyId: former, state: state === 'active' ? 'verify-only' : state }
      return { keyId, publicKey: await keys.publicKey(keyId), replaced, changed: { keyId, replaced: former } }
    })
    return showPublicKey({ keyId, name, replaced, publicKey }, 'public-key', invocation, streams)
  },
}

export const keysState: Verb = {
  name: 'keys state',
  operands: 'KEY-ID STATE',
  summary: `what a key may do from now on: ${states.join(', ')}; revoked is for ever`,
  options: homeOptions,
  async run(invocation, streams) {
    const keyId = operand(invocation, 0, 'the id of a key')
    const wanted = operand(invocation, 1, states.join(', '))
    const state = states.find((candidate) => candidate === wanted)
    if (state === undefined) throw new NootropicError('USAGE', `expected ${states.join(', ')}, got "${wanted}"`)
    const change = { action: 'change-key-state', resource: `key:${keyId}`, details: { state } }
    return changeKeys(invocation, streams, change, async (keys) => {
      if (state !== 'active') verifyDispensable(await keys.list(), keyId)
      await keys.setState(keyId, state)
      return { exit: 0, document: { keyId, state }, text: `${keyId} is ${state}\n` }
    })
  },
}

export const keysRemove: Verb = {
  name: 'keys remove',
  operands: 'KEY-ID',
  summary: 'take a revoked key out of the key store, for ever',
  options: homeOptions,
  async run(invocation, streams) {
    const keyId = operand(invocation, 0, 'the id of a key')
    return changeKeys(invocation, streams, { action: 'remove-key', resource: `key:${keyId}` }, async (keys) => {
      verifyRemovable(await keys.list(), keyId)
      await keys.removeKey(keyId)
      return { exit: 0, document: { removed: keyId }, text: `${keyId} is removed\n` }
    })
  },
}
