import { isAscii, isUtf8 } from 'node:buffer'
import { resolve } from 'node:path'
import { NootropicError } from '@nootropic/core'
import type { AskPassphrase } from '@nootropic/core/crypto'
import { readPrivateFile } from '@nootropic/core/storage'
import { isPassphraseMissing } from '../key-protection.ts'
import { type Invocation, type OptionDescription, type Streams, textOption } from '../verb.ts'

/** How the key store of an installation is unlocked, where it is under a passphrase. */
export const unlockOptions: Readonly<Record<string, OptionDescription>> = {
  'passphrase-file': {
    type: 'string',
    value: 'FILE',
    description: 'a private file with the passphrase of the key store (default: ask at the terminal)',
  },
}

// The same bytes however it is typed (RFC 8265 section 4.2). ASCII never becomes a string, which could not be wiped.
const passphraseBytes = (line: Buffer, source: string): Buffer => {
  const isLine = isUtf8(line) && !line.includes(0x0a) && !line.includes(0x00)
  if (!isLine || line.length === 0) {
    const found = line.length === 0 ? 'nothing' : 'several lines, or bytes that are no text'
    throw new NootropicError(
      'USAGE',
      `expected one line of text in UTF-8 as the passphrase from ${source}, got ${found}`,
    )
  }
  return isAscii(line) ? Buffer.from(line) : Buffer.from(line.toString().normalize('NFC'))
}

const withoutLineEnd = (text: Buffer): Buffer =>
  text.at(-1) !== 0x0a ? text : text.subarray(0, text.at(-2) === 0x0d ? -2 : -1)

/**
 * The passphrase in a private file, its only line; the caller wipes it.
 *
 * @throws NootropicError `FILE_UNREADABLE` for a file that others can read or that is none, `USAGE` for another content
 */
export const readPassphrase = async (path: string, { directory }: Streams): Promise<Buffer> => {
  const file = resolve(directory, path)
  const text = await readPrivateFile(file)
  try {
    return passphraseBytes(withoutLineEnd(text), file)
  } finally {
    text.fill(0)
  }
}

const askPassphrase = async (question: string, askSecret: (question: string) => Promise<Buffer>): Promise<Buffer> => {
  const line = await askSecret(question)
  try {
    return passphraseBytes(line, 'the terminal')
  } finally {
    line.fill(0)
  }
}

/**
 * Opens what lies under the key store of an installation with the passphrase that the command was given, or that it asks
 * for once `open` says that one is needed.
 */
export const withPassphrase = async <Opened>(
  invocation: Invocation,
  streams: Streams,
  open: (unlock: { passphrase?: AskPassphrase }) => Promise<Opened>,
): Promise<Opened> => {
  const file = textOption(invocation, 'passphrase-file')
  if (file !== undefined) return open({ passphrase: () => readPassphrase(file, streams) })
  try {
    return await open({})
  } catch (error) {
    const { askSecret } = streams
    if (askSecret === undefined || !isPassphraseMissing(error)) throw error
    return open({ passphrase: () => askPassphrase('Passphrase of the key store: ', askSecret) })
  }
}

/**
 * A passphrase that is to be set: from the private file that `option` names, or asked for twice.
 *
 * @throws NootropicError `USAGE` when there is neither
 */
export const newPassphrase = (invocation: Invocation, streams: Streams, option: string): AskPassphrase => {
  const file = textOption(invocation, option)
  if (file !== undefined) return () => readPassphrase(file, streams)
  const { askSecret } = streams
  if (askSecret === undefined) {
    const message = `expected --${option} with a private file that holds the passphrase to set, got none`
    throw new NootropicError('USAGE', `${message}, and no terminal to ask at; --by file keeps the keys without one`)
  }
  return async () => {
    const first = await askPassphrase('New passphrase: ', askSecret)
    const second = await askPassphrase('The same again: ', askSecret)
    const isSame = first.equals(second)
    second.fill(0)
    if (isSame) return first
    first.fill(0)
    throw new NootropicError('USAGE', 'expected the same passphrase twice, got two; nothing was changed')
  }
}
