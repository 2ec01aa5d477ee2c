import type { KeyObject } from 'node:crypto'
import { NootropicError } from '@nootropic/core'
import type { KeyDescription } from '@nootropic/core/crypto'
import { type Invocation, operand, type Streams, textOption, type VerbResult } from '../verb.ts'
import { publicPem, verifyNew, writePublic } from './keys-output.ts'

/** Where a verb that makes a key pair writes its public half. */
export const publicKeyOption = {
  'public-key': { type: 'string', value: 'FILE', description: 'write the public key into a new file (PEM)' },
} as const

/** Verifies that the public key can be written before its private half is made. @throws NootropicError `USAGE` */
export const verifyPublicKeyFile = async (invocation: Invocation, streams: Streams): Promise<void> => {
  const file = textOption(invocation, 'public-key')
  if (file !== undefined) await verifyNew('public-key', file, streams)
}

export const nameOperand = (invocation: Invocation): string => operand(invocation, 0, 'the name of a model-signing key')

export const isModelSigning = ({ purpose }: KeyDescription): boolean => purpose === 'model-signing'

/** The key that signs by a name, or was the last to. @throws NootropicError `KEY_UNAVAILABLE` */
export const newestOf = (keys: readonly KeyDescription[], name: string): KeyDescription => {
  const key = keys.findLast((one) => isModelSigning(one) && one.id === name)
  if (key !== undefined) return key
  const message = `expected a model-signing key called ${JSON.stringify(name)}, found none`
  throw new NootropicError('KEY_UNAVAILABLE', `${message}; \`nootropic keys list\` shows what there is`)
}

/** A public key as the answer of a verb: in the file that `option` names, or else as the text. */
export const showPublicKey = async (
  key: {
    readonly keyId: string
    readonly name: string
    readonly publicKey: KeyObject
    readonly [more: string]: unknown
  },
  option: string,
  invocation: Invocation,
  streams: Streams,
): Promise<VerbResult> => {
  const pem = publicPem(key.publicKey)
  const document = { ...key, publicKey: pem }
  const file = textOption(invocation, option)
  if (file === undefined) return { exit: 0, document, text: pem }
  await writePublic(option, file, pem, streams)
  return { exit: 0, document, text: `${key.keyId}: the public key of ${key.name} is in ${file}\n` }
}
