import { resolve } from 'node:path'
import { NootropicError } from '@nootropic/core'
import { importRecovery, type KeyProtection, type RecoveryOpeners, type RecoveryReaders } from '@nootropic/core/crypto'
import { createPrivateFile, readPrivateFile } from '@nootropic/core/storage'
import { type ProtectionKind, protectionBy, protectionKinds } from '../key-protection.ts'
import { type Invocation, operand, requiredOption, type Streams, textOption, textOptions, type Verb } from '../verb.ts'
import { choose, chooseOption } from './choose.ts'
import { homeOptions } from './installation.ts'
import { verifyNew } from './keys-output.ts'
import { newPassphrase, readPassphrase } from './keys-passphrase.ts'
import { changeKeys, keysDirectory } from './keys-store.ts'
import { readBytes } from './read-bytes.ts'

// What core reads of a recovery file at most.
const maximumFileBytes = 32 * 1024 * 1024

const passphraseOption = {
  'export-passphrase-file': {
    type: 'string',
    value: 'FILE',
    description: 'a private file with the passphrase of the export',
  },
} as const

const exportPassphrase = (invocation: Invocation, streams: Streams) => ({
  passphrase: () => readPassphrase(requiredOption(invocation, 'export-passphrase-file'), streams),
})

const readersOf = (invocation: Invocation, streams: Streams): RecoveryReaders =>
  chooseOption(invocation, ['recipient', 'export-passphrase-file']) === 'recipient'
    ? { recipients: textOptions(invocation, 'recipient') }
    : exportPassphrase(invocation, streams)

export const keysExport: Verb = {
  name: 'keys export',
  operands: '',
  summary: 'all keys as an age file, to recover them elsewhere; whoever opens it has them',
  options: {
    ...homeOptions,
    recipient: { type: 'string', value: 'age1…', multiple: true, description: 'who can open it (repeatable)' },
    ...passphraseOption,
    output: { type: 'string', short: 'o', value: 'FILE', description: 'a new file, private to this user' },
  },
  run: async (invocation, streams) => {
    const output = requiredOption(invocation, 'output')
    const readers = readersOf(invocation, streams)
    const file = await verifyNew('output', output, streams)
    const readable = 'recipients' in readers ? { recipients: [...readers.recipients] } : { by: 'passphrase' }
    const change = { action: 'export-keys', resource: 'key-store:this', details: readable }
    return changeKeys(invocation, streams, change, async (keys) => {
      const isNew = await createPrivateFile(file, await keys.exportRecovery(readers))
      if (!isNew) throw new NootropicError('USAGE', `expected --output to name a new file, ${output} is there by now`)
      const { length } = await keys.list()
      return {
        exit: 0,
        document: { output, keys: length, ...readable },
        text: `${output}: ${length} keys; keep it where this machine is not\n`,
      }
    })
  },
}

/** The identities in a file as `age-keygen` writes it: one a line, comments after `#`. */
const readIdentities = async (path: string, { directory }: Streams): Promise<string[]> => {
  const file = resolve(directory, path)
  const text = (await readPrivateFile(file)).toString('latin1')
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#'))
  if (identities.length > 0 && identities.every((line) => line.startsWith('AGE-SECRET-KEY-1'))) return identities
  throw new NootropicError(
    'USAGE',
    `expected identities (AGE-SECRET-KEY-1…) in ${file}, one a line, found another text; decrypt the file first if it is encrypted`,
  )
}

const openersOf = async (invocation: Invocation, streams: Streams): Promise<RecoveryOpeners> =>
  chooseOption(invocation, ['identity', 'export-passphrase-file']) === 'identity'
    ? { identities: await readIdentities(requiredOption(invocation, 'identity'), streams) }
    : exportPassphrase(invocation, streams)

/**
 * What protects the keys of an export from now on: what the user says, else what protected them before. Keys that were
 * under a passphrase do not come to lie in a file because none was given.
 */
const protectionOfRecovered = (invocation: Invocation, streams: Streams, directory: string) => {
  const wanted = textOption(invocation, 'by')
  const by = wanted === undefined ? undefined : choose('by', wanted, protectionKinds)
  const isGiven = textOption(invocation, 'passphrase-file') !== undefined
  if (isGiven && by !== undefined && by !== 'passphrase') {
    throw new NootropicError('USAGE', `expected --passphrase-file with --by passphrase, got it with --by ${by}`)
  }
  return (exported: ProtectionKind): KeyProtection => {
    const kind = by ?? (isGiven ? 'passphrase' : exported)
    if (kind !== 'passphrase') return protectionBy(kind, { directory })
    return protectionBy(kind, { directory, passphrase: newPassphrase(invocation, streams, 'passphrase-file') })
  }
}

export const keysRecover: Verb = {
  name: 'keys recover',
  operands: 'FILE',
  summary: 'restore the keys of an export into an installation that has none',
  options: {
    ...homeOptions,
    identity: { type: 'string', value: 'FILE', description: 'a private file with the age identity that opens it' },
    ...passphraseOption,
    by: {
      type: 'string',
      value: 'KIND',
      description: `what protects the keys from now on: ${protectionKinds.join(', ')} (default: as when they were exported)`,
    },
    'passphrase-file': {
      type: 'string',
      value: 'FILE',
      description: 'a private file with the passphrase to set (default: ask twice at the terminal)',
    },
  },
  // No audit record: the key that signs the log is in the file. The history of the restored store begins with it.
  run: async (invocation, streams) => {
    const path = operand(invocation, 0, 'the file of an export')
    const openers = await openersOf(invocation, streams)
    const file = await readBytes('FILE', path, streams, maximumFileBytes)
    const directory = await keysDirectory(invocation, streams)
    const recovered = await importRecovery({
      directory,
      file,
      openers,
      protection: protectionOfRecovered(invocation, streams, directory),
    })
    return {
      exit: 0,
      document: { ...recovered, directory },
      text: `${recovered.keys} keys are in ${directory}, protected by a ${recovered.protection}\n`,
    }
  },
}
