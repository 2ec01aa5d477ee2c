import { type KeyStoreChange, maximumChangesPerWrite } from './history.ts'
import type { KeyEntry } from './key-entry.ts'
import type { OpenRing, RingFile } from './ring-file.ts'

/** The keys of a ring while they are changed. */
export interface KeyDraft extends OpenRing {
  /** By id, in the order in which they were made. */
  readonly keys: Map<string, KeyEntry>
}

/** One change, and what the history says of it: nothing when there was nothing to do. Throws before it changes anything. */
type KeyChange<Result> = (draft: KeyDraft) => {
  result: Result
  changes: readonly KeyStoreChange[]
}

/** Makes changes, those that come while the disk is at work together in one write. */
export interface ChangeQueue {
  /** Resolves once the change is on disk; rejects for it alone when it is refused. */
  submit<Result>(change: KeyChange<Result>): Promise<Result>
}

interface Waiting {
  readonly apply: (draft: KeyDraft) => readonly KeyStoreChange[]
  readonly settle: () => void
  readonly reject: (error: unknown) => void
}

export const createChangeQueue = (file: RingFile): ChangeQueue => {
  const waiting: Waiting[] = []
  let isWriting = false

  const write = async (batch: readonly Waiting[]): Promise<void> => {
    let accepted: Waiting[] = []
    await file.update(async ({ ring, key }) => {
      const draft: KeyDraft = { ring, key, keys: new Map(ring.keys.map((entry) => [entry.keyId, entry])) }
      const changes: KeyStoreChange[] = []
      accepted = batch.filter(({ apply, reject }) => {
        try {
          changes.push(...apply(draft))
          return true
        } catch (error) {
          reject(error)
          return false
        }
      })
      if (changes.length === 0) return undefined
      return { ring: { ...ring, keys: [...draft.keys.values()] }, key, changes }
    })
    for (const { settle } of accepted) settle()
  }

  const writeAll = async (): Promise<void> => {
    if (isWriting) return
    isWriting = true
    while (waiting.length > 0) {
      const batch = waiting.splice(0, maximumChangesPerWrite)
      await write(batch).catch((error: unknown) => {
        for (const { reject } of batch) reject(error)
      })
    }
    isWriting = false
  }

  return {
    submit: <Result>(change: KeyChange<Result>) =>
      new Promise<Result>((resolve, reject) => {
        let result: Result
        const apply = (draft: KeyDraft): readonly KeyStoreChange[] => {
          const outcome = change(draft)
          result = outcome.result
          return outcome.changes
        }
        waiting.push({ apply, settle: () => resolve(result), reject })
        void writeAll()
      }),
  }
}
