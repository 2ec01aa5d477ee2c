import { NootropicError } from '@nootropic/core'
import { parseBundle } from './bundle.ts'
import { type Checkpoint, parseNote } from './checkpoint.ts'
import { refuseLog } from './corrupt.ts'
import { createKeyChain, type KeyChain } from './epoch.ts'
import { type SignedHead, segmentPath } from './journal.ts'
import { readJournalStarts, readPublished } from './load-log.ts'
import { createLogFiles, createServedLogFiles, type LogFiles } from './log-store.ts'
import { hashLeaf } from './merkle.ts'
import { decodeRecord } from './record.ts'
import { replaySegment, rootOf } from './segment-reader.ts'
import { hashesAt, partialTiles, tilePath, tileWidth } from './tile-layout.ts'
import { createTileTree, type TileTree } from './tile-tree.ts'

interface VerifyOptions {
  readonly verifierKey: string
  /** A signed checkpoint that was kept elsewhere: the log must contain it. */
  readonly anchor?: string | undefined
  /** Where a log ends that is being written to. */
  readonly end?: SignedHead
  /** The tree of the first full bundles, if they were read and verified already, and hold no seal: reading goes on there. */
  readonly verified?: TileTree
  /** Whether the tiles are all that there is: a log that was exported has no journal. */
  readonly isExport?: boolean
}

/** The checkpoint that a note states. It is compared with the tree, so its signature adds nothing. */
export const parseAnchor = (note: string, origin: string): Checkpoint => {
  const stated = parseNote(note)?.checkpoint
  if (stated?.origin === origin) return stated
  throw new NootropicError(
    'AUDIT_CORRUPT',
    `expected an anchor that is a signed checkpoint of ${origin}, got ${stated === undefined ? 'another text' : `one of ${JSON.stringify(stated.origin)}`}; give the note that log.checkpoint() gave`,
  )
}

interface Verification {
  readonly files: LogFiles
  readonly tree: TileTree
  readonly chain: KeyChain
  /** Told of each record before it goes into the tree. */
  readonly record: (body: Buffer) => void
}

/** Reads every entry that is published, computes every tile again, and compares. */
const verifyTiles = async ({ files, tree, record }: Verification, published: number): Promise<void> => {
  const same = async (path: string, expected: Buffer | undefined): Promise<void> => {
    if (expected === undefined || !(await files.read(path))?.equals(expected))
      refuseLog(files.directory, `a changed ${path}`)
  }
  while (tree.size < published) {
    const index = tree.size / tileWidth
    const width = Math.min(tileWidth, published - tree.size)
    const path = tilePath('entries', index, width)
    const bodies = parseBundle((await files.read(path)) ?? Buffer.alloc(0), width)
    if (bodies === undefined) return refuseLog(files.directory, `a changed ${path}`)
    const entries = bodies.map((body) => ({ body, leafHash: hashLeaf(body) }))
    // Before more is made of them: a changed entry is found here.
    await same(tilePath(0, index, width), Buffer.concat(entries.map(({ leafHash }) => leafHash)))
    for (const { body, leafHash } of entries) {
      record(body)
      tree.append(leafHash)
    }
    for (let level = 1; width === tileWidth && hashesAt(level, tree.size) % tileWidth === 0; level += 1) {
      const place = hashesAt(level, tree.size) / tileWidth - 1
      if (place < 0) break
      await same(tilePath(level, place), tree.tile(level, place))
    }
    for (const [at, body] of bodies.entries()) {
      if (decodeRecord(body) === undefined)
        refuseLog(files.directory, `no audit entry ${index * tileWidth + at} in ${path}`)
    }
    tree.forget(tree.size - (tree.size % tileWidth))
  }
  for (const { level, index, width } of partialTiles(published)) {
    if (level !== 'entries' && level > 0) await same(tilePath(level, index, width), tree.tile(level, index))
  }
}

/**
 * Reads a whole log and checks everything: each record, each tile, each root, each signature, each seal of an epoch, and
 * that a signed checkpoint stands at the end.
 *
 * @throws NootropicError `AUDIT_CORRUPT` if anything is not what was signed.
 */
export const verifyLog = async (files: LogFiles, options: VerifyOptions): Promise<Checkpoint> => {
  const { directory } = files
  const chain = createKeyChain(options.verifierKey)
  const anchor = options.anchor === undefined ? undefined : parseAnchor(options.anchor, chain.origin)
  const tree = options.verified ?? createTileTree()
  const checkAnchored = (): void => {
    if (tree.size === anchor?.size && rootOf(tree) !== anchor.root) {
      refuseLog(directory, `another root at size ${anchor.size} than the anchored checkpoint has`)
    }
  }
  const record = (body: Buffer): void => {
    checkAnchored()
    chain.record(body, tree)
  }
  const published = await readPublished(files, chain.origin)
  await verifyTiles({ files, tree, chain, record }, published.size)
  checkAnchored()
  let last: Checkpoint | undefined
  if (published.note !== '') {
    last = chain.verify(published.note)
    if (last.root !== rootOf(tree)) return refuseLog(directory, 'tiles with another root than their checkpoint')
  }
  const end = options.end?.size ?? Number.MAX_SAFE_INTEGER
  const journal = options.isExport === true ? [] : await readJournalStarts(files, published.size)
  const starts = journal.filter((start) => start <= end)
  for (const [place, start] of starts.entries()) {
    const path = segmentPath(start)
    if (start !== tree.size) return refuseLog(directory, `a journal that lacks entries from ${tree.size} on`)
    const bytes = (await files.read(path)) ?? refuseLog(directory, `no ${path}`)
    const bodies: Buffer[] = []
    const { last: found, unsigned } = replaySegment(bytes, tree, chain.origin, {
      record(body) {
        record(body)
        bodies.push(body)
      },
      checkpoint(note) {
        last = chain.verify(note)
      },
    })
    // A log that is being written to may go on behind its end.
    const isOpen = options.end !== undefined && place === starts.length - 1 && tree.size >= end
    if (found === undefined || (!isOpen && (found.end !== bytes.length || unsigned.length > 0))) {
      return refuseLog(directory, `changed bytes behind offset ${found?.end ?? 0} of ${path}`)
    }
    if (bodies.some((body) => decodeRecord(body) === undefined))
      return refuseLog(directory, `no audit entry in ${path}`)
    tree.forget(tree.size - (tree.size % tileWidth))
  }
  checkAnchored()
  if (last === undefined) return refuseLog(directory, 'no signed checkpoint')
  const needed = Math.max(anchor?.size ?? 0, options.end?.size ?? 0)
  return tree.size >= needed
    ? last
    : refuseLog(directory, `${tree.size} signed entries where a checkpoint kept elsewhere has ${needed}`)
}

/**
 * Verifies a log without its private key, as an auditor does. Run it when no writer is at work.
 *
 * @param options.verifierKey the key that was handed out when the log began.
 * @throws NootropicError `AUDIT_CORRUPT` if anything is not what was signed, the log does not end with a signed
 * checkpoint, or `anchor` is not part of it; `FILE_UNREADABLE` if a file is one that others can read.
 */
export const verifyAuditLog = (options: {
  directory: string
  verifierKey: string
  anchor?: string | undefined
}): Promise<Checkpoint> => verifyLog(createLogFiles(options.directory), options)

/**
 * Verifies a log that was handed out: a copy of a log's directory, or what `log.export` made. Who may read
 * or write its files does not matter. Without an anchor, entries that were cut from its end are not missed.
 *
 * @throws NootropicError `AUDIT_CORRUPT` if anything is not what was signed, or `anchor` is not part of it;
 * `FILE_UNREADABLE` if a file cannot be read; `USAGE` if the verifier key cannot be read.
 */
export const verifyServedAuditLog = async (options: {
  directory: string
  verifierKey: string
  anchor?: string | undefined
}): Promise<Checkpoint> => {
  const files = createServedLogFiles(options.directory)
  if ((await files.list('')).length === 0) {
    throw new NootropicError(
      'FILE_UNREADABLE',
      `expected an audit log in ${options.directory}, found no file; name the directory that has its checkpoint`,
    )
  }
  return verifyLog(files, { ...options, isExport: (await files.list('journal')).length === 0 })
}
