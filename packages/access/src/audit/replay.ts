import { NootropicError } from '@nootropic/core'
import { type Checkpoint, parseNote } from './checkpoint.ts'
import { type BrokenFrame, type ByteReader, readFrames } from './frame.ts'
import { type CompactRange, createCompactRange, hashLeaf } from './merkle.ts'
import { decodeRecord } from './record.ts'

/** What a reader meets in the log file, in order. `tree` is the state just after it. */
export type ReplayItem =
  | {
      readonly kind: 'record'
      readonly index: number
      readonly body: Buffer
      readonly leafHash: Buffer
      readonly offset: number
      readonly end: number
    }
  | { readonly kind: 'checkpoint'; readonly note: string; readonly offset: number; readonly end: number }
  | BrokenFrame

/** The root of a tree as the log writes it. */
export const rootOf = (tree: CompactRange): string => Buffer.from(tree.root()).toString('base64')

/** @throws NootropicError `AUDIT_CORRUPT`, always. */
export const refuseLog = (path: string, found: string): never => {
  throw new NootropicError(
    'AUDIT_CORRUPT',
    `expected the audit log that was signed, got ${found} in ${path}; keep the file as evidence and compare it with an anchored checkpoint`,
  )
}

/** How to read a log file: `anchor` is a checkpoint kept elsewhere that the log must contain. */
export interface ReplayOptions {
  readonly path: string
  readonly end: number
  readonly origin: string
  readonly tree?: CompactRange
  readonly anchor?: Checkpoint | undefined
}

/**
 * Reads the first `end` bytes of a log file and computes the tree again. A checkpoint that does not state this tree is
 * given as malformed. Signatures are left to the caller: the last one covers everything before it.
 *
 * @throws NootropicError `AUDIT_CORRUPT` if the tree passes the anchor's size with another root, or never reaches it.
 */
export async function* replay(file: ByteReader, options: ReplayOptions): AsyncGenerator<ReplayItem> {
  const { path, origin, anchor, tree = createCompactRange() } = options
  let signedSize = 0
  for await (const frame of readFrames(file, options.end)) {
    const { kind, offset } = frame
    if (kind === 'record') {
      const leafHash = hashLeaf(frame.body)
      tree.append(leafHash)
      if (tree.size === anchor?.size && rootOf(tree) !== anchor.root) {
        refuseLog(path, `another root at size ${anchor.size} than the anchored checkpoint has,`)
      }
      yield { kind, index: tree.size - 1, body: frame.body, leafHash, offset, end: frame.end }
    } else if (kind === 'checkpoint') {
      const note = frame.body.toString()
      const stated = parseNote(note)?.checkpoint
      if (stated?.origin !== origin || stated.size !== tree.size || stated.root !== rootOf(tree)) {
        yield { kind: 'malformed', offset }
        break
      }
      signedSize = tree.size
      yield { kind, note, offset, end: frame.end }
    } else {
      yield { kind, offset }
    }
  }
  if (anchor !== undefined && signedSize < anchor.size) {
    refuseLog(path, `${signedSize} signed entries where the anchored checkpoint has ${anchor.size}: its end was cut`)
  }
}

/**
 * Reads the first `end` bytes of a log file and checks everything: each record, each root, each signature, and that a
 * signed checkpoint stands at the end.
 *
 * @throws NootropicError `AUDIT_CORRUPT` if anything is not what was signed.
 */
export const verifyLogBytes = async (
  file: ByteReader,
  options: ReplayOptions,
  verifyNote: (note: string) => Checkpoint,
): Promise<Checkpoint> => {
  let last: Checkpoint | undefined
  for await (const item of replay(file, options)) {
    if (item.kind === 'checkpoint') last = verifyNote(item.note)
    else if (item.kind !== 'record') return refuseLog(options.path, `a ${item.kind} part at offset ${item.offset}`)
    else if (decodeRecord(item.body) === undefined) return refuseLog(options.path, `no audit entry at ${item.offset}`)
    else last = undefined
  }
  return last ?? refuseLog(options.path, 'an end without a signed checkpoint')
}
