import { NootropicError } from '@nootropic/core'
import type { EntryProof } from './entry-proof.ts'
import { logActor, readSeal } from './epoch.ts'
import type { SignedHead } from './journal.ts'
import { consistencyRanges, inclusionRanges, type LeafRange } from './merkle.ts'
import { type ConsistencyProof, type InclusionProof, verifyConsistency, verifyInclusion } from './proof.ts'
import { encodeRecord } from './record.ts'
import type { PlacedRecord, RecordReader } from './record-reader.ts'
import type { TileReader } from './tile-reader.ts'

/** Makes proofs about a log, and verifies each before it is given away. */
export interface Prover {
  proveInclusion(index: number): Promise<InclusionProof>
  proveConsistency(size: number): Promise<ConsistencyProof>
  prove(index: number, since?: number): Promise<EntryProof>
}

const recordBytes = ({ index: _, time, ...entry }: PlacedRecord): Buffer => encodeRecord(entry, time)

/** @param parts.head the last signed head: all parts of a proof lead to the same one. */
export const createProver = (parts: {
  tiles: TileReader
  records: RecordReader
  hasEpochs: boolean
  head: () => SignedHead
}): Prover => {
  const { tiles, records } = parts
  const rangeRoot = async (range: LeafRange): Promise<string> =>
    Buffer.from(await tiles.rangeRoot(range)).toString('base64')
  const rootAt = (size: number): Promise<string> => rangeRoot({ start: 0, end: size })
  const hashesOf = async (ranges: readonly LeafRange[]): Promise<string[]> => {
    const hashes: string[] = []
    for (const range of ranges) hashes.push(await rangeRoot(range))
    return hashes
  }

  const inclusion = async (index: number, size: number): Promise<InclusionProof> => {
    if (!Number.isInteger(index) || index < 0 || index >= size) {
      const there = size === 0 ? 'but the log has none' : `0 to ${size - 1}`
      throw new NootropicError('USAGE', `expected the index of an entry, ${there}, got ${index}`)
    }
    const leafHash = Buffer.from(await tiles.leafHash(index)).toString('base64')
    const hashes = await hashesOf(inclusionRanges(index, { start: 0, end: size }))
    const proof = { index, size, root: await rootAt(size), leafHash, hashes }
    verifyInclusion(proof)
    return proof
  }

  const consistency = async (size: number, now: number): Promise<ConsistencyProof> => {
    if (!Number.isInteger(size) || size < 1 || size > now) {
      throw new NootropicError('USAGE', `expected an earlier size of the log, 1 to ${now}, got ${size}`)
    }
    const hashes = await hashesOf(consistencyRanges(size, { start: 0, end: now }))
    const proof = { from: { size, root: await rootAt(size) }, to: { size: now, root: await rootAt(now) }, hashes }
    verifyConsistency(proof)
    return proof
  }

  /** The seals of the epochs that ended before the last entry. */
  const sealsBefore = async (size: number): Promise<EntryProof['seals']> => {
    const seals: EntryProof['seals'] = []
    if (!parts.hasEpochs) return seals
    for await (const record of records.forwards(0, size - 1)) {
      const seal = record.actor === logActor ? readSeal(recordBytes(record)) : undefined
      if (seal === undefined) continue
      const { nextVerifierKey, signature } = seal
      seals.push({ size: record.index, root: await rootAt(record.index), nextVerifierKey, signature })
    }
    return seals
  }

  return {
    proveInclusion: (index) => inclusion(index, parts.head().size),
    proveConsistency: (size) => consistency(size, parts.head().size),
    async prove(index, since) {
      const { size, note } = parts.head()
      const hashes = [...(await inclusion(index, size)).hashes]
      const older = since === undefined ? undefined : await consistency(since, size)
      const record = await records.forwards(index, index + 1).next()
      if (record.done === true) throw new NootropicError('INTERNAL', `expected entry ${index}, found none; report it`)
      return {
        schemaVersion: 1,
        index,
        record: recordBytes(record.value).toString(),
        hashes,
        checkpoint: note,
        seals: await sealsBefore(size),
        ...(older === undefined || since === undefined
          ? {}
          : { since: { size: since, root: older.from.root, hashes: [...older.hashes] } }),
      }
    },
  }
}
