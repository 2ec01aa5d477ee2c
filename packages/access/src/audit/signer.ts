import type { KeyObject } from 'node:crypto'
import { type Clock, NootropicError, type Random } from '@nootropic/core'
import {
  checkOrigin,
  createCheckpointSigner,
  createCheckpointVerifier,
  formatVerifierKey,
  parseNote,
  type SigningKey,
} from './checkpoint.ts'
import { type EpochKeys, openEpochKeys } from './epoch-keys.ts'
import { rootOf } from './segment-reader.ts'
import type { TileTree } from './tile-tree.ts'

/** When an epoch ends, and where its key is kept until then. */
export interface EpochOptions {
  /** A file for the present key, apart from the log: it is replaced and overwritten at the end of each epoch. */
  readonly keyFile: string
  /** Encrypts that file: 32 bytes that are kept elsewhere and outlast the epochs, so that a copy of the file is worth nothing. */
  readonly secret?: KeyObject | undefined
  /** After how many entries an epoch ends (default 100,000). */
  readonly maximumEntries?: number
  /** After how many minutes an epoch ends, at the next entry or call of `sealEpoch` (default 60). */
  readonly maximumMinutes?: number
}

/** Signs the checkpoints of a log, and knows its own. */
export interface LogSigner {
  /** The vkey by which the whole log is verified. */
  readonly verifierKey: string
  readonly epochs: EpochKeys | undefined
  sign(tree: TileTree): string
  /** Whether a note is a checkpoint that this log's present or last key signed. */
  accepts(note: string): boolean
}

interface SignerOptions {
  readonly origin: string
  readonly signingKey?: SigningKey | undefined
  readonly epochs?: EpochOptions | undefined
}

/** @throws NootropicError `USAGE` unless there is either a signing key or epochs, and both fit the origin. */
export const checkSigner = ({ origin, signingKey, epochs }: SignerOptions): void => {
  checkOrigin(origin)
  if ((signingKey === undefined) === (epochs === undefined)) {
    throw new NootropicError('USAGE', 'expected either a signingKey or epochs for the audit log; give one of them')
  }
  if (signingKey !== undefined) formatVerifierKey(origin, signingKey.publicKey)
}

/** Opens what signs a log. With epochs, only the writer of the log may. */
export const createLogSigner = async (
  options: SignerOptions & { random: Random; clock: Clock },
): Promise<LogSigner> => {
  const { origin, signingKey, random, clock } = options
  const epochs =
    options.epochs === undefined
      ? undefined
      : await openEpochKeys(options.epochs.keyFile, origin, { random, clock, secret: options.epochs.secret })
  const keyNow = (): SigningKey => {
    const key = signingKey ?? epochs?.key
    if (key === undefined)
      throw new NootropicError('INTERNAL', 'expected a key of the audit log, found none; report it')
    return key
  }
  let signedBy: SigningKey | undefined
  let signNote = createCheckpointSigner(origin, keyNow())
  const isSignedBy = (note: string, verifierKey: string): boolean => {
    try {
      createCheckpointVerifier(verifierKey).verify(note)
      return true
    } catch {
      return false
    }
  }
  return {
    verifierKey: epochs?.firstVerifierKey ?? formatVerifierKey(origin, keyNow().publicKey),
    epochs,
    sign(tree) {
      const key = keyNow()
      if (key !== signedBy) {
        signedBy = key
        signNote = createCheckpointSigner(origin, key)
      }
      return signNote({ origin, size: tree.size, root: rootOf(tree) })
    },
    accepts(note) {
      const size = parseNote(note)?.checkpoint.size
      if (size === undefined) return false
      const previous = epochs?.previousVerifierKey
      if (epochs !== undefined && previous !== undefined && size <= epochs.since) return isSignedBy(note, previous)
      return isSignedBy(note, formatVerifierKey(origin, keyNow().publicKey))
    },
  }
}
