import { type AuditEntry, type Clock, NootropicError } from '@nootropic/core'
import type { Committer } from './committer.ts'
import { sealEntry } from './epoch.ts'
import { rootOf } from './segment-reader.ts'
import type { EpochOptions, LogSigner } from './signer.ts'
import type { TileTree } from './tile-tree.ts'

const defaultEpochEntries = 100_000
const defaultEpochMinutes = 60

/** Starts the seals of epochs when they are due. */
export const createSealing = (parts: {
  origin: string
  limits: Pick<EpochOptions, 'maximumEntries' | 'maximumMinutes'> | undefined
  signer: LogSigner
  clock: Clock
  committer: Committer
  encode: (entry: AuditEntry) => Buffer
}): { due(): boolean; seal(): Promise<void> } => {
  const { origin, signer, clock, committer } = parts
  const { maximumEntries = defaultEpochEntries, maximumMinutes = defaultEpochMinutes } = parts.limits ?? {}
  // An epoch goes on through openings. A clock that was set back must not make it longer than if it began now.
  const before = signer.epochs?.begunAt === undefined ? 0 : clock.now().getTime() - signer.epochs.begunAt.getTime()
  let begunAt = clock.monotonicMs() - Math.max(0, before)
  let sealing: Promise<void> | undefined
  const seal = async (): Promise<void> => {
    const { epochs } = signer
    if (epochs === undefined) {
      throw new NootropicError(
        'USAGE',
        'expected an audit log with epochs, found one with a signing key; open it with epochs',
      )
    }
    const nextVerifierKey = await epochs.prepare()
    await committer.append({
      encode: (tree: TileTree) => {
        const { privateKey, verifierKey } = epochs
        const head = { origin, size: tree.size, root: rootOf(tree) }
        return parts.encode(sealEntry(head, { verifierKey, nextVerifierKey, privateKey }))
      },
      // The old key goes only when what it signed last is on disk.
      async committed({ size }) {
        await epochs.adopt(nextVerifierKey, size)
        begunAt = clock.monotonicMs()
      },
    })
  }
  return {
    due: () =>
      signer.epochs !== undefined &&
      sealing === undefined &&
      (committer.last.size - signer.epochs.since >= maximumEntries ||
        clock.monotonicMs() - begunAt >= maximumMinutes * 60_000),
    seal: () => {
      sealing ??= seal().finally(() => {
        sealing = undefined
      })
      return sealing
    },
  }
}
