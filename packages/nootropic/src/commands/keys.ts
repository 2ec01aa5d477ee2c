import type { KeyDescription, KeyStore, SigningKey } from '@nootropic/core/crypto'
import { type Invocation, requiredOption, type Streams, textOption, type Verb, type VerbResult } from '../verb.ts'
import { choose } from './choose.ts'
import { homeOptions } from './installation.ts'
import { readPassphrase } from './keys-passphrase.ts'
import { changeKeys, readKeys } from './keys-store.ts'
import { nameOperand, newestOf, publicKeyOption, showPublicKey, verifyPublicKeyFile } from './model-signing-keys.ts'
import { readSecret } from './read-secret.ts'

const curves = ['P-256', 'P-384', 'P-521'] as const

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

const addModelSigningKey = async (
  invocation: Invocation,
  streams: Streams,
  action: 'create-key' | 'import-key',
  add: (keys: KeyStore, name: string) => Promise<SigningKey>,
): Promise<VerbResult> => {
  const name = nameOperand(invocation)
  const key = await changeKeys(invocation, streams, { action, resource: `key:${name}` }, async (keys) => {
    const { keyId, publicKey } = await add(keys, name)
    return { keyId, publicKey, changed: { keyId } }
  })
  return showPublicKey({ keyId: key.keyId, name, publicKey: key.publicKey }, 'public-key', invocation, streams)
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
      const { keyId, state } = newestOf(await keys.list(), name)
      const publicKey = await keys.publicKey(keyId)
      return showPublicKey({ keyId, name, state, publicKey }, 'output', invocation, streams)
    }),
}
