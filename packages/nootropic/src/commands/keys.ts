import { NootropicError } from '@nootropic/core'
import type { KeyDescription, KeyStore, SigningKey } from '@nootropic/core/crypto'
import {
  type Invocation,
  operand,
  requiredOption,
  type Streams,
  textOption,
  type Verb,
  type VerbResult,
} from '../verb.ts'
import { choose } from './choose.ts'
import { homeOptions } from './installation.ts'
import { publicPem, verifyNew, writePublic } from './keys-output.ts'
import { readPassphrase } from './keys-passphrase.ts'
import { changeKeys, readKeys } from './keys-store.ts'
import { readSecret } from './read-secret.ts'

const curves = ['P-256', 'P-384', 'P-521'] as const
const states = ['active', 'verify-only', 'revoked'] as const

const publicKeyOption = {
  'public-key': { type: 'string', value: 'FILE', description: 'write the public key into a new file (PEM)' },
} as const

const nameOperand = (invocation: Invocation): string => operand(invocation, 0, 'the name of a model-signing key')

export const keysList: Verb = {
  name: 'keys list',
  operands: '',
  summary: 'the keys of an installation, without their secrets',
  options: homeOptions,
  run: (invocation, streams) =>
    readKeys(invocation, streams, async (store, protection) => {
      const keys = await store.list()
      const widthOf = (textOf: (key: KeyDescription) => string): number =>
        Math.max(0, ...keys.map((key) => textOf(key).length))
      const useOf = ({ purpose, id }: KeyDescription): string => (id === undefined ? purpose : `${purpose} ${id}`)
      const [useWidth, algorithmWidth] = [widthOf(useOf), widthOf(({ algorithm }) => algorithm)]
      const lines = keys.map((key) => {
        const { keyId, algorithm, state, created } = key
        return `${keyId}  ${useOf(key).padEnd(useWidth)}  ${algorithm.padEnd(algorithmWidth)}  ${state.padEnd(11)}  ${created}`
      })
      const text = `${lines.join('\n') || 'no keys'}\nprotected by a ${protection}\n`
      return { exit: 0, document: { protection, keys }, text }
    }),
}

const addModelSigningKey = (
  invocation: Invocation,
  streams: Streams,
  action: 'create-key' | 'import-key',
  add: (keys: KeyStore, name: string) => Promise<SigningKey>,
): Promise<VerbResult> => {
  const name = nameOperand(invocation)
  return changeKeys(invocation, streams, { action, resource: `key:${name}` }, async (keys) => {
    const { keyId, publicKey } = await add(keys, name)
    const pem = publicPem(publicKey)
    const file = textOption(invocation, 'public-key')
    if (file !== undefined) await writePublic('public-key', file, pem, streams)
    const text = file === undefined ? pem : `${keyId}: the public key of ${name} is in ${file}\n`
    return { exit: 0, document: { keyId, name, publicKey: pem }, text, changed: { keyId } }
  })
}

const verifyPublicKeyFile = async (invocation: Invocation, streams: Streams): Promise<void> => {
  const file = textOption(invocation, 'public-key')
  if (file !== undefined) await verifyNew('public-key', file, streams)
}

export const keysCreate: Verb = {
  name: 'keys create',
  operands: 'NAME',
  summary: 'make a key to sign models with, and show its public half',
  options: {
    ...homeOptions,
    curve: { type: 'string', value: 'CURVE', description: `${curves.join(', ')} (default P-256)` },
    ...publicKeyOption,
  },
  async run(invocation, streams) {
    const curve = choose('curve', textOption(invocation, 'curve') ?? 'P-256', curves)
    await verifyPublicKeyFile(invocation, streams)
    return addModelSigningKey(invocation, streams, 'create-key', (keys, name) =>
      keys.createModelSigningKey(name, curve),
    )
  },
}

/** The passphrase of a private key: from the file that is named, or asked for where the key says that it has one. */
const privateKeyPassphrase = async (
  pem: Buffer,
  invocation: Invocation,
  streams: Streams,
): Promise<Buffer | undefined> => {
  const file = textOption(invocation, 'private-key-passphrase-file')
  if (file !== undefined) return readPassphrase(file, streams)
  return pem.includes('ENCRYPTED') ? streams.askSecret?.('Passphrase of the private key: ') : undefined
}

export const keysImport: Verb = {
  name: 'keys import',
  operands: 'NAME',
  summary: 'take in an EC private key to sign models with',
  options: {
    ...homeOptions,
    'private-key': { type: 'string', value: 'PEM', description: 'a key on P-256, P-384 or P-521, PKCS #8 or SEC 1' },
    'private-key-passphrase-file': {
      type: 'string',
      value: 'FILE',
      description: 'a private file with the passphrase of that key, if it has one',
    },
    ...publicKeyOption,
  },
  async run(invocation, streams) {
    const path = requiredOption(invocation, 'private-key')
    await verifyPublicKeyFile(invocation, streams)
    const pem = await readSecret('private-key', path, streams)
    let passphrase: Buffer | undefined
    try {
      passphrase = await privateKeyPassphrase(pem, invocation, streams)
      const options = passphrase === undefined ? {} : { passphrase }
      return await addModelSigningKey(invocation, streams, 'import-key', (keys, name) =>
        keys.importModelSigningKey(name, pem, options),
      )
    } finally {
      pem.fill(0)
      passphrase?.fill(0)
    }
  },
}

export const keysPublic: Verb = {
  name: 'keys public',
  operands: 'NAME',
  summary: 'the public half of a model-signing key, for those who verify (PEM)',
  options: {
    ...homeOptions,
    output: { type: 'string', short: 'o', value: 'FILE', description: 'write it into a new file' },
  },
  run: (invocation, streams) =>
    readKeys(invocation, streams, async (keys) => {
      const name = nameOperand(invocation)
      const key = (await keys.list()).findLast(({ purpose, id }) => purpose === 'model-signing' && id === name)
      if (key === undefined) {
        const message = `expected a model-signing key called ${JSON.stringify(name)}, found none`
        throw new NootropicError('KEY_UNAVAILABLE', `${message}; \`nootropic keys list\` shows what there is`)
      }
      const { keyId, state } = key
      const pem = publicPem(await keys.publicKey(keyId))
      const document = { keyId, name, state, publicKey: pem }
      const file = textOption(invocation, 'output')
      if (file === undefined) return { exit: 0, document, text: pem }
      await writePublic('output', file, pem, streams)
      return { exit: 0, document, text: `${keyId}: the public key of ${name} is in ${file}\n` }
    }),
}

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
